"""The rows of a whole JSON document: an array of objects, several objects, or pandas' tables."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.files.columns import names_known, refuse_twice
from cltool.facts.files.endings import JSON, kind_of
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Part, Row, Rows

_SPACE = re.compile(r"[ \t\r\n]*")
_HINT = "Write an array of objects, one for each fact: to_json(FILE, orient='records')."


def _object(pairs: list[tuple[str, object]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"{shown(twice)} occurs twice in one object")
    return row


def _constant(name: str) -> float | None:
    return None if name == "NaN" else float(name)


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
"""Reads JSON; NaN is a missing value, and a name that an object has twice is an error."""


def document_rows(part: Part, text: str) -> Rows:
    """Read the rows of a document.

    Raises:
        UserError: it is not JSON, or is not a table whose columns have names.
    """
    part.by_row = True
    reader = _Reader(part, text)
    if reader.skip_space() == "[":
        yield from enumerate(reader.items(), start=1)
        return
    rows = list(reader.values())
    if len(rows) == 1:
        part.lines = part.lines[:0]
        found = _table(rows[0], part.path)
        if found is not None:
            yield from enumerate(found, start=1)
            return
        part.lines.append(reader.first_line)
    yield from enumerate(rows, start=1)


class _Reader:
    """Reads values one after another, and notes the lines at which they begin."""

    def __init__(self, part: Part, text: str) -> None:
        self._part = part
        self._text = text
        self._place = 0
        self._counted = (0, 1)
        self.first_line = 1

    def skip_space(self) -> str:
        """Go to the next character that is not white space and return it, or ``""``."""
        found = _SPACE.match(self._text, self._place)
        self._place = found.end() if found else self._place
        return self._text[self._place : self._place + 1]

    def items(self) -> Iterator[Row | str]:
        """Read the items of an array that the text consists of."""
        self._place += 1
        while self.skip_space() != "]":
            value = self._value()
            if isinstance(value, list) and len(self._part.lines) == 1:
                raise self._error("is an array of arrays, whose columns have no names", _HINT)
            yield value if isinstance(value, dict) else f"not a JSON object: {shown(value)}"
            if self.skip_space() == "]":
                break
            if self._text[self._place : self._place + 1] != ",":
                what = "a comma or ] is missing" if self.skip_space() else "the array has no end"
                raise self._error(f"not JSON: {what}")
            self._place += 1
            if self.skip_space() == "]":
                raise self._error("not JSON: a comma stands before ]", "Remove the comma.")
        self._place += 1
        if self.skip_space():
            hint = "Write one array, or one object on each line."
            raise self._error("not JSON: text follows the array", hint)

    def values(self) -> Iterator[Row | str]:
        """Read objects that follow each other without commas."""
        while self.skip_space():
            value = self._value()
            yield value if isinstance(value, dict) else f"not a JSON object: {shown(value)}"

    def _value(self) -> object:
        line = self._line()
        if not self._part.lines:
            self.first_line = line
        self._part.lines.append(line)
        try:
            value, self._place = DECODER.raw_decode(self._text, self._place)
        except json.JSONDecodeError as error:
            self._place = error.pos
            raise self._error(f"not JSON: {error.msg} at column {error.colno}") from error
        except (ValueError, RecursionError) as error:
            raise self._error(f"not readable JSON: {error}") from error
        return value

    def _line(self) -> int:
        place, line = self._counted
        line += self._text.count("\n", place, self._place)
        self._counted = (self._place, line)
        return line

    def _error(self, what: str, hint: str = "") -> UserError:
        return UserError(what, where=f"{self._part.path}:{self._line()}", hint=hint)


def _table(value: Row | str, path: Path) -> list[Row | str] | None:
    """Return the rows of a table in one object, or None if the object is a row itself.

    Raises:
        UserError: it is neither.
    """
    if isinstance(value, str):
        return None
    where = str(path)
    if {"columns", "data"} <= set(value) <= {"columns", "index", "data", "index_names"}:
        return _split(value, where)
    if {"schema", "data"} <= set(value) and isinstance(value["data"], list):
        return [_without_index(value["schema"], one) for one in value["data"]]
    columns = list(value.values())
    if names_known(value) and all(isinstance(one, Mapping) for one in columns):
        return _by_label(value)
    if names_known(value) and all(isinstance(one, list) for one in columns):
        return _by_column(value, where)
    if names_known(value):
        return None
    if columns and all(isinstance(one, Mapping) and names_known(one) for one in columns):
        return [dict(one) for one in columns if isinstance(one, Mapping)]
    if kind_of(path) != JSON or not value:
        return None
    inner = [name for name, one in value.items() if isinstance(one, list)]
    hint = f"Write the array in {shown(inner[0])} into a file of its own." if inner else _HINT
    raise UserError("is a JSON object that is not a table of facts", where=where, hint=hint)


def _without_index(schema: object, item: object) -> Row | str:
    """Return a row of pandas' ``orient="table"`` without the numbers of the rows."""
    if not isinstance(item, dict):
        return f"not a JSON object: {shown(item)}"
    index = schema.get("primaryKey") if isinstance(schema, Mapping) else None
    return {name: cell for name, cell in item.items() if name != "index" or index != ["index"]}


def _split(value: Row, where: str) -> list[Row | str]:
    names, data = value["columns"], value["data"]
    if not (isinstance(names, list) and all(isinstance(one, str) for one in names)):
        raise UserError("the columns of the table have no names", where=where, hint=_HINT)
    problem = refuse_twice(names)
    if problem or not isinstance(data, list):
        raise UserError(problem or "the table has no rows", where=where, hint=_HINT)
    return [
        dict(zip(names, one, strict=True))
        if isinstance(one, list) and len(one) == len(names)
        else f"does not have {len(names)} cells: {shown(one)}"
        for one in data
    ]


def _by_label(value: Row) -> list[Row | str]:
    """Return the rows of a table of columns, each of which maps the labels of rows to cells."""
    columns = {name: one for name, one in value.items() if isinstance(one, Mapping)}
    labels = dict.fromkeys(label for column in columns.values() for label in column)
    return [{name: one.get(label) for name, one in columns.items()} for label in labels]


def _by_column(value: Row, where: str) -> list[Row | str]:
    """Return the rows of a table of columns, each of which is a list of cells."""
    columns = {name: one for name, one in value.items() if isinstance(one, list)}
    if len({len(one) for one in columns.values()}) > 1:
        raise UserError("the columns have different lengths", where=where, hint=_HINT)
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
