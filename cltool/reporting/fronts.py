"""Fronts of new against retained as SVG: every setting that was tried is a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cltool.reporting import formats
from cltool.reporting.charts import style
from cltool.reporting.markup import Markup, element, join

Data = dict[str, Any]

WIDTH, HEIGHT = 420.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 14.0, 12.0, 40.0
RING = 6.5
"""Radius of the ring around the chosen setting."""


def front_chart(tunings: Sequence[Data], places: Sequence[int]) -> Markup:
    """Settings of some strategies: retained to the right, new upwards.

    The line joins a strategy's front, the ring marks the chosen setting, the cross its presets.

    Args:
        tunings: as `cltool.reporting.tuning.as_json` gives them.
        places: of each, its place in the legend, which decides its colour and marker.
    """
    marks = [_strategy(tuning, place) for tuning, place in zip(tunings, places, strict=True)]
    names = ", ".join(tuning["strategy"] for tuning in tunings)
    return element(
        "svg",
        *_axes(),
        *marks,
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_label=f"Scatter chart: new against retained, {names}; table below",
        class_="lines front",
    )


def _strategy(tuning: Data, place: int) -> Markup:
    class_, dash, marker = style(place)
    at = [_at(trial["scores"]) for trial in tuning["front"]]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
    parts = [element("path", class_="line", d=line, stroke_dasharray=dash)] if len(at) > 1 else []
    best = {trial["number"] for trial in tuning["front"]}
    for trial in tuning["trials"]:
        x, y = _at(trial["scores"])
        told = f"{tuning['strategy']}, {settings(trial)}: {_told(trial['scores'])}"
        shapes = [element("path", class_="mark" if trial["number"] in best else "tried", d=marker)]
        if trial["number"] == tuning["chosen"]["number"]:
            shapes.append(element("circle", r=RING, class_="ring"))
        if trial["number"] == 0:
            shapes.append(element("path", d="M-6 0H6M0-6V6", class_="ring"))
        shapes += [element("circle", r=7, class_="hit"), element("title", told)]
        parts.append(element("g", *shapes, transform=f"translate({x:.1f} {y:.1f})"))
    return element("g", *parts, class_=class_, data_s=place)


def settings(trial: Data) -> str:
    """The settings of a trial in a line."""
    return ", ".join(f"{name} {value:g}" for name, value in trial["settings"].items()) or "presets"


def _told(scores: Data) -> str:
    return ", ".join(f"{name} {formats.share(scores[name])}" for name in ("new", "retained"))


def _at(scores: Data) -> tuple[float, float]:
    """Where a trial stands: retained to the right, new upwards."""
    right, up = (min(1.0, max(0.0, scores[name])) for name in ("retained", "new"))
    x = LEFT + (WIDTH - LEFT - RIGHT) * right
    return x, TOP + (HEIGHT - TOP - BOTTOM) * (1 - up)


def _axes() -> list[Markup]:
    parts: list[Markup] = []
    for fifth in range(6):
        share = fifth / 5
        x, y = _at({"retained": share, "new": share})
        class_ = "axis" if fifth == 0 else "grid"
        text = f"{share:.1f}"
        parts += [
            element("path", class_=class_, d=f"M{LEFT:.0f} {y:.1f}H{WIDTH - RIGHT:.0f}"),
            element("path", class_=class_, d=f"M{x:.1f} {TOP:.0f}V{HEIGHT - BOTTOM:.0f}"),
            element("text", text, x=LEFT - 6, y=y + 4, text_anchor="end", class_="tick"),
            element("text", text, x=x, y=HEIGHT - BOTTOM + 15, text_anchor="middle", class_="tick"),
        ]
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    up = f"translate(12 {HEIGHT / 2:.0f}) rotate(-90)"
    parts += [
        element("text", "retained", x=middle, y=HEIGHT - 6, text_anchor="middle", class_="tick"),
        element("text", "new", transform=up, text_anchor="middle", class_="tick"),
    ]
    return [join(parts)]
