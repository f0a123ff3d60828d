"""Different names that look alike: what distinguishes them, and which ones a stream has."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from cltool.facts.identity import folded_form, object_identity

if TYPE_CHECKING:
    from cltool.facts.stream import Stream

_MOST_CHARS = 200
_MOST_PAIRS = 3
_MOST_NAMED = 4
_LOOK = str.maketrans("асеіјорѕухοι", "aceijopsyxoi", "\u200c\u200d")
"""Small letters of Cyrillic and Greek that look like Latin ones; joiners, which cannot be seen."""
_MARKS = ("M", "Z", "C")
"""General categories of characters that can be hard to see: marks, spaces and controls."""


def difference(one: str, other: str) -> str:
    """Return which characters distinguish two texts that can look the same on a screen.

    Returns:
        For example ``" (the first has U+0430 CYRILLIC SMALL LETTER A, the second has U+0061 LATIN
        SMALL LETTER A)"``; empty if the texts are equal or look different.
    """
    if one == other or max(len(one), len(other)) > _MOST_CHARS:
        return ""
    ours: list[str] = []
    theirs: list[str] = []
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        if not _alike(one[start:end], other[begin:stop]):
            return ""
        ours += one[start:end]
        theirs += other[begin:stop]
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        decomposed = len(one) > len(other)
        return f" (the {'first' if decomposed else 'second'} has decomposed accents)"
    told = [
        f"the {which} has {_code_points(chars)}"
        for which, chars in (("first", ours), ("second", theirs))
        if chars
    ]
    return f" ({', '.join(told)})"


def _alike(one: str, other: str) -> bool:
    """Return whether two different pieces of text can look the same."""
    if one.isascii() and other.isascii() and not (one + other).isspace():
        return False
    if len(one) == len(other) and one.isascii() != other.isascii():
        return True
    plain = [
        "".join(char for char in folded_form(text) if unicodedata.category(char)[0] not in _MARKS)
        for text in (one, other)
    ]
    return plain[0] == plain[1]


def _code_points(chars: Iterable[str]) -> str:
    each = list(dict.fromkeys(chars))
    named = [f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in each]
    more = len(named) - _MOST_NAMED
    return " and ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def alike(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return pairs of different names that readers may take for the same one.

    They differ in case, in compatibility form (NFKC), in the kind of their hyphens or apostrophes,
    in punctuation at their ends, in joiners, or in letters of another script that look like Latin
    ones.

    Each name that is like an earlier one is in one pair, with the first that it is like.
    """
    first: dict[str, str] = {}
    for name in names:
        earlier = first.setdefault(object_identity(name).translate(_LOOK), name)
        if earlier != name:
            yield earlier, name


def spelling_warnings(stream: Stream) -> list[str]:
    """Return warnings about names that are written in several ways.

    Subjects (or relations) that differ only in case, compatibility form, kind of hyphen or
    apostrophe, or outer punctuation are different ones.
    Those that differ in normal form, white space or invisible characters are the same one.
    """
    places: tuple[dict[str, str], dict[str, str]] = {}, {}
    labels = [update.label for update in stream]
    for key, (step, _) in stream.first_taught().items():
        where = stream.origins.get((step, key), f"update {labels[step]}")
        for names, name in zip(places, key, strict=True):
            names.setdefault(name, where)
    warnings = []
    for kind, names in zip(("subject", "relation"), places, strict=True):
        pairs = [*alike(names)]
        if pairs:
            shown = [
                f"{one!r} ({names[one]}) and {other!r} ({names[other]}){difference(one, other)}"
                for one, other in pairs[:_MOST_PAIRS]
            ]
            warnings.append(
                f"{len(pairs)} {kind}{'s differ' if len(pairs) > 1 else ' differs'} from another"
                f" {kind} only in case, form of characters or outer punctuation: {'; '.join(shown)}"
                f"{_more(len(pairs))}. They count as different {kind}s: write a {kind} in one way."
            )
    if stream.spellings:
        shown = [
            f"{one!r} for {other!r}{difference(one, other)}"
            for other, one in islice(stream.spellings.items(), _MOST_PAIRS)
        ]
        count = len(stream.spellings)
        warnings.append(
            f"{count} name{'s are' if count > 1 else ' is'} written in more than one way. The first"
            f" way is used: {'; '.join(shown)}{_more(count)}."
        )
    return warnings


def _more(count: int) -> str:
    return f"; and {count - _MOST_PAIRS} more" if count > _MOST_PAIRS else ""
