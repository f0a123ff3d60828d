"""The bad lines of a file, in memory while they are few, else in a temporary file."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from cltool.core.records import Records
from cltool.facts.files.stored import events


def _same(reason: str) -> str:
    return reason


class BadLines(Mapping[int, str]):
    """Line number → what is wrong with it. Lines can be added, and iterated over in their order."""

    def __init__(self) -> None:
        self._held: dict[int, str] = {}
        self._records: Records[str] | None = None
        self._lines = array("Q")
        self._sorted: tuple[array[int], array[int]] | None = None

    def __setitem__(self, line: int, reason: str) -> None:
        if self._records is None:
            self._held[line] = reason
            if len(self._held) <= events.IN_MEMORY:
                return
            self._records = Records[str](_same, _same)
            held, self._held = self._held, {}
            for known, why in held.items():
                self._lines.append(known)
                self._records.append(why)
            return
        self._lines.append(line)
        self._records.append(reason)
        self._sorted = None

    def __getitem__(self, line: int) -> str:
        if self._records is None:
            return self._held[line]
        lines, numbers = self._by_line()
        place = bisect_left(lines, line)
        if place == len(lines) or lines[place] != line:
            raise KeyError(line)
        return self._records[numbers[place]]

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._held) if self._records is None else self._by_line()[0])

    def __len__(self) -> int:
        return len(self._held if self._records is None else self._by_line()[0])

    def __contains__(self, line: object) -> bool:
        if self._records is None:
            return line in self._held
        lines = self._by_line()[0]
        place = bisect_left(lines, line) if isinstance(line, int) else len(lines)
        return place < len(lines) and lines[place] == line

    def _by_line(self) -> tuple[array[int], array[int]]:
        """Return the lines in their order, and the number of the last reason of each."""
        if self._sorted is None:
            import numpy as np

            lines = np.array(self._lines, np.uint64)
            order = np.argsort(lines, kind="stable")
            lines = lines[order]
            last = np.append(lines[1:] != lines[:-1], True)
            self._sorted = (
                array("Q", lines[last].tobytes()),
                array("Q", order[last].astype(np.uint64).tobytes()),
            )
        return self._sorted
