"""Which character separates the cells of a delimited file, told by its header."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.files.columns import names_known
from cltool.facts.files.endings import unzipped
from cltool.facts.files.shown import shown

_SEPARATORS = (",", ";", "\t", "|")
_LONGEST_HEADER = 10_000
_OTHERS = (":", "~", "^", "\x01", "\x1f", " ")
_EXCEL_LINE = re.compile(r"\"?sep=(?P<separator>[^\w\s\"']|\t)\"?[\r\n]*", re.IGNORECASE)


def stated(line: str) -> str:
    """Return the separator that Excel's first line ``sep=;`` states, or ``""``."""
    found = _EXCEL_LINE.fullmatch(line)
    return found["separator"] if found else ""


def is_blank(line: str) -> bool:
    """Return whether a line has nothing but separators, quotes and white space."""
    return not line.strip(' \t\r\n,;|"\xa0')


def separator(path: Path, header: str, line: int) -> str:
    """Return the separator with which the header names the most known columns.

    Raises:
        UserError: two separators name equally many.
    """
    known = {one: names_known(cells(header, one)) for one in _SEPARATORS}
    most = max(known.values())
    best = [one for one, count in known.items() if count == most]
    if most and len(best) == 1:
        return best[0]
    if most == 1 and all(len(cells(header, one)) == 1 for one in best):
        # One column: any separator reads it.
        return ","
    if most:
        raise UserError(
            f"the columns may be separated by {' or by '.join(shown(one) for one in best)}",
            where=f"{path}:{line}",
            hint="Use one separator in the header: a comma, a semicolon, a tab or |.",
        )
    for other in _OTHERS:
        if names_known(cells(header, other)) > 1:
            raise UserError(
                f"the columns look separated by {shown(other)}",
                where=f"{path}:{line}",
                hint="Separate them with a comma, a semicolon, a tab or |.",
            )
    return "\t" if unzipped(path).suffix.lower() in (".tsv", ".tab") else ","


def looks_delimited(line: str) -> bool:
    """Return whether a line is the header of a delimited file."""
    plain = line[:1] not in ("{", "[") and len(line) < _LONGEST_HEADER
    return plain and any(names_known(cells(line, one)) > 1 for one in _SEPARATORS)


def cells(line: str, separator: str) -> list[str]:
    """Return the cells of one line of text."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
