"""The accuracy matrix R[i, j] of each strategy as a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cltool.reporting import formats
from cltool.reporting.charts import CHARACTER, shortened
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant

Matrix = list[list[float | None]]

TITLE = "Accuracy matrix"
MATRIX_SIZE = 290.0
LARGEST_CELL, SMALLEST_CELL = 36.0, 5.0
NUMBER_NEEDS = 23.0
"""A cell narrower than this holds no number."""

SHORT_BELOW = 30.0
"""A cell narrower than this holds a shortened number."""

AXIS_NEEDS = 17.0
TOP = 18.0
DARK = 0.724
"""From this value on, text has the colour for full cells: black and white are equally readable on a
cell of this value in both schemes."""


def data(group: Group) -> dict[str, Matrix]:
    """Return strategy → R: rows after update i, columns facts of update j."""
    return {variant.label: _mean(variant) for variant in group.variants}


def _mean(variant: Variant) -> Matrix:
    """Return the mean of each cell over the scored runs, or over their streams' means."""
    tables = [measured.matrix.to_numpy().tolist() for measured in variant.scored]
    return [
        [
            formats.number(variant.interval_of([float(value) for value in cell])[0])
            for cell in zip(*rows, strict=True)
        ]
        for rows in zip(*tables, strict=True)
    ]


def render(data: Mapping[str, Matrix], group: Mapping[str, Any]) -> Markup:
    """Return a heat map a strategy, each with the table of its numbers."""
    labels = group["labels"]
    maps = [_map(data[one["name"]], labels) | _caption(one) for one in group["strategies"]]
    return fill("views/accuracy_matrix.html", maps=maps, labels=labels)


def _caption(strategy: Mapping[str, Any]) -> dict[str, str]:
    runs = formats.plural(strategy["counted"], "run")
    return {
        "name": strategy["name"],
        "runs": runs if strategy["counted"] < 2 else f"mean of {runs}",
    }


def _map(matrix: Matrix, labels: Sequence[str]) -> dict[str, Any]:
    """Return the geometry of a heat map, in pixels."""
    steps = len(matrix)
    if not steps:
        return {"rows": []}
    size = max(SMALLEST_CELL, min(LARGEST_CELL, MATRIX_SIZE / steps))
    names = [f"{shortened(labels[row], 11)}  {row}" for row in range(steps)]
    left = max(map(len, names)) * CHARACTER + 4
    every = max(1, round(AXIS_NEEDS / size + 0.49))
    return {
        "left": left,
        "top": TOP,
        "ticks": [
            (names[place], place, place * size + size / 2) for place in range(0, steps, every)
        ],
        "cells": [
            _cell(left + column * size, TOP + row * size, size, value)
            | {"step": labels[row], "facts": labels[column], "diagonal": row == column}
            for row, values in enumerate(matrix)
            for column, value in enumerate(values)
        ],
        "width": left + steps * size + 2,
        "height": TOP + steps * size + 2,
        "header": ["after", *(f"facts of {label}" for label in labels[:steps])],
        "rows": [
            [label, *(formats.shown(value, formats.share) for value in values)]
            for label, values in zip(labels, matrix, strict=False)
        ],
    }


def _cell(x: float, y: float, size: float, value: float | None) -> dict[str, Any]:
    side = size - 1.0 if size > NUMBER_NEEDS else size
    form = formats.share if size >= SHORT_BELOW else formats.short
    return {
        "x": x,
        "y": y,
        "side": side,
        "value": value,
        "opacity": None if value is None else look(value)[0],
        "text": formats.shown(value, form) if size >= NUMBER_NEEDS else None,
        "shade": "off empty" if value is None else look(value)[1],
    }


def look(value: float) -> tuple[str, str]:
    """Return the opacity of a cell over the paper, and whether its text is ``on`` or ``off`` it.

    The page's styles give both texts a colour that can be read on it, in both schemes.
    """
    # Never fully transparent: 0 must differ from a cell that has no number.
    return f"{0.04 + 0.96 * value:.2f}", "on" if value >= DARK else "off"
