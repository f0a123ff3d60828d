"""Pareto fronts of new against retained: every setting that was tried is a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cltool.reporting import formats
from cltool.reporting.charts import path, style

Data = dict[str, Any]

WIDTH, HEIGHT = 420.0, 340.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 14.0, 12.0, 40.0


def front_chart(tunings: Sequence[Data], places: Sequence[int]) -> Data:
    """Return the geometry of a chart: retained to the right, new upwards.

    Args:
        tunings: as `cltool.reporting.tuning_data.tunings` gives them.
        places: of each, its place in the legend, which decides its colour and marker.
    """
    pairs = list(zip(tunings, places, strict=True))
    return {
        "names": ", ".join(tuning["strategy"] for tuning in tunings),
        "strategies": [
            {
                **style(place),
                "place": place,
                "front": path([point(trial["scores"]) for trial in _drawn(tuning["front"])]),
                "several": len(_drawn(tuning["front"])) > 1,
                "points": _points(tuning),
            }
            for tuning, place in pairs
        ],
        "ticks": [
            (fifth / 5, *point({"retained": fifth / 5, "new": fifth / 5})) for fifth in range(6)
        ],
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": HEIGHT - BOTTOM,
    }


def _points(tuning: Data) -> list[Data]:
    best = {trial["number"] for trial in tuning["front"]}
    points = []
    for trial in _drawn(tuning["trials"]):
        x, y = point(trial["scores"])
        scores = ", ".join(
            f"{name} {formats.share(trial['scores'][name])}" for name in ("new", "retained")
        )
        points.append(
            {
                "x": x,
                "y": y,
                "best": trial["number"] in best,
                "chosen": trial["number"] == tuning["chosen"]["number"],
                "presets": trial["number"] == 0,
                "title": f"{tuning['strategy']}, {settings(trial)}: {scores}",
            }
        )
    return points


def _drawn(trials: Sequence[Data]) -> list[Data]:
    """Return the trials that have both scores of the chart."""
    return [one for one in trials if None not in (one["scores"]["new"], one["scores"]["retained"])]


def settings(trial: Data) -> str:
    """Return the settings of a trial in a line."""
    return ", ".join(f"{name} {value:g}" for name, value in trial["settings"].items()) or "presets"


def point(scores: Data) -> tuple[float, float]:
    """Return where a trial is on the chart; scores beyond 0 and 1 are cut."""
    right, up = (min(1.0, max(0.0, scores[name])) for name in ("retained", "new"))
    x = LEFT + (WIDTH - LEFT - RIGHT) * right
    return x, TOP + (HEIGHT - TOP - BOTTOM) * (1 - up)
