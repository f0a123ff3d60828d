"""The rows of tables whose cells are separated by commas, semicolons, tabs or ``|``."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain

from cltool.core.errors import UserError
from cltool.facts.files.columns import USED, advice, canonical, is_index, refuse_twice
from cltool.facts.files.encodings import Undecoded, text_lines
from cltool.facts.files.separators import is_blank, separator, stated
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Part, Row, Rows, Source

_FORMULA = re.compile(r"=\s*[\w$+\-(\"'@]|=#")
_APOSTROPHE = re.compile(r"'(\s*[-+]?[\d.,]+\s*|[=+@-].*)", re.DOTALL)
_ERROR = re.compile(
    r"#[¡¿]?[A-ZÄÖÜÉÑА-Я_/0]+[!?]|#NV|#{3,}|#GETTING_DATA|(Err|Fehler|Erreur):\d{3}|Loading\.\.\."
)
"""Excel's, LibreOffice's and Google Sheets' texts for values that could not be computed."""
_TIMES = ("update", "date")
_KEYS = ("subject", "prompt")
_COLUMNS_TO_TELL = 4
"""Fewest columns by which a line of text is told to be a row of the table."""


def delimited_rows(part: Part, source: Source) -> Rows:
    """Read a delimited file row by row; rows without any text in them are left out.

    Raises:
        UserError: the file is no text, or its header cannot be used.
    """
    undecoded = Undecoded(part.path)
    lines = text_lines(undecoded)
    skipped, line, delimiter = 0, "", ""
    for line in lines:
        if stated(line) and not delimiter:
            delimiter = stated(line)
        elif not is_blank(line):
            break
        skipped += 1
    else:
        return
    where = f"{part.path}:{skipped + 1}"
    if undecoded:
        raise UserError(
            f"the header cannot be used: {undecoded[min(undecoded)]}",
            where=f"{part.path}:{min(undecoded)}",
            hint=undecoded.advice,
        )
    if line.lstrip()[:1] in ("{", "["):
        hint = "Give it a name that ends in .jsonl or .json."
        raise UserError("is JSON, and not a table with a header", where=where, hint=hint)
    delimiter = delimiter or separator(part.path, line, skipped + 1)
    reader = csv.reader(chain([line], lines), delimiter=delimiter, strict=True)
    header = _header(reader, where)
    if source.header and not {*map(canonical, header)} & {*source.columns}:
        raise UserError(
            f"the header has no column of {source.header}",
            where=where,
            hint=advice(header),
        )
    source.header = source.header or where
    table = _Table(part, source, header, delimiter)
    while True:
        first = reader.line_num + 1
        try:
            row = table.row(next(reader), skipped + first, skipped + reader.line_num)
        except StopIteration:
            break
        except csv.Error as error:
            # A quote that is never closed takes in the following lines: the message says which.
            last = skipped + reader.line_num
            span = f" (lines {skipped + first} to {last})" if last > skipped + first else ""
            row = f"not CSV: {error}{span}"
        for number in range(skipped + first, skipped + reader.line_num + 1):
            row = undecoded.get(number, row) if undecoded else row
        if row:
            yield skipped + first, row
    source.advice.update(dict.fromkeys(filter(None, [undecoded.advice])))


def _header(reader: Iterator[list[str]], where: str) -> list[str]:
    try:
        header = [cell.strip() for cell in next(reader)]
    except csv.Error as error:
        raise UserError(f"the header cannot be used: not CSV: {error}", where=where) from error
    problem = refuse_twice([name for name in header if name])
    if problem:
        raise UserError(f"the header cannot be used: {problem}", where=where)
    return header


class _Table:
    """Turns the cells of a file into rows."""

    def __init__(self, part: Part, source: Source, header: list[str], delimiter: str) -> None:
        self._first = part.first
        self._warnings = source.warnings
        self._header = header
        self._delimiter = delimiter
        source.columns.update(dict.fromkeys(map(canonical, filter(None, header))))
        self._keys = [name if name and not is_index(name) else "" for name in header]
        # pandas writes the index of a table first, without a name.
        self._unnamed = [at for at, name in enumerate(header) if not name and at]
        known = [*map(canonical, header)]
        self._key = next((known.index(name) for name in _KEYS if name in known), 0)
        self._time = next((known.index(name) for name in _TIMES if name in known), -1)
        self._plain = not self._unnamed and "" not in self._keys

    def row(self, cells: list[str], first: int, last: int) -> Row | str:
        """Return a row, the reason why it cannot be read, or ``""`` if its cells are empty."""
        if not any(cells) or not any(map(str.strip, cells)):
            return ""
        if len(cells) > len(self._header) and not any(cells[len(self._header) :]):
            # A spreadsheet writes separators for columns that have no text.
            del cells[len(self._header) :]
        if len(cells) != len(self._header):
            return f"has {len(cells)} fields, but the header has {len(self._header)}"
        if cells[self._key].endswith(self._header[self._key]) and self._is_header(cells):
            return "repeats the header"
        for at, cell in enumerate(cells):
            if cell and (cell[0] in "='# \tEFL" or "\\" in cell):
                problem = self._refuse(self._keys[at], cell)
                if problem:
                    return problem
        if last > first:
            self._doubt_lines(cells, first)
        for at in self._unnamed:
            if cells[at].strip():
                what = f"column {at + 1} has no name in the header, so its text is not used."
                self._warnings.add(what, self._first + first)
        if self._plain:
            return dict(zip(self._keys, cells, strict=True))
        return {key: cell for key, cell in zip(self._keys, cells, strict=True) if key}

    def _refuse(self, key: str, cell: str) -> str:
        """Return why a cell is not what its column needs, but what another dialect writes."""
        text = cell.strip()
        if canonical(key) not in USED:
            return ""
        reason = ""
        if "\\\\" in cell:
            reason = "has two backslashes, which may stand for one: write JSON lines instead"
        elif text.startswith(("[", "(", "{")):
            return ""
        elif cell[:1] in " \t" and text.startswith('"'):
            reason = "has a space before a quote: remove it, or the quote would be text"
        elif '\\"' in cell:
            reason = 'has \\": write a quote inside a cell as ""'
        elif _FORMULA.match(text):
            reason = "is a formula, not its value"
        elif len(text) > 1 and text[0] == text[-1] == "'":
            reason = "is in single quotes, which would be text: use double quotes"
        elif _APOSTROPHE.fullmatch(text):
            reason = "begins with the apostrophe that marks texts in spreadsheets: remove it"
        elif _ERROR.fullmatch(text):
            reason = "is an error that a spreadsheet shows in place of a value"
        return reason and f"{key} {reason}: {shown(cell)}"

    def _is_header(self, cells: list[str]) -> bool:
        return [*map(canonical, cells)] == [*map(canonical, self._header)]

    def _doubt_lines(self, cells: list[str], first: int) -> None:
        """Warn of a quoted cell that looks like rows: its quote may be closed too late."""
        if any(self._has_rows(at, cell.splitlines()) for at, cell in enumerate(cells)):
            what = "a quoted cell has lines that look like rows. Is its quote closed too late?"
            self._warnings.add(what, self._first + first)

    def _has_rows(self, at: int, lines: list[str]) -> bool:
        width = len(self._header)
        # The rest of the row whose quote was not closed: its time is where it should be.
        rest = lines[0].split(self._delimiter) if len(lines) > 1 else []
        if at < self._time and len(rest) == width - at and rest[self._time - at][:1].isdigit():
            return True
        later = lines[1:] if width >= _COLUMNS_TO_TELL else []
        return any(line.count(self._delimiter) >= width - 1 for line in later)
