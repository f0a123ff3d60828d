"""The names of the columns of a table, and names that resemble them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from cltool.facts.files.shown import shown
from cltool.facts.identity import name_identity
from cltool.facts.shapes.catalogue import COLUMNS

USED = (
    *("subject", "relation", "new", "object", "prompt", "prompts", "answer", "paraphrases"),
    *("old", "aliases", "forget", "update", "date"),
)
"""The columns that have a meaning; others are tags."""

_GROUPS = (
    ("subject", "prompt"),
    ("relation", "prompt"),
    ("new", "object", "answer"),
    ("update", "date"),
    *(("old",), ("aliases",), ("forget",), ("paraphrases",), ("prompts",)),
)
"""Columns of which a table needs one, or may have one."""

_MOST_LISTED = 20
_RENAMED = re.compile(r"(?P<name>.+?)(\.\d+|_duplicated_\d+)")
"""What pandas and Polars make of the second column with a name."""
_FORMS = {"forgotten": "forget", "forgot": "forget", "alias": "aliases"}
"""Other forms of the words that are names of columns."""
_INDEX = re.compile(r"Unnamed: \d+|__index_level_\d+__|__UNNAMED__\d+|__null_dask_index__")


@lru_cache(maxsize=1 << 12)
def canonical(name: str) -> str:
    """Return the known column that ``name`` means: the same but for case, white space and quotes.

    Other names are returned as they are, without white space around them.
    """
    folded = name_identity(name_identity(name).strip("'\"`")).casefold()
    return folded if folded in USED else name.strip()


@lru_cache(maxsize=1 << 12)
def resembles(name: str) -> str:
    """Return the known column that ``name`` may be a misspelling of, or ``""``."""
    if canonical(name) in USED:
        return ""
    letters = re.sub(r"[\W_]", "", name.casefold())
    near = difflib.get_close_matches(letters, USED, 1, cutoff=0.8)
    if near:
        return near[0]
    words = [_FORMS.get(word, word) for word in re.findall(r"[^\W_]+", name.casefold())]
    return next((word for word in words if word in USED), "")


@lru_cache(maxsize=1 << 12)
def is_index(name: str) -> bool:
    """Return whether pandas, Polars or Dask made this column for the index of a table."""
    return _INDEX.fullmatch(name) is not None


def names_known(names: Collection[str]) -> int:
    """Return how many of the names are those of known columns."""
    return sum(canonical(name) in USED or name.strip().casefold() in COLUMNS for name in names)


def refuse_twice(names: Sequence[str]) -> str:
    """Return why a table cannot have these columns, because one occurs twice, or ``""``."""
    seen: dict[str, str] = {}
    for name in names:
        known = canonical(name)
        if known and known in seen:
            again = "" if seen[known] == name else f", as {shown(seen[known])} and {shown(name)}"
            return f"the column {shown(known)} occurs twice{again}"
        seen[known] = name
    for name in names:
        found = _RENAMED.fullmatch(name)
        if found and canonical(found["name"]) in USED and canonical(found["name"]) in seen:
            first = canonical(found["name"])
            return f"the column {shown(first)} occurs twice: {shown(name)} is a second one"
    return ""


def advice(names: Collection[str]) -> str:
    """Return what to do about a table whose columns are not those of facts."""
    hint = "Give subject, relation and new, or prompt and answer."
    if not names_known(names):
        hint += " The first line must be the header, with the names of the columns."
    near = {name: resembles(name) for name in names if resembles(name)}
    if near:
        pairs = [f"{shown(name)} for {known}" for name, known in near.items()]
        hint += f" Did you write {', '.join(pairs)}?"
    listed = ", ".join(shown(name) for name in [*names][:_MOST_LISTED])
    return f"{hint} The columns are: {listed}."


def misspelt(names: Collection[str]) -> list[str]:
    """Return a sentence for each column whose name may be meant as that of a known column."""
    known = {canonical(name) for name in names}
    found = []
    for name in names:
        meant = resembles(name)
        groups = [group for group in _GROUPS if meant in group]
        if meant and not any(known & set(group) for group in groups):
            found.append(f"The column {shown(name)} is kept as a tag. Is it meant as {meant}?")
    return found
