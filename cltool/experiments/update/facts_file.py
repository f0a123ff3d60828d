"""The facts that a model was taught, update by update, as an ordinary file of facts.

An updated model keeps them in ``cltool/facts.jsonl`` with their wordings in
``cltool/wordings.toml``, so that the run in its folder can be opened like any other run. Update 0
has what the model knew before: protected facts, objects that an update replaced, and facts that
were to be erased.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import write_text
from cltool.experiments.resolve import open_stream
from cltool.experiments.update.listed import Listed
from cltool.facts.facts import Key
from cltool.facts.files.events import QUESTION_RELATION, read_events
from cltool.facts.identity import key_of
from cltool.facts.stream import Stream

FACTS, WORDINGS = "facts.jsonl", "wordings.toml"

ROLE = "role"
"""The tag that says why a fact is among those that the model knew before the first update."""

PROTECTED, KNOWN, REPLACED, ERASED = "protected", "known", "replaced", "erased"

Row = dict[str, Any]


@dataclass(frozen=True)
class Taught:
    """What a model was taught, and what it knew before.

    Attributes:
        rows: the rows of the file of facts, in the order of their updates.
        wordings: the tables of the file of wordings.
    """

    rows: Sequence[Row] = ()
    wordings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of the last update; 0 if nothing was taught."""
        return max((row["update"] for row in self.rows), default=0)

    def keys(self) -> set[Key]:
        """Return the keys of all rows."""
        return {row_key(row) for row in self.rows}

    def with_known(self, listed: Iterable[Listed], role: str) -> Taught:
        """Return the same with further facts that the model knew before the first update.

        Facts of known keys are left out.

        Args:
            listed: the facts.
            role: why they are there (`PROTECTED`, …); a tag of the facts.
        """
        known = self.keys()
        rows = []
        for one in listed:
            if one.key not in known:
                known.add(one.key)
                rows.append(_row(one, 0) | {ROLE: role})
        return replace(self, rows=[*rows, *self.rows])

    def with_update(self, learn: Iterable[Listed], erase: Iterable[Listed]) -> Taught:
        """Return the same with one more update."""
        step = self.last + 1
        rows = [_row(one, step) for one in learn]
        rows += [_named(one) | {"forget": True, "update": step} for one in erase]
        return replace(self, rows=[*self.rows, *rows])

    def with_wordings(self, path: Path | None) -> Taught:
        """Return the same with the wordings of a TOML file; they replace those of its relations.

        Raises:
            UserError: the file cannot be read.
        """
        if path is None:
            return self
        return replace(self, wordings={**self.wordings, **_read_toml(path)})

    def write(self, folder: Path) -> Path:
        """Write both files into ``folder``, and return the file of facts."""
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows]
        write_text(folder / FACTS, "".join(lines))
        if self.wordings:
            write_text(folder / WORDINGS, _toml(self.wordings))
        return folder / FACTS

    def stream(self, folder: Path) -> Stream:
        """Write the files into ``folder`` and open them as a stream.

        Facts that do not fit into a model are left out of it (``Stream.skipped``).

        Raises:
            UserError: there is no base, no update that changes something, or a wording is wrong.
        """
        file = self.write(folder)
        options: dict[str, Any] = {"skip_bad": True}
        if self.wordings:
            options["wordings"] = str(folder / WORDINGS)
        return open_stream(str(file), options)


def read_taught(folder: Path) -> Taught:
    """Read what `Taught.write` wrote.

    Raises:
        UserError: a file is missing or damaged.
    """
    file = folder / FACTS
    reading = read_events(file, dated=False)
    if reading.bad:
        raise UserError("is damaged", where=str(file), details=list(reading.bad.values())[:5])
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    wordings = folder / WORDINGS
    return Taught(rows, _read_toml(wordings) if wordings.is_file() else {})


def row_key(row: Mapping[str, Any]) -> Key:
    """Return the key of a row of a file of facts."""
    if "prompt" in row:
        return key_of(row["prompt"], QUESTION_RELATION)
    return key_of(row["subject"], row["relation"])


def _named(one: Listed) -> Row:
    """Return the cells that name the key of a fact."""
    if one.prompts:
        return {"prompt": one.fact.subject, "paraphrases": [*one.prompts[1:]]}
    return {"subject": one.fact.subject, "relation": one.fact.relation}


def _row(one: Listed, step: int) -> Row:
    name = "answer" if one.prompts else "new"
    row = {**_named(one), name: one.fact.object, "update": step}
    if one.fact.aliases:
        row["aliases"] = [*one.fact.aliases]
    return row


def unnumbered(one: Listed) -> Row:
    """Return a fact as a row of a list, which has no update numbers."""
    return {name: value for name, value in _row(one, 0).items() if name != "update" and value != []}


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"not a TOML file in UTF-8: {error}", where=str(path)) from error


def _toml(tables: Mapping[str, Any]) -> str:
    """Return tables of wordings as TOML; strings of JSON are strings of TOML."""
    lines = []
    for name, value in tables.items():
        lists = {"trained": value} if isinstance(value, list) else value
        lines.append(f"[{json.dumps(name, ensure_ascii=False)}]")
        lines += [f"{key} = {_value(items)}" for key, items in lists.items()]
        lines.append("")
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
