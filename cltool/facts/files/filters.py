"""Filters of the lines of a file by the values of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.similar import guess
from cltool.facts.files.cells import as_text
from cltool.facts.files.columns import canonical
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Row
from cltool.facts.identity import name_identity, object_identity

OBJECT_COLUMNS = frozenset({"new", "object", "answer", "old"})

_MOST_SEEN = 10_000
"""Values of a column that are kept to suggest one of them."""

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter ``column=value,value``: the column has one of these values.

    A comma inside a value is written ``\\,``. Values are compared as names, and in the columns of
    objects as objects (`cltool.facts.identity`).

    Attributes:
        column: the column.
        values: identity of a value → the value as it was given.
        seen: identity of a value → the value in the file, from the lines that `holds` was given.
    """

    column: str
    values: Mapping[str, str]
    seen: dict[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read ``column=value,value``.

        Raises:
            ValueError: the column or the ``=`` is missing.
        """
        column, equals, values = text.partition("=")
        if not column.strip() or not equals:
            raise ValueError(f"{text!r} is not column=value or column=value,value")
        name = canonical(column)
        given = [part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", values)]
        return cls(name, {_identity(name, value): value for value in given})

    def column_of(self, columns: Iterable[str]) -> str | None:
        """Return the name of its column among ``columns``, or None."""
        name = name_identity(self.column)
        return next((one for one in columns if name_identity(one) == name), None)

    def holds(self, row: Row) -> bool:
        """Return whether ``row`` has one of the values; a missing cell counts as empty."""
        value = row.get(self.column)
        if value is None and (column := self.column_of(row)) is not None:
            value = row[column]
        text = as_text(value)
        identity = _identity(self.column, text)
        found = identity in self.values
        if found or len(self.seen) < _MOST_SEEN:
            self.seen.setdefault(identity, text)
        return found

    def unused(self) -> tuple[str, str]:
        """Return a message about the values that no line has, and a hint; both may be empty."""
        missing = [value for one, value in self.values.items() if one not in self.seen]
        if not missing:
            return "", ""
        what = f"no line has {self.column} {' or '.join(map(shown, missing))}"
        there = [value for value in self.seen.values() if value]
        if hint := guess(missing[0], there):
            return what, hint
        more = f" and {len(there) - _MOST_NAMED:,} more" if len(there) > _MOST_NAMED else ""
        named = ", ".join(map(shown, there[:_MOST_NAMED]))
        return what, f"The values of {self.column} are: {named}{more}." if there else ""


def unused_values(path: Path, where: Sequence[Condition]) -> list[str]:
    """Return a doubt for each filter with a value that no line has.

    Raises:
        UserError: no line has any of the values of a filter.
    """
    doubts = []
    for condition in where:
        what, hint = condition.unused()
        if what and not any(one in condition.seen for one in condition.values):
            raise UserError(what, where=str(path), hint=hint)
        if what:
            doubts.append(f"{path.name}: {what}. {hint}".rstrip())
    return doubts


def _identity(column: str, text: str) -> str:
    return (object_identity if column in OBJECT_COLUMNS else name_identity)(text)
