"""Files of facts, read line by line: each line is an event, or has a reason why it is bad.

A file is ``.jsonl``, ``.csv`` or ``.parquet``. A line states a fact (``subject``, ``relation``,
``new`` or ``object``) or a question (``prompt``, ``answer``, optionally ``paraphrases``), and
its time: an ``update`` number or a ``date``. It may also have ``old``, ``aliases`` and
``forget``; short texts, numbers and dates in other columns are tags of the fact.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Tags
from cltool.facts.files.rows import Row, line_name, read_rows, shown
from cltool.facts.identity import key_of, name_identity, names_object, object_identity

QUESTION_RELATION = "question"
"""The relation of plain question–answer pairs; their subject is the prompt."""

USED = (
    *("subject", "relation", "new", "object", "prompt", "answer", "paraphrases"),
    *("old", "aliases", "forget", "update", "date"),
)
_KEY_COLUMNS = frozenset({"subject", "relation", "prompt"})
_OBJECT_COLUMNS = frozenset({"new", "object", "answer", "old"})
_YES_NO = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}
_SCALAR = (str, int, float, Decimal, date, time)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Event:
    """The content of one line.

    Attributes:
        line: its line number (in Parquet: row number), from 1.
        key: the key of its fact.
        value: the new object; in a request to forget, the object that it names or ``""``.
        old: the object that was valid before, as the line states it, or ``""``.
        forget: whether it asks to forget the fact.
        aliases: other spellings of ``value``.
        prompts: the prompt and its paraphrases, if it is a question–answer pair.
        moment: the update number, or the day as a proleptic Gregorian ordinal; the first
            possible day if the date has no day or month.
        until: the last possible day; equal to ``moment`` for update numbers.
        tags: the usable cells of other columns.
        kept: whether the filter keeps it; other events only tell what was valid before.
    """

    line: int
    key: Key
    value: str
    old: str
    forget: bool
    aliases: tuple[str, ...]
    prompts: tuple[str, ...]
    moment: int
    until: int
    tags: Tags = ()
    kept: bool = True

    @property
    def fact(self) -> Fact:
        """The fact that the event teaches."""
        return Fact(*self.key, self.value, self.aliases, self.tags)

    def names(self, value: str) -> bool:
        """Return whether ``value`` is its object or another spelling of it."""
        return names_object(value, (self.value, *self.aliases))

    def restates(self, other: Event) -> bool:
        """Return whether both teach the same object."""
        both_teach = not (self.forget or other.forget)
        return both_teach and (self.names(other.value) or other.names(self.value))


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter ``column=value,value``: the column has one of these values.

    A comma inside a value is written ``\\,``. Values are compared as names, and in the columns of
    objects as objects (`cltool.facts.identity`).
    """

    column: str
    values: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read ``column=value,value``.

        Raises:
            ValueError: the column or the ``=`` is missing.
        """
        column, equals, values = text.partition("=")
        if not column.strip() or not equals:
            raise ValueError(f"{text!r} is not column=value or column=value,value")
        parts = re.split(r"(?<!\\),", values)
        condition = cls(column.strip(), frozenset())
        given = (part.replace("\\,", ",") for part in parts)
        return replace(condition, values=frozenset(map(condition._identity, given)))

    def column_of(self, columns: Iterable[str]) -> str | None:
        """Return the name of its column among ``columns``, or None."""
        name = name_identity(self.column)
        return next((one for one in columns if name_identity(one) == name), None)

    def holds(self, row: Row) -> bool:
        """Return whether ``row`` has one of the values; a missing cell counts as empty."""
        value = row.get(self.column)
        if value is None and (column := self.column_of(row)) is not None:
            value = row[column]
        return self._identity(_cell(value)) in self.values

    def _identity(self, text: str) -> str:
        return (object_identity if self.column in _OBJECT_COLUMNS else name_identity)(text)


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
    """

    path: Path
    events: list[Event] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)
    updates: set[int] = field(default_factory=set)
    lines: int = 0
    filtered_out: int = 0

    def place(self, line: int) -> str:
        """Return ``file:line``, or ``file:row n`` for Parquet."""
        return f"{self.path.name}:{line_name(self.path, line)}"


class _LineError(Exception):
    """The reason why a line is bad; caught inside this module."""


def read_events(
    path: Path, *, dated: bool | None, where: Sequence[Condition] = (), max_chars: int = 2000
) -> Reading:
    """Read every line of ``path``; bad lines are collected, not raised.

    Args:
        path: a ``.jsonl``, ``.csv`` or ``.parquet`` file.
        dated: whether the time of an event is its ``date`` instead of its ``update``; None:
            neither, every event belongs to update 0.
        where: conditions; lines for which all of them hold are kept.
        max_chars: the longest text allowed; longer cells of other columns are not tags.

    Raises:
        UserError: the file does not exist, is of another kind, or cannot be read at all.
    """
    reading = Reading(path)
    parser = _Parser(dated, max_chars)
    try:
        used = {*USED, *(item.column for item in where)}
        for line, row in read_rows(path, reading.columns, used):
            reading.lines += 1
            if isinstance(row, str):
                reading.bad[line] = row
            else:
                _add_row(reading, line, row, where, parser)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
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
    except _LineError as error:
        if not failed:
            reading.bad[line] = str(error)


@lru_cache(maxsize=1 << 16)
def parse_date(text: str) -> tuple[int, int]:
    """Return the first and the last day that ``text`` can mean, as ordinals.

    Raises:
        ValueError: it is not YYYY, YYYY-MM or YYYY-MM-DD, or the day does not exist.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = found.groups()
    last_month = int(month or 12)
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last = first if day else date(int(year), last_month, monthrange(int(year), last_month)[1])
    except ValueError as error:
        raise ValueError("there is no such date") from error
    return first.toordinal(), last.toordinal()


class _Parser:
    """Turns rows into events."""

    def __init__(self, dated: bool | None, max_chars: int) -> None:
        self.dated = dated
        self._max_chars = max_chars

    def when(self, row: Row) -> tuple[int, int]:
        if self.dated is None:
            return 0, 0
        name = "date" if self.dated else "update"
        value = row.get(name)
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, float) and value.is_integer():
            # A column with gaps turns integers into floats on its way through pandas.
            value = int(value)
        text = _cell(value)
        if not text:
            raise _LineError(f"{name} is missing")
        if self.dated:
            try:
                return parse_date(text)
            except ValueError as error:
                raise _LineError(f"bad date {shown(value)}: {error}") from error
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise _LineError(
                f"bad update number {shown(value)}: write 0 for the base, then 1, 2, …"
            )
        return int(text), int(text)

    def event(self, line: int, row: Row, moment: int, until: int, kept: bool) -> Event:
        prompt = self._text(row, "prompt", lines_allowed=True)
        forget = _forget(row)
        prompts: tuple[str, ...] = ()
        if prompt and _cell(row.get("relation")):
            raise _LineError("has both a relation and a prompt: give only one of them")
        if prompt:
            key = key_of(prompt, QUESTION_RELATION)
            paraphrases = self._texts(row, "paraphrases", lines_allowed=True)
            prompts = tuple(dict.fromkeys((prompt, *paraphrases)))
            name, value = "answer", self._text(row, "answer")
        else:
            subject = self._required(row, "subject")
            # There are few relations: one copy of each name is enough for a million lines.
            key = key_of(subject, sys.intern(self._required(row, "relation")))
            name, value = "new", self._new(row)
        if not value and not forget:
            raise _LineError(f"{name} is {'missing' if row.get(name) is None else 'empty'}")
        spellings = dict.fromkeys(self._texts(row, "aliases"))
        aliases = tuple(alias for alias in spellings if alias != value)
        old = self._text(row, "old")
        tags = self._tags(row)
        return Event(line, key, value, old, forget, aliases, prompts, moment, until, tags, kept)

    def _new(self, row: Row) -> str:
        new, also = self._text(row, "new"), self._text(row, "object")
        if new and also and object_identity(new) != object_identity(also):
            raise _LineError(f"new is {shown(new)}, but object is {shown(also)}")
        return new or also

    def _required(self, row: Row, name: str) -> str:
        text = self._text(row, name)
        if not text:
            raise _LineError(f"{name} is {'missing' if row.get(name) is None else 'empty'}")
        return text

    def _text(self, row: Row, name: str, lines_allowed: bool = False) -> str:
        value = row.get(name)
        return "" if value is None else self._clean(name, value, lines_allowed)

    def _texts(self, row: Row, name: str, lines_allowed: bool = False) -> list[str]:
        value = row.get(name)
        if value is None or value == "":
            return []
        items: Sequence[object] = value.split("|") if isinstance(value, str) else ()
        if isinstance(value, list):
            items = value
        elif not isinstance(value, str):
            raise _LineError(f"{name} is not a list of texts: {shown(value)}")
        texts = [self._clean(name, item, lines_allowed) for item in items]
        return [text for text in texts if text]

    def _tags(self, row: Row) -> Tags:
        """Return the cells that are tags: scalar, not empty, and valid as texts."""
        tags = []
        for name, value in row.items():
            if name and name not in USED and isinstance(value, _SCALAR):
                # A cell that fails is not needed to learn the fact, so the line stays good.
                with suppress(_LineError):
                    text = self._clean(name, _cell(value), lines_allowed=False)
                    if text:
                        tags.append((sys.intern(self._clean("a column", name, False)), text))
        return tuple(tags)

    def _clean(self, name: str, value: object, lines_allowed: bool) -> str:
        if not isinstance(value, str):
            raise _LineError(f"{name} is not a text: {shown(value)}")
        if len(value) > self._max_chars:
            raise _LineError(
                f"{name} is too long: {len(value):,} characters; the limit is {self._max_chars:,}"
            )
        if not value.isprintable():
            _check_characters(name, value, "\n\r\t" if lines_allowed else "")
        return value.strip()


def _check_characters(name: str, text: str, allowed: str) -> None:
    for place, char in enumerate(text, start=1):
        kind = unicodedata.category(char)
        if kind == "Cs":
            raise _LineError(f"{name} is not Unicode: an unpaired surrogate at position {place}")
        if kind in ("Cc", "Zl", "Zp") and char not in allowed:
            what = "line break" if char in "\n\r\u2028\u2029" else "control character"
            raise _LineError(f"{name} has a {what} (U+{ord(char):04X}) at position {place}")


def _forget(row: Row) -> bool:
    value = row.get("forget")
    forget = _YES_NO.get(_cell(value).lower())
    if forget is None:
        raise _LineError(f"forget must be true or false, not {shown(value)}")
    return forget


def _cell(value: object) -> str:
    """Return a value as a CSV file would contain it."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
