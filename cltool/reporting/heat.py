"""The accuracy matrix as a heat map with its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cltool.reporting import formats
from cltool.reporting.charts import CHARACTER, shortened
from cltool.reporting.markup import Markup, details, element, table

MATRIX_SIZE = 290.0
LARGEST_CELL, SMALLEST_CELL = 36.0, 5.0
NUMBER_NEEDS = 23.0
"""A cell narrower than this holds no number."""

AXIS_NEEDS = 17.0
DARK = 0.68
"""From this value on, a cell's ground is dark enough to need light text."""


def heat_map(strategy: dict[str, Any], labels: Sequence[str]) -> Markup:
    """R[i, j] of one strategy: rows after update i, columns facts of update j."""
    matrix: list[list[float | None]] = strategy["matrix"]
    name = strategy["name"]
    runs = formats.plural(strategy["counted"], "run")
    told = runs if strategy["counted"] < 2 else f"mean of {runs}"
    caption = element("figcaption", element("b", name), " ", element("span", told))
    if not matrix:
        return element("figure", caption, element("p", "No step is finished yet."), class_="heat")
    numbers = table(
        ["after", *(f"facts of {label}" for label in labels[: len(matrix)])],
        [
            [labels[row], *(formats.shown(value, formats.share) for value in values)]
            for row, values in enumerate(matrix)
        ],
        caption=f"{name}: accuracy after each update (rows) on the facts of each (columns)",
        class_="numbers",
    )
    return element("figure", caption, _svg(name, matrix, labels), details("Table", numbers),
                   class_="heat")  # fmt: skip


def _svg(name: str, matrix: list[list[float | None]], labels: Sequence[str]) -> Markup:
    steps = len(matrix)
    cell = max(SMALLEST_CELL, min(LARGEST_CELL, MATRIX_SIZE / steps))
    rows = [f"{shortened(labels[row], 11)}  {row}" for row in range(steps)]
    left = max(len(row) for row in rows) * CHARACTER + 4
    top = 18.0
    every = max(1, round(AXIS_NEEDS / cell + 0.49))
    parts = []
    for place in range(0, steps, every):
        middle = top + place * cell + cell / 2 + 4
        parts.append(
            element("text", rows[place], x=left - 6, y=middle, text_anchor="end", class_="tick")
        )
        x = left + place * cell + cell / 2
        parts.append(
            element("text", str(place), x=x, y=top - 5, text_anchor="middle", class_="tick")
        )
    for row, values in enumerate(matrix):
        for column, value in enumerate(values):
            x, y = left + column * cell, top + row * cell
            told = formats.shown(value, formats.share)
            title = f"after {labels[row]}, facts of {labels[column]}: {told}"
            parts.append(_cell(x, y, cell, value, title, row == column))
    width, height = left + steps * cell + 2, top + steps * cell + 2
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        style=f"width:{width:.0f}px",
        role="img",
        aria_label=f"Heat map: {name}, accuracy after each update on the facts of each update;"
        " table below",
    )


def _cell(
    x: float, y: float, size: float, value: float | None, title: str, diagonal: bool
) -> Markup:
    """One square; the diagonal, what was just taught, has an outline."""
    gap = 1.0 if size > NUMBER_NEEDS else 0.0
    class_ = ("none" if value is None else "cell") + (" diagonal" if diagonal else "")
    # Never quite without colour: 0 must differ from a cell that has no number.
    opacity = None if value is None else f"{0.04 + 0.96 * value:.2f}"
    square = element(
        "rect", x=x, y=y, width=size - gap, height=size - gap, class_=class_, fill_opacity=opacity
    )
    parts = [square]
    if size >= NUMBER_NEEDS:
        text = formats.shown(value, _short if size < 30 else formats.share)
        dark = "on" if value is not None and value >= DARK else "off"
        parts.append(
            element("text", text, x=x + (size - gap) / 2, y=y + (size - gap) / 2 + 4, class_=dark)
        )
    return element("g", *parts, element("title", title))


def _short(value: float) -> str:
    """.97 for 0.97, and 1 for 1.00: what a small cell has room for."""
    return formats.share(value).removeprefix("0").removesuffix(".00") or "0"
