"""What is known of a table while its files are read: names of lines, columns and warnings."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, object]
Rows = Iterator[tuple[int, Row | str]]
"""(line number, the row or the reason why it cannot be read)."""

_MAX_WARNINGS = 100


@dataclass
class Part:
    """One file of a table.

    Attributes:
        path: the file.
        name: how messages name it.
        first: the number of its first line less 1, within the table.
        by_row: whether its rows are counted instead of its lines.
        lines: the line at which each row begins, if rows are counted in a text file.
    """

    path: Path
    name: str
    first: int = 0
    by_row: bool = False
    lines: array[int] = field(default_factory=lambda: array("Q"))

    def place(self, number: int) -> str:
        """Return how a message names a line or row, counted within this file."""
        if not self.by_row:
            return f"{self.name}:{number}"
        line = self.lines[number - 1] if number <= len(self.lines) else 0
        # A program that writes all rows on one line leaves only their numbers to tell them apart.
        own = line and all(line != self.lines[n - 1] for n in (number - 1, number + 1)
                           if 0 < n <= len(self.lines))  # fmt: skip
        return f"{self.name}:{line}" if own else f"{self.name}:row {number}"


class Places:
    """Names the lines of a table, which has one file or several.

    Args:
        path: the file or the folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[Part] = []

    def begin(self, path: Path, first: int) -> Part:
        """Return the next file of the table; ``first`` lines were counted before it."""
        name = path.name if path == self._path else f"{self._path.name}/{path.name}"
        self._parts.append(Part(path, name, first))
        return self._parts[-1]

    def place(self, number: int) -> str:
        """Return ``file:line`` or ``file:row n`` for a line, counted within the table."""
        at = bisect_right(self._parts, number - 1, key=lambda part: part.first) - 1
        if at < 0:
            return f"{self._path.name}:{number}"
        part = self._parts[at]
        return part.place(number - part.first)

    def file_of(self, number: int) -> str:
        """Return the name of the file that has a line, with that of its folder."""
        at = bisect_right(self._parts, number - 1, key=lambda part: part.first) - 1
        path = self._parts[at].path if at >= 0 else self._path
        return f"{path.resolve().parent.name}/{path.name}"


class Warnings:
    """Sentences about what was read with doubts; each is kept once, with its number of lines."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int]] = {}
        self._more = 0

    def add(self, text: str, number: int) -> None:
        """Add a sentence about a line, counted within the table."""
        first, count = self._found.get(text, (number, 0))
        if count or len(self._found) < _MAX_WARNINGS:
            self._found[text] = (first, count + 1)
        else:
            self._more += 1

    def sentences(self, places: Places) -> list[str]:
        """Return the sentences, each with the first of its lines."""
        told = [
            f"{places.place(first)}{_more(count - 1)}: {text}"
            for text, (first, count) in self._found.items()
        ]
        return [*told, f"{self._more:,} more doubts are not listed."] if self._more else told


def _more(count: int) -> str:
    return f" and {count:,} more line{'s' * (count > 1)}" if count else ""


@dataclass
class Source:
    """A table that is read.

    Attributes:
        places: names its lines.
        used: names of the columns that a row needs.
        nested: further columns, in lower case, that are read even if their cells are lists or
            objects.
        columns: receives the names of the columns.
        warnings: receives doubts.
        advice: receives sentences about how to mend bad lines.
        header: receives ``path:line`` of the first header of a delimited file.
    """

    places: Places
    used: Collection[str]
    nested: Collection[str] = ()
    columns: dict[str, None] = field(default_factory=dict)
    warnings: Warnings = field(default_factory=Warnings)
    advice: dict[str, None] = field(default_factory=dict)
    header: str = ""
