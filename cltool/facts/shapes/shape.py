"""What a shape is: the rows that it recognises, and the facts that it makes of one row.

Values of rows are data. They are never used as a format string, as code or as a path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Cells = Mapping[str, object]
"""A row of a file, with the names of its columns in lower case."""

EDIT, LOCALITY = "edit", "locality"
"""Values of the tag ``part``: what a benchmark changes, and what must stay as it is."""


class ShapeError(ValueError):
    """The reason why a row cannot become facts."""


@dataclass(frozen=True, slots=True)
class Told:
    """One fact that a row tells.

    Attributes:
        cells: its cells, by the names of the columns of a file of facts (docs/facts.md).
        base: whether it was true before, so that it belongs to the base knowledge. Otherwise an
            update teaches it, or, with ``forget``, asks to forget it.
        old_aliases: other spellings of its ``old`` object.
    """

    cells: dict[str, object]
    base: bool = False
    old_aliases: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of the rows of a kind of file.

    Attributes:
        name: its name for ``--format``.
        about: what has this shape, in words.
        needs: the columns that a row must have; in each group, one of the names.
        reads: further columns that it reads.
        lost: what is not used, in words; may be empty.
        facts: makes the facts of a row; the second argument is the name of the file, with that of
            its folder. It raises a `ShapeError` if the row cannot become facts.
        marks: further test of a row and the name of its file, for shapes with common columns.
    """

    name: str
    about: str
    needs: tuple[tuple[str, ...], ...]
    reads: tuple[str, ...]
    lost: str
    facts: Callable[[Cells, str], list[Told]]
    marks: Callable[[Cells, str], bool] = lambda _, __: True

    @property
    def columns(self) -> frozenset[str]:
        """The names of all columns that it reads."""
        return frozenset(self.reads).union(*self.needs)

    def read_from(self, cells: Cells) -> set[str]:
        """Return the columns that it reads from a row: of names for the same, only the first."""
        first = (next((one for one in group if one in cells), "") for group in self.needs)
        return {*self.reads, *first}

    def missing(self, cells: Cells) -> list[str]:
        """Return the columns that a row lacks, in words."""
        return [
            " or ".join(group) for group in self.needs if not any(one in cells for one in group)
        ]

    def matches(self, cells: Cells, file: str) -> bool:
        """Return whether a row of ``file`` has this shape."""
        return not self.missing(cells) and self.marks(cells, file)
