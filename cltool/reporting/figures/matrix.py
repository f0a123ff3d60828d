"""The accuracy matrix R[i, j] of each strategy as a heat map, or its difference from another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.reporting import formats
from cltool.reporting.figures.look import text_on
from cltool.reporting.figures.request import Request
from cltool.reporting.figures.source import Source, refuse_unknown

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIEWS: tuple[str, ...] = ("accuracy_matrix", "scores")

SHARES = ("#edf3f9", "#6aa3d0", "#08335e")
"""Colours of 0, 0.5 and 1: darker is more accurate, also in grey."""

DIFFERENCES = ("#7a3300", "#e0a06a", "#f7f7f7", "#7fa8d9", "#123f7a")
"""Colours of −1, −0.5, 0, 0.5 and 1: the numbers, or the sign of the colour, tell them apart."""

NARROWEST = 0.17
"""Inches: a narrower cell holds no number."""

BESIDE, ABOVE = 0.28, 0.36
"""Inches that a heat map needs for its rows' numbers, and for its name and its columns' numbers."""

BELOW = 0.5
"""Inches that the scale of the colours needs."""

SMALLEST = 0.8
"""Inches: the side of the smallest heat map."""

PAGE = 9.2
"""Inches: the height of a page."""


def draw(source: Source, request: Request) -> Figure:
    """Draw the figure; see `cltool.reporting.figures.Kind`."""
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.figure import Figure

    maps = _matrices(source, request.minus)
    names = list(maps)
    across, down = _grid(len(names), request)
    side = request.width / max(across, request.columns) - BESIDE
    figure = Figure((request.width, down * (side + ABOVE) + BELOW), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel().tolist()
    scale = Normalize(-1, 1) if request.minus else Normalize(0, 1)
    colours = LinearSegmentedColormap.from_list("", DIFFERENCES if request.minus else SHARES)
    for name, panel in zip(names, panels, strict=False):
        _heat_map(panel, name, maps[name], side, (colours, scale))
    for unused in panels[len(names) :]:
        unused.remove()
    _bar(figure, panels[: len(names)], (colours, scale), request)
    return figure


def _grid(count: int, request: Request) -> tuple[int, int]:
    """Return how many heat maps are side by side and one below the other: few are drawn large.

    Raises:
        UserError: they do not fit on a page.
    """
    fits = int(request.width / (SMALLEST + BESIDE))
    for across in range(1 if count == 1 else min(2 * request.columns - 1, count), fits + 1):
        down = math.ceil(count / across)
        height = down * (request.width / max(across, request.columns) - BESIDE + ABOVE) + BELOW
        if height <= (PAGE if across == fits else PAGE / 2):
            return across, down
    raise UserError(
        f"{count} heat maps do not fit on a page",
        where="cltool figure",
        hint="Name the strategies to draw (--only), or draw two columns wide (--columns 2).",
    )


def _matrices(source: Source, minus: str) -> dict[str, np.ndarray[Any, Any]]:
    """Return the matrix of each strategy that has one, or its difference from that of ``minus``."""
    import numpy as np

    known = {
        name: np.array(matrix, dtype=float)
        for name, matrix in source.views["accuracy_matrix"].items()
        if matrix
    }
    found = {name: known[name] for name in source.names if name in known}
    if minus:
        refuse_unknown([minus], list(known), "--minus")
        steps = len(known[minus])
        found = {
            name: matrix - known[minus]
            for name, matrix in found.items()
            if name != minus and len(matrix) == steps
        }
    if not found:
        raise UserError(
            "no strategy has an accuracy matrix that could be drawn", where="cltool figure"
        )
    return found


def _heat_map(
    panel: Axes, name: str, matrix: np.ndarray[Any, Any], side: float, look: tuple[Any, Any]
) -> None:
    import numpy as np
    from matplotlib.colors import to_hex

    steps = len(matrix)
    colours, scale = look
    shown = np.ma.masked_invalid(matrix)
    width = 0.5 if steps <= 12 else 0.0
    drawn = panel.pcolormesh(
        shown, cmap=colours, norm=scale, edgecolors="white" if width else "face", linewidth=width
    )
    panel.set_aspect("equal")
    panel.invert_yaxis()
    panel.set_title(name, loc="left", fontsize=6.5, pad=2)
    every = max(1, math.ceil(steps * 0.12 / side))
    places = range(0, steps, every)
    for axis in (panel.set_xticks, panel.set_yticks):
        axis([place + 0.5 for place in places], [str(place) for place in places], fontsize=5.5)
    panel.tick_params(length=0, pad=1.5)
    panel.spines[:].set_visible(False)
    if side / steps < NARROWEST:
        return
    for row, column in np.argwhere(np.isfinite(matrix)):
        value = float(matrix[row, column])
        ink = text_on(to_hex(drawn.to_rgba(np.array([value]))[0]))
        size = min(6.0, 24 * side / steps)
        panel.text(
            column + 0.5, row + 0.5, formats.short(value), ha="center", va="center", color=ink,
            fontsize=size,
        )  # fmt: skip


def _bar(figure: Figure, panels: list[Any], look: tuple[Any, Any], request: Request) -> None:
    from matplotlib.cm import ScalarMappable

    colours, scale = look
    bar = figure.colorbar(
        ScalarMappable(scale, colours), ax=panels, location="bottom", shrink=0.5,
        aspect=40 if request.columns == 2 else 20, pad=0.02,
    )  # fmt: skip
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, pad=1.5, labelsize=5.5)
    what = f"accuracy minus that of {request.minus}" if request.minus else "accuracy"
    bar.set_label(f"{what} (row: after update i; column: facts of update j)")
