"""Line charts: each score after every update, one line a strategy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cltool.reporting import formats
from cltool.reporting.charts import CHARACTER, path, shortened, style
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant

Data = dict[str, Any]
Numbers = Sequence[float | None]

TITLE = "Scores after each update"
SCORES = ("new", "retained", "stale", "erased", "found", "read", "unlisted", "protected")
PANELS = {
    "new": ("New facts", "right just after they were taught; higher is better"),
    "retained": (
        "Retained facts",
        "learned earlier and still valid; higher is better",
    ),
    "stale": ("Stale answers", "superseded facts that are still given; lower is better"),
    "erased": ("Erased facts", "to be forgotten, but still given; lower is better"),
    "found": (
        "Found facts",
        "taught by updates, and put before the prompts that ask for them; higher is better",
    ),
    "read": ("Read facts", "answered right, of those that were found; higher is better"),
    "unlisted": (
        "Unlisted questions",
        "answered before the stream, never trained, still answered; higher is better",
    ),
    "protected": (
        "Protected questions",
        "answered before the stream and still answered; higher is better",
    ),
}
"""Title and reading of the chart of each score."""

WIDTH, HEIGHT = 400.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 30.0, 14.0, 10.0, 28.0
MOST_MARKERS = 12
"""Per line; more of them would hide it."""


def data(group: Group) -> Data:
    """Return score → strategy → ``mean`` and ``half`` (of the interval), a step each.

    Where several runs count, ``seeds`` has a list for each of them, in the order of the view
    ``front``.

    Erased facts are left out where no fact was to be forgotten, found ones where no strategy puts
    facts before prompts, and questions where none was asked beside the stream.
    """
    found: Data = {
        score: {variant.label: _series(variant, score) for variant in group.variants}
        for score in SCORES
    }
    for score in ("erased", "found", "read", "unlisted", "protected"):
        if all(mean is None for series in found[score].values() for mean in series["mean"]):
            del found[score]
    return found


def _series(variant: Variant, score: str) -> Data:
    columns = [
        measured.steps[score].tolist() if score in measured.steps else [math.nan] * measured.done
        for measured in variant.scored
    ]
    points = [
        variant.interval_at(step, score, values)
        for step, values in enumerate(zip(*columns, strict=True))
    ]
    seeds = [[formats.number(value) for value in column] for column in columns]
    return {
        "mean": [formats.number(mean) for mean, _ in points],
        "half": [formats.number(half) for _, half in points],
        **({"seeds": seeds} if len(seeds) > 1 else {}),
    }


def render(data: Data, group: Mapping[str, Any]) -> Markup:
    """Return a chart a score, each with the table of its numbers."""
    labels = group["labels"]
    return fill(
        "views/over_updates.html",
        names=[strategy["name"] for strategy in group["strategies"]],
        several=any(strategy["counted"] > 1 for strategy in group["strategies"]),
        unit="streams" if any(one["streams"] for one in group["strategies"]) else "seeds",
        charts=[_chart(score, data[score], labels) for score in data],
        labels=labels,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        levels=[(quarter / 4, _y(quarter / 4)) for quarter in range(5)],
        ticks=_ticks(labels),
    )


def _chart(score: str, series: Mapping[str, Data], labels: Sequence[str]) -> Data:
    title, reading = PANELS[score]
    return {
        "title": title,
        "reading": reading,
        "bands": [_band(one["mean"], one["half"], len(labels)) for one in series.values()],
        "lines": [
            _line(place, name, one, labels) for place, (name, one) in enumerate(series.items())
        ],
        "rows": [[name, *_cells(one, len(labels))] for name, one in series.items()],
    }


def _cells(series: Data, steps: int) -> list[str]:
    shown = [
        formats.with_margin(mean, half, formats.share)
        for mean, half in zip(series["mean"], series["half"], strict=True)
    ]
    return shown + [formats.DASH] * (steps - len(shown))


def _x(step: int, steps: int) -> float:
    span = WIDTH - LEFT - RIGHT
    return LEFT + (span / 2 if steps < 2 else 8 + (span - 8) * step / (steps - 1))


def _y(value: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(1.0, max(0.0, value)))


def _ticks(labels: Sequence[str]) -> list[Data]:
    """Return the positions of step labels, as many as there is room for."""
    short = [shortened(label, 12) for label in labels]
    # The last label is drawn half a label to the left of its step.
    room = max(len(label) for label in short) * CHARACTER * 1.5 + 8
    every = max(1, math.ceil(len(labels) * room / (WIDTH - LEFT)))
    ticks = []
    # Counted from the end: the last step is the one whose numbers the table shows.
    for step in range(len(labels) - 1, -1, -every):
        at = _x(step, len(labels))
        half = len(short[step]) * CHARACTER / 2
        anchor = "end" if at + half > WIDTH else "start" if at - half < 0 else "middle"
        x = WIDTH - 2 if anchor == "end" else at
        ticks.append({"text": short[step], "x": x, "anchor": anchor, "at": at})
    return ticks


def _band(means: Numbers, halves: Numbers, steps: int) -> list[str]:
    """Return the interval around a line, a path for every unbroken stretch of steps."""
    paths = []
    for stretch in _stretches(means, halves):
        upper = [(_x(step, steps), _y(mean + half)) for step, mean, half in stretch]
        lower = [(_x(step, steps), _y(mean - half)) for step, mean, half in stretch]
        paths.append(path([*upper, *reversed(lower)]) + "z")
    return paths


def _line(place: int, name: str, series: Data, labels: Sequence[str]) -> Data:
    means: Numbers = series["mean"]
    steps = len(labels)
    stretches = _stretches(means, [0.0] * len(means))
    every = math.ceil(steps / MOST_MARKERS)
    points = []
    for step, mean in enumerate(means):
        if mean is not None:
            score = formats.with_margin(mean, series["half"][step], formats.share)
            marked = (step + place) % every == 0 or step == len(means) - 1
            text = f"{name}, after {labels[step]}: {score}"
            points.append((_x(step, steps), _y(mean), marked, text))
    return {
        **style(place),
        "paths": [
            path([(_x(step, steps), _y(mean)) for step, mean, _ in stretch])
            for stretch in stretches
            if len(stretch) > 1
        ],
        "points": points,
    }


def _stretches(means: Numbers, halves: Numbers) -> list[list[tuple[int, float, float]]]:
    """Return the runs of neighbouring steps that have both numbers."""
    pieces: list[list[tuple[int, float, float]]] = [[]]
    for step, (mean, half) in enumerate(zip(means, halves, strict=True)):
        if mean is not None and half is not None:
            pieces[-1].append((step, mean, half))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]
