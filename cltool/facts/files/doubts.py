"""Texts of a table that may stand for missing values, or that look damaged."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable

from cltool.core.errors import UserError
from cltool.facts.files.cells import LIKELY_MISSING, MARKS, damage
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Warnings
from cltool.facts.files.stored.bad import BadLines

_FRACTION = re.compile(r"-?\d+\.0", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_MAYBE = LIKELY_MISSING | MARKS


class Doubts:
    """Looks at the texts of all lines, and says what they make doubtful.

    A name such as "None" may be one, or what a program wrote for a missing value. It is missing if
    the table uses the same text in a column that may be empty, or if a whole column has no other.

    Args:
        warnings: receives the doubts.
    """

    def __init__(self, warnings: Warnings) -> None:
        self._warnings = warnings
        self._marks: set[str] = set()
        self._found: dict[tuple[str, str], array[int]] = {}
        self._seen: Counter[str] = Counter()
        self._maybe: Counter[str] = Counter()
        self._relations: set[str] = set()
        self._first = 0
        self._fractions: dict[str, int] = {}
        self._other_numbers: set[str] = set()

    def stands_for_missing(self, name: str, text: str, line: int) -> bool:
        """Return whether a text of a column that may be empty stands for a missing value."""
        if text not in _MAYBE:
            return False
        self._marks.add(text)
        self._warnings.add(f"{name} {text!r} is read as a missing value.", line)
        return True

    def warn(self, text: str, line: int) -> None:
        """Add a doubt about a line."""
        self._warnings.add(text, line)

    def check(self, line: int, texts: Iterable[tuple[str, str]]) -> None:
        """Look at the texts (column, text) that a line must have."""
        self._first = self._first or line
        for name, text in texts:
            self._seen[name] += 1
            if name == "relation":
                self._relations.add(text)
            if text in _MAYBE:
                self._maybe[name] += 1
                self._found.setdefault((name, text), array("Q")).append(line)
                continue
            what = damage(text)
            if what:
                self._warnings.add(f"{name} {what}", line)
            if text[-1:].isdigit() and _NUMBER.fullmatch(text):
                if _FRACTION.fullmatch(text):
                    self._fractions.setdefault(name, line)
                else:
                    self._other_numbers.add(name)

    def finish(self, bad: BadLines, where: str) -> None:
        """Add the doubts about the whole table; names that are missing values go to ``bad``.

        Raises:
            UserError: a column has only texts that stand for missing values.
        """
        for name, count in self._maybe.items():
            if count == self._seen[name] and count > 1:
                text = next(text for column, text in self._found if column == name)
                raise UserError(
                    f"{name} has no other values than {text!r}, which stands for a missing value",
                    where=where,
                    hint="Fill the column, or remove these lines.",
                )
        each = ((name, text, line) for (name, text), found in self._found.items() for line in found)
        for name, text, line in each:
            if text in self._marks:
                bad[line] = f"{name} is {text!r}, which marks missing values in other columns"
            else:
                what = f"{name} {text!r} is kept as a name. Is it a missing value?"
                self._warnings.add(what, line)
        for name, line in self._fractions.items():
            if name not in self._other_numbers:
                what = f"every number in {name} ends in .0. Were they whole numbers?"
                self._warnings.add(what, line)
        if self._relations and all(text.isdigit() for text in self._relations):
            some = ", ".join(shown(text) for text in sorted(self._relations)[:3])
            what = f"the relations are numbers ({some}). Do they stand for names?"
            self._warnings.add(what, self._first)
