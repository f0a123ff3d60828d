"""Files of facts, read line by line: each line is an event, or has a reason why it is bad.

`cltool.facts.files.rows` says which kinds of files are read. A line states a fact (``subject``,
``relation``, ``new`` or ``object``) or a question (``prompt``, ``answer``, optionally
``paraphrases``), and its time: an ``update`` number or a ``date``. It may also have ``old``,
``aliases``, ``forget`` and ``prompts`` (how to ask for a subject and relation); short texts,
numbers and dates in other columns are tags of the fact. Rows of other shapes become such rows first
(`cltool.facts.files.shaped`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.facts import Tags
from cltool.facts.files.cells import (
    LIKELY_MISSING,
    SURELY_MISSING,
    CellError,
    as_text,
    clean,
    is_missing,
    says_yes,
    yes_no,
)
from cltool.facts.files.columns import USED, is_index, misspelt, resembles
from cltool.facts.files.dates import read_day, read_update
from cltool.facts.files.doubts import Doubts
from cltool.facts.files.event import Event as Event
from cltool.facts.files.filters import Condition
from cltool.facts.files.hub_datasets import local_file
from cltool.facts.files.lists import listed
from cltool.facts.files.shaped import Taken, shaped_rows
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Places, Row, Source
from cltool.facts.files.stored.bad import BadLines
from cltool.facts.files.stored.events import Events
from cltool.facts.identity import key_of, name_identity, object_identity
from cltool.facts.lookalikes import difference
from cltool.facts.shapes.catalogue import AUTO, OWN, SHAPE_COLUMNS

QUESTION_RELATION = "question"
"""The relation of plain question–answer pairs; their subject is the prompt."""

_KEY_COLUMNS = frozenset({"subject", "relation", "prompt"})
_TIMES = {"date": "date", "update": "update number"}
_SCALAR = (str, int, float, Decimal, date, time)


@dataclass(slots=True)
class Reading:
    """The content of a file.

    Attributes:
        path: the file.
        events: the good lines, in file order.
        bad: line number → what is wrong with it.
        columns: the columns of the file, in order of appearance.
        updates: every update number of the file, including those of lines filtered out.
        lines: the number of lines, without blank ones.
        filtered_out: how many of them the filter removed.
        places: names the lines.
        warnings: sentences about what was read with doubts.
        advice: how to mend the bad lines.
        taken: which shape the rows have, and how they were taken.
    """

    path: Path
    events: Events = field(default_factory=Events)
    bad: BadLines = field(default_factory=BadLines)
    columns: dict[str, None] = field(default_factory=dict)
    updates: set[int] = field(default_factory=set)
    lines: int = 0
    filtered_out: int = 0
    places: Places = field(init=False)
    warnings: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)

    def __post_init__(self) -> None:
        self.places = Places(self.path)

    @property
    def times(self) -> set[str]:
        """The columns of time that the lines have: ``update``, ``date``, both or neither."""
        return (
            {"update", "date"} & {*self.columns} if self.taken.format == OWN else self.taken.times
        )

    def place(self, line: int) -> str:
        """Return ``file:line``, or ``file:row n`` for tables without lines."""
        return self.places.place(line)


def read_events(
    path: Path,
    *,
    dated: bool | None,
    where: Sequence[Condition] = (),
    max_chars: int = 2000,
    shape: str = AUTO,
) -> Reading:
    """Read every line of ``path``; bad lines are collected, not raised.

    Args:
        path: a file, a folder with the files of one table, or the name of a data set of the hub.
        dated: whether the time of an event is its ``date`` instead of its ``update``; None:
            neither, every event belongs to update 0.
        where: conditions; lines for which all of them hold are kept.
        max_chars: the longest text allowed; longer cells of other columns are not tags.
        shape: the name of the shape that the rows have, or ``auto``.

    Raises:
        UserError: the file does not exist, is of another kind, cannot be read at all, or its rows
            have no known shape.
    """
    path = local_file(path)
    reading = Reading(path)
    # The column of the other kind of time is never read.
    needed = {*USED} - ({"update", "date"} if dated is None else {"update" if dated else "date"})
    needed |= {item.column for item in where}
    source = Source(reading.places, needed, SHAPE_COLUMNS)
    parser = _Parser(dated, max_chars, Doubts(source.warnings))
    try:
        reading.taken, rows = shaped_rows(path, source, shape, dated=dated)
        for line, row in rows:
            if isinstance(row, str):
                reading.lines += 1
                reading.bad[line] = row
            elif not row or any(cell != "" and not is_missing(cell) for cell in row.values()):
                reading.lines += 1
                _add_row(reading, line, row, where, parser)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    reading.columns.update(reading.taken.columns)
    parser.doubts.finish(reading.bad, str(path))
    if reading.bad and any(event.line in reading.bad for event in reading.events):
        good = (n for n, event in enumerate(reading.events) if event.line not in reading.bad)
        reading.events.choose(good)
    reading.warnings += [*misspelt(reading.columns), *source.warnings.sentences(reading.places)]
    reading.advice += source.advice
    return reading


def _add_row(
    reading: Reading, line: int, row: Row, where: Sequence[Condition], parser: _Parser
) -> None:
    failed = [item for item in where if not item.holds(row)]
    reading.filtered_out += bool(failed)
    try:
        moment, until = parser.when(row)
        if not parser.dated:
            reading.updates.add(moment)
        # A line that is filtered out by its key says nothing about the lines that are kept.
        if not any(item.column in _KEY_COLUMNS for item in failed):
            reading.events.append(parser.event(line, row, moment, until, not failed))
    except CellError as error:
        if not failed:
            reading.bad[line] = str(error)


class _Parser:
    """Turns rows into events."""

    def __init__(self, dated: bool | None, max_chars: int, doubts: Doubts) -> None:
        self.dated = dated
        self.doubts = doubts
        self._max_chars = max_chars

    def when(self, row: Row) -> tuple[int, int]:
        if self.dated is None:
            return 0, 0
        name = "date" if self.dated else "update"
        value = row.get(name)
        text = as_text(value)
        if not text or text in SURELY_MISSING or text in LIKELY_MISSING:
            raise CellError(f"{name} is missing")
        try:
            if self.dated:
                return read_day(value, text)
            number = read_update(value, text)
        except ValueError as error:
            raise CellError(f"bad {_TIMES[name]} {_written(value)}: {error}") from error
        return number, number

    def event(self, line: int, row: Row, moment: int, until: int, kept: bool) -> Event:
        prompt = self._text(row, "prompt", lines_allowed=True)
        forget = yes_no("forget", row.get("forget"))
        prompts: tuple[str, ...] = ()
        if prompt and as_text(row.get("relation")):
            raise CellError("has both a relation and a prompt: give only one of them")
        if prompt:
            key = key_of(prompt, QUESTION_RELATION)
            paraphrases = self._texts(row, "paraphrases", lines_allowed=True)
            prompts = tuple(dict.fromkeys((prompt, *paraphrases)))
            name, value = "answer", self._text(row, "answer")
        else:
            subject = self._required(row, "subject")
            # There are few relations: one copy of each name is enough for a million lines.
            key = key_of(subject, sys.intern(self._required(row, "relation")))
            name = "object" if "object" in row and not row.get("new") else "new"
            value = self._new(row)
            prompts = tuple(dict.fromkeys(self._texts(row, "prompts", lines_allowed=True)))
        if forget and self.doubts.stands_for_missing(name, value, line):
            value = ""
        if not value and not forget:
            raise _absent(row, name)
        spellings = dict.fromkeys(self._aliases(row, line))
        aliases = tuple(alias for alias in spellings if alias != value)
        old = self._text(row, "old")
        if self.doubts.stands_for_missing("old", old, line):
            old = ""
        if kept:
            names = ("prompt",) if prompt else ("subject", "relation")
            self.doubts.check(line, [*zip(names, key, strict=False), (name, value)])
        tags = self._tags(row)
        return Event(line, key, value, old, forget, aliases, prompts, moment, until, tags, kept)

    def _new(self, row: Row) -> str:
        new, also = self._text(row, "new"), self._text(row, "object")
        if new and also and object_identity(new) != object_identity(also):
            what = f"new is {shown(new)}, but object is {shown(also)}"
            raise CellError(what + difference(new, also))
        return new or also

    def _required(self, row: Row, name: str) -> str:
        text = self._text(row, name)
        if not text:
            raise _absent(row, name)
        return text

    def _text(self, row: Row, name: str, lines_allowed: bool = False) -> str:
        value = row.get(name)
        if value is None or is_missing(value):
            return ""
        text = clean(name, value, self._max_chars, lines_allowed)
        # A text of characters that are never shown is empty.
        return "" if text in SURELY_MISSING or not name_identity(text) else text

    def _aliases(self, row: Row, line: int) -> list[str]:
        value = row.get("aliases")
        if isinstance(value, str):
            text = value.strip()
            if text in SURELY_MISSING or self.doubts.stands_for_missing("aliases", text, line):
                return []
            if ";" in text and not (text.startswith("[") or "|" in text):
                raise CellError(f"aliases has ;: separate them with |, not {shown(text)}")
        texts = self._texts(row, "aliases")
        if isinstance(value, str) and "," in value and texts == [value.strip()]:
            self.doubts.warn("aliases has a comma but no |: it is one spelling.", line)
        return texts

    def _texts(self, row: Row, name: str, lines_allowed: bool = False) -> list[str]:
        value = row.get(name)
        if isinstance(value, str):
            items: Sequence[object] | None
            try:
                items = listed(value.strip())
            except ValueError as error:
                what = f"{name} looks like a list, but is none that can be read: {shown(value)}"
                raise CellError(f"{what}; write a JSON list, or a|b") from error
            value = value.split("|") if items is None else items
        elif value is None or is_missing(value):
            return []
        if not isinstance(value, list | tuple):
            raise CellError(f"{name} is not a list of texts: {shown(value)}")
        given = (item for item in value if not is_missing(item))
        texts = [clean(name, item, self._max_chars, lines_allowed) for item in given]
        return [text for text in texts if text and text not in SURELY_MISSING]

    def _tags(self, row: Row) -> Tags:
        """Return the cells that are tags: scalar, not empty, and valid as texts."""
        tags = []
        for name, value in row.items():
            if not name or name in USED or is_index(name) or not isinstance(value, _SCALAR):
                continue
            text = as_text(value)
            if resembles(name) == "forget" and "forget" not in row and says_yes(text):
                raise CellError(f"{shown(name)} is {shown(value)}: is the column meant as forget?")
            # A cell that fails is not needed to learn the fact, so the line stays good.
            with suppress(CellError):
                text = clean(name, text, self._max_chars, lines_allowed=False)
                if text and text not in SURELY_MISSING:
                    tags.append((sys.intern(clean("a column", name, self._max_chars, False)), text))
        return tuple(tags)


def _absent(row: Row, name: str) -> CellError:
    value = row.get(name)
    if isinstance(value, str) and value.strip() in SURELY_MISSING:
        return CellError(f"{name} is missing: {shown(value)}")
    return CellError(f"{name} is {'empty' if isinstance(value, str) else 'missing'}")


def _written(value: object) -> str:
    """Return a day or a time as it is written, and other cells as `shown` does."""
    return str(value) if isinstance(value, date) else shown(value)
