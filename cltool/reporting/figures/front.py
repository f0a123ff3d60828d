"""New against retained: a point for each strategy, its size a cost, and the Pareto front."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.evaluation.scores import all_scores
from cltool.reporting import formats
from cltool.reporting.figures.labels import Box, Named, placed
from cltool.reporting.figures.look import INK, REST, styles
from cltool.reporting.figures.request import Request
from cltool.reporting.figures.source import Source, highlighted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIEWS: tuple[str, ...] = ("scores",)

SMALLEST, LARGEST = 2.6, 9.0
"""Diameters of the cheapest and of the dearest point, in points."""

NAME_SIZE = 6.0

NARROWEST = 0.2
"""The shortest range of an axis: smaller differences must not look large."""


@dataclass(frozen=True, slots=True)
class Point:
    """A strategy: its scores with the half-widths of their intervals (NaN without), and a cost."""

    name: str
    retained: float
    new: float
    retained_half: float
    new_half: float
    cost: float


def draw(source: Source, request: Request) -> Figure:
    """Draw the figure; see `cltool.reporting.figures.Kind`."""
    from matplotlib.figure import Figure

    points = _points(source, request.cost)
    chosen = highlighted(source, request.highlight)
    front = pareto(points)
    figure = Figure((request.width, 2.5 if request.columns == 1 else 3.6), layout="constrained")
    panel = figure.subplots()
    _frame(panel, points)
    line = sorted(front, key=lambda point: point.retained)
    panel.step(
        [point.retained for point in line], [point.new for point in line], where="pre",
        color=INK, lw=0.6, zorder=1,
    )  # fmt: skip
    sizes = _diameters(points)
    looks = styles(chosen)
    for point in points:
        look = looks.get(point.name)
        colour = look.colour if look else REST
        panel.errorbar(
            point.retained, point.new, xerr=_bar(point.retained, point.retained_half),
            yerr=_bar(point.new, point.new_half),
            fmt=look.marker if look else "o", color=colour, markersize=sizes[point.name],
            markerfacecolor=look.face if look else REST, markeredgewidth=0.9 if look else 0,
            elinewidth=0.5, zorder=3 if look else 2, clip_on=False,
        )  # fmt: skip
    _legend(panel, points, request.cost)
    # Names are placed on what is laid out, which then stays as it is.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    first = [point for point in points if point.name in looks]
    order = list(dict.fromkeys([*first, *front, *points]))
    colours = {name: look.colour for name, look in looks.items()}
    _names(panel, order, sizes, colours, _lines(panel, points, line))
    return figure


def _points(source: Source, cost: str) -> list[Point]:
    def number(name: str, score: str, part: str = "mean") -> float:
        value = source.numbers(name, score).get(part)
        return math.nan if value is None else float(value)

    found = [
        Point(
            name,
            number(name, "retained"),
            number(name, "new"),
            number(name, "retained", "half"),
            number(name, "new", "half"),
            number(name, cost),
        )
        for name in source.names
    ]
    drawn = [point for point in found if not math.isnan(point.retained + point.new)]
    if not drawn:
        raise UserError(
            "no strategy has both new and retained, so there is nothing to draw",
            where="cltool figure",
        )
    return drawn


def pareto(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other one beats: none is as good in both scores, better in one."""
    return [
        point
        for point in points
        if not any(
            other.retained >= point.retained
            and other.new >= point.new
            and (other.retained, other.new) != (point.retained, point.new)
            for other in points
        )
    ]


def _diameters(points: Sequence[Point]) -> dict[str, float]:
    """Return the size of each point: its area grows with the cost in proportion."""
    most = max((point.cost for point in points if not math.isnan(point.cost)), default=math.nan)

    def diameter(cost: float) -> float:
        if math.isnan(cost) or math.isnan(most) or most <= 0:
            return 5.0
        return max(SMALLEST, LARGEST * math.sqrt(max(0.0, cost) / most))

    return {point.name: diameter(point.cost) for point in points}


def _bar(mean: float, half: float) -> list[list[float]] | None:
    """Return how far an interval reaches down and up, at most to 0 and to 1."""
    if math.isnan(half):
        return None
    return [[min(half, max(0.0, mean))], [min(half, max(0.0, 1 - mean))]]


def _frame(panel: Axes, points: Sequence[Point]) -> None:
    """Set the ranges: as much of 0 to 1 as the points need, with some room around them."""
    from matplotlib.ticker import MaxNLocator

    panel.set_xlim(_range([point.retained for point in points]))
    panel.set_ylim(_range([point.new for point in points]))
    for axis, locate in ((panel.get_xlim, panel.set_xticks), (panel.get_ylim, panel.set_yticks)):
        locate([tick for tick in MaxNLocator(6).tick_values(*axis()) if 0 <= round(tick, 6) <= 1])
    panel.set_xlabel("retained: earlier facts still right")
    panel.set_ylabel("new: taught facts right")
    panel.grid()
    panel.set_axisbelow(True)


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return a range of at least `NARROWEST` around ``values``, between 0 and 1 with a margin."""
    middle = (min(values) + max(values)) / 2
    half = max(NARROWEST, 1.12 * (max(values) - min(values))) / 2
    low, high = middle - half, middle + half
    shift = max(0.0, -0.03 - low) - max(0.0, high - 1.03)
    return max(-0.03, low + shift), min(1.03, high + shift)


def _legend(panel: Axes, points: Sequence[Point], cost: str) -> None:
    """Say above the axes what the line is, and what the size of a point stands for."""
    texts = ["line: Pareto front"]
    costs = [point.cost for point in points if not math.isnan(point.cost)]
    if costs:
        score = all_scores()[cost]
        least, most = (formats.FORMATS[score.format](one) for one in (min(costs), max(costs)))
        texts.append(f"area of a point: {score.title}, {least} to {most}")
    for place, text in enumerate(texts):
        panel.annotate(
            text, (place, 1.01), xycoords="axes fraction", ha=("left", "right")[place],
            va="bottom", fontsize=NAME_SIZE,
        )  # fmt: skip


def _lines(panel: Axes, points: Sequence[Point], front: Sequence[Point]) -> list[Box]:
    """Return the bars of the points and the line of the front as boxes, in points."""
    ends = [
        (point.retained - aside, point.new - up, point.retained + aside, point.new + up)
        for point in points
        for aside, up in ((point.retained_half, 0.0), (0.0, point.new_half))
        if not math.isnan(aside + up)
    ]
    for one, other in itertools.pairwise(front):
        # A step of the front goes down first, then to the right.
        ends.append((one.retained, other.new, one.retained, one.new))
        ends.append((one.retained, other.new, other.retained, other.new))
    scale = 72 / panel.figure.dpi
    found = []
    for left, bottom, right, top in ends:
        corners = panel.transData.transform(((left, bottom), (right, top))) * scale
        (x0, y0), (x1, y1) = corners.tolist()
        found.append(Box(x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5))
    return found


def _names(
    panel: Axes,
    points: Sequence[Point],
    sizes: dict[str, float],
    colours: dict[str, str],
    lines: Sequence[Box],
) -> None:
    """Write the names beside their points, as far as there is room."""
    scale = 72 / panel.figure.dpi
    texts = [
        panel.text(0, 0, point.name, fontsize=NAME_SIZE, va="bottom",
                   color=colours.get(point.name, "#5a6067"))
        for point in points
    ]  # fmt: skip
    named = []
    for point, text in zip(points, texts, strict=True):
        x, y = panel.transData.transform((point.retained, point.new)) * scale
        extent = text.get_window_extent()
        radius = sizes[point.name] / 2
        named.append(Named(x, y, radius, extent.width * scale, extent.height * scale))
    area, whole = panel.get_window_extent(), panel.figure.bbox
    within = Box(*(edge * scale for edge in (area.x0, area.y0, whole.x1, area.y1)))
    for text, box in zip(texts, placed(named, within, lines, len(colours)), strict=True):
        if box is None:
            text.remove()
            continue
        corner = panel.transData.inverted().transform((box.left / scale, box.bottom / scale))
        text.set_position((float(corner[0]), float(corner[1])))
