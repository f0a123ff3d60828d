"""Charts as SVG, each followed by the table it draws. Everything comes from the page's data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from cltool.reporting import formats
from cltool.reporting.markup import Markup, details, element, join, table

Numbers = Sequence[float | None]

WIDTH, HEIGHT = 400.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 14.0, 10.0, 28.0
CHARACTER = 6.3
"""Width of a character of an axis label, roughly."""

MOST_MARKERS = 12
"""On a line; more of them hide it."""

COLOURS = 8
DASHES = (None, "7 3", "2 2.5", "9 3 2 3")
MARKERS = (
    "M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",
    "M-3-3h6v6h-6z",
    "M0-4L3.8 2.9H-3.8z",
    "M0-4.2L4.2 0 0 4.2-4.2 0z",
    "M0 4L3.8-2.9H-3.8z",
    "M-3-3L3 3M3-3L-3 3",
    "M0-4V4M-4 0H4",
    "M-4 0H4M-2-3.5L2 3.5M2-3.5L-2 3.5",
)

PANELS = {
    "new": ("New facts", "right just after they were taught; higher is better"),
    "retained": ("Retained facts", "learned earlier, still valid; higher is better"),
    "stale": ("Stale answers", "superseded facts still given; lower is better"),
    "erased": ("Erased facts", "to be forgotten, still given; lower is better"),
}
"""Title and reading of the chart of each score."""


def style(place: int) -> tuple[str, str | None, str]:
    """Class of the colour, dash and marker of a strategy: never colour alone."""
    turn = place // COLOURS
    dash = DASHES[(place + turn) % len(DASHES)]
    return f"s s{place % COLOURS}", dash, MARKERS[(place + 3 * turn) % len(MARKERS)]


def legend(names: Sequence[str]) -> Markup:
    """Which line is which strategy."""
    items = []
    for place, name in enumerate(names):
        class_, dash, marker = style(place)
        line = element("path", class_="line", d="M1 7H33", stroke_dasharray=dash)
        mark = element("path", class_="mark", d=marker, transform="translate(17 7)")
        sample = element("svg", line, mark, width=34, height=14, aria_hidden="true")
        items.append(element("li", sample, element("span", name), class_=class_, data_s=place))
    return element("ul", *items, class_="legend")


def line_chart(score: str, strategies: Sequence[dict[str, Any]], labels: Sequence[str]) -> Markup:
    """A score over the steps, one line a strategy, as a figure with its table."""
    title, reading = PANELS[score]
    bands: list[Markup] = []
    lines: list[Markup] = []
    for place, strategy in enumerate(strategies):
        series = strategy["series"][score]
        bands.append(_band(place, series["mean"], series["half"], len(labels)))
        lines.append(_line(place, strategy["name"], series, labels))
    svg = element(
        "svg",
        *_axes(labels),
        *bands,
        *lines,
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_label=f"Line chart: {title}, {reading}, over {len(labels)} steps; table below",
        class_="lines",
    )
    caption = element("figcaption", element("b", title), " ", element("span", reading))
    rows = [
        [
            strategy["name"],
            *(
                formats.with_margin(mean, half, formats.share)
                for mean, half in _padded(strategy["series"][score], len(labels))
            ),
        ]
        for strategy in strategies
    ]
    numbers = table(["strategy", *labels], rows, caption=f"{title}: {reading}", class_="numbers")
    return element("figure", caption, svg, details("Table", numbers), class_="panel")


def _padded(series: dict[str, Any], steps: int) -> list[tuple[float | None, float | None]]:
    missing = [None] * (steps - len(series["mean"]))
    return list(zip([*series["mean"], *missing], [*series["half"], *missing], strict=True))


def _x(step: int, steps: int) -> float:
    span = WIDTH - LEFT - RIGHT
    return LEFT + (span / 2 if steps < 2 else 8 + (span - 8) * step / (steps - 1))


def _y(value: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(1.0, max(0.0, value)))


def _axes(labels: Sequence[str]) -> list[Markup]:
    parts = []
    for quarter in range(5):
        y = _y(quarter / 4)
        class_ = "axis" if quarter == 0 else "grid"
        parts.append(element("path", class_=class_, d=f"M{LEFT:.0f} {y:.1f}H{WIDTH - RIGHT:.0f}"))
        if quarter % 2 == 0:
            text = f"{quarter / 4:.1f}".removesuffix(".0")
            parts.append(
                element("text", text, x=LEFT - 6, y=y + 4, text_anchor="end", class_="tick")
            )
    short = [shortened(label, 12) for label in labels]
    # The last label stands half a label further left than its step.
    room = max(len(label) for label in short) * CHARACTER * 1.5 + 8
    every = max(1, math.ceil(len(labels) * room / (WIDTH - LEFT)))
    # Counted from the end: the last step is the one whose numbers the table shows.
    for step in range(len(labels) - 1, -1, -every):
        x = _x(step, len(labels))
        half = len(short[step]) * CHARACTER / 2
        anchor = "end" if x + half > WIDTH else "start" if x - half < 0 else "middle"
        x = WIDTH - 2 if anchor == "end" else x
        parts.append(
            element("text", short[step], x=x, y=HEIGHT - 8, text_anchor=anchor, class_="tick step")
        )
        parts.append(
            element("path", class_="axis", d=f"M{_x(step, len(labels)):.1f} {_y(0):.1f}v4")
        )
    return parts


def _band(place: int, means: Numbers, halves: Numbers, steps: int) -> Markup:
    """The interval around a line, a piece for every unbroken stretch of steps."""
    parts = []
    for stretch in _stretches(means, halves):
        upper = [f"{_x(t, steps):.1f} {_y(mean + half):.1f}" for t, mean, half in stretch]
        lower = [f"{_x(t, steps):.1f} {_y(mean - half):.1f}" for t, mean, half in stretch]
        path = "M" + "L".join([*upper, *reversed(lower)]) + "z"
        parts.append(element("path", class_="band", d=path))
    return element("g", *parts, class_=style(place)[0], data_s=place) if parts else join([])


def _line(place: int, name: str, series: dict[str, Any], labels: Sequence[str]) -> Markup:
    class_, dash, marker = style(place)
    means: Numbers = series["mean"]
    steps = len(labels)
    parts = []
    for stretch in _stretches(means, [0.0] * len(means)):
        path = "M" + "L".join(f"{_x(t, steps):.1f} {_y(mean):.1f}" for t, mean, _ in stretch)
        if len(stretch) > 1:
            parts.append(element("path", class_="line", d=path, stroke_dasharray=dash))
    every = math.ceil(steps / MOST_MARKERS)
    for step, mean in enumerate(means):
        if mean is None:
            continue
        told = formats.with_margin(mean, series["half"][step], formats.share)
        marked = (step + place) % every == 0 or step == len(means) - 1
        parts.append(
            element(
                "g",
                element("path", class_="mark", d=marker) if marked else join([]),
                element("circle", r=7, class_="hit"),
                element("title", f"{name}, after {labels[step]}: {told}"),
                transform=f"translate({_x(step, steps):.1f} {_y(mean):.1f})",
            )
        )
    return element("g", *parts, class_=class_, data_s=place)


def _stretches(means: Numbers, halves: Numbers) -> list[list[tuple[int, float, float]]]:
    """Runs of neighbouring steps that have both numbers."""
    pieces: list[list[tuple[int, float, float]]] = [[]]
    for step, (mean, half) in enumerate(zip(means, halves, strict=True)):
        if mean is not None and half is not None:
            pieces[-1].append((step, mean, half))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


def shortened(label: str, length: int) -> str:
    """A label cut to ``length`` characters."""
    return label if len(label) <= length else label[: length - 1] + "…"
