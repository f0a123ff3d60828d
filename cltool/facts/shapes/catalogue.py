"""The known shapes, which of them some rows have, and which is the nearest."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cltool.core.errors import UserError
from cltool.core.similar import guess
from cltool.facts.shapes import (
    alpaca,
    chat,
    counterfact,
    knowedit,
    mquake,
    muse,
    question_answer,
    tofu,
    zsre,
)
from cltool.facts.shapes.shape import Cells, Shape

AUTO, OWN = "auto", "cltool"
"""Names of no shape here: the shape that most rows have, and the columns of docs/facts.md."""

SHAPES: tuple[Shape, ...] = tuple(
    module.SHAPE
    for module in (
        *(counterfact, mquake, zsre, knowedit, chat, alpaca, tofu, muse),
        # The most general one is last: what others recognise has questions and answers, too.
        question_answer,
    )
)

NAMES = (AUTO, OWN, *(shape.name for shape in SHAPES))
"""What ``--format`` takes."""

COLUMNS = frozenset(name for shape in SHAPES for group in shape.needs for name in group)
"""The columns by which shapes are told apart."""

SHAPE_COLUMNS = frozenset().union(*(shape.columns for shape in SHAPES))
"""The columns that shapes read."""


def named(name: str) -> Shape:
    """Return the shape of this name.

    Raises:
        UserError: there is none.
    """
    for shape in SHAPES:
        if shape.name == name:
            return shape
    hint = f"{guess(name, NAMES)} There are: {', '.join(NAMES)}.".lstrip()
    raise UserError(f"unknown format {name!r}", where="--format", hint=hint)


def recognised(rows: Sequence[tuple[Cells, str]]) -> Shape | None:
    """Return the shape that most of the rows have; None if it is none.

    Args:
        rows: the first rows, each with the name of its file.
    """
    for shape in SHAPES:
        count = sum(shape.matches(cells, file) for cells, file in rows)
        if count * 2 > len(rows):
            return shape
    return None


def nearest(columns: Collection[str]) -> tuple[Shape, list[str]] | None:
    """Return the shape that shares the most columns with these, and the columns that it lacks.

    None if no shape shares a column.
    """
    if not SHAPE_COLUMNS & set(columns):
        return None
    cells: Cells = dict.fromkeys(columns)

    def likeness(shape: Shape) -> tuple[float, int]:
        lacking = shape.missing(cells)
        return 1 - len(lacking) / len(shape.needs), len(shape.columns & set(columns))

    # Of equally near ones, the most general.
    shape = max(reversed(SHAPES), key=likeness)
    return shape, shape.missing(cells)
