"""Scores after every update: a panel for each score, a line for each strategy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.reporting.figures.look import REST, styles
from cltool.reporting.figures.request import Request
from cltool.reporting.figures.source import Source, highlighted
from cltool.reporting.views.over_updates import PANELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIEWS: tuple[str, ...] = ("over_updates", "scores")

USUAL = ("new", "retained", "stale", "erased", "unlisted")
"""The scores of the panels unless the user names others."""

ACROSS = {1: 1, 2: 3}
"""Panels side by side, by the columns of the figure."""

TITLES = {"erased": "Erased facts still given", "stale": "Outdated answers"}
"""Of the panels whose scores are better if they are lower, in place of those of the page."""

PANEL = {1: 1.45, 2: 1.75}
"""Height of a row of panels in inches."""


def draw(source: Source, request: Request) -> Figure:
    """Draw the figure; see `cltool.reporting.figures.Kind`."""
    from matplotlib.figure import Figure

    scores = _scores(source, request)
    across = min(ACROSS[request.columns], len(scores))
    down = math.ceil(len(scores) / across)
    chosen = highlighted(source, request.highlight)
    legend = 0.2 + 0.14 * math.ceil((len(chosen) + 1) / _legend_columns(request))
    height = PANEL[request.columns] * down + legend
    figure = Figure((request.width, height), layout="constrained")
    panels = figure.subplots(down, across, sharey=True, squeeze=False).ravel().tolist()
    for place, (score, panel) in enumerate(zip(scores, panels, strict=False)):
        below = place + across >= len(scores)
        _panel(panel, score, source, chosen, named=below)
    for unused in panels[len(scores) :]:
        unused.remove()
    _legend(figure, panels[0], request, chosen)
    return figure


def _legend(figure: Figure, panel: Axes, request: Request, chosen: Sequence[str]) -> None:
    """Name the lines below the panels, the grey ones last."""
    handles, names = panel.get_legend_handles_labels()
    order = sorted(range(len(names)), key=lambda place: names[place] not in chosen)
    figure.legend(
        [handles[place] for place in order], [names[place] for place in order],
        loc="outside lower center", ncols=_legend_columns(request), handlelength=3.2,
        columnspacing=1.4,
    )  # fmt: skip


def _legend_columns(request: Request) -> int:
    return 3 if request.columns == 1 else 7


def _scores(source: Source, request: Request) -> Sequence[str]:
    known: Mapping[str, Any] = source.views["over_updates"]
    has = [
        score
        for score in known
        if any(one is not None for name in source.names for one in _series(source, score, name))
    ]
    if not has:
        raise UserError("no step has a score, so there is nothing to draw", where="cltool figure")
    for score in request.scores:
        if score not in has:
            raise UserError(
                f"the runs have no score {score!r} for every step",
                where="--scores",
                hint=f"There are: {', '.join(has)}.",
            )
    return request.scores or [score for score in USUAL if score in has]


def _series(source: Source, score: str, name: str) -> Sequence[float | None]:
    means: Sequence[float | None] = source.views["over_updates"][score][name]["mean"]
    return means


def _panel(panel: Axes, score: str, source: Source, chosen: list[str], named: bool) -> None:
    """Draw one panel; strategies that are not highlighted lie below the others."""
    looks = styles(chosen)
    others = [name for name in source.names if name not in looks]
    steps = len(source.labels)
    for place, name in enumerate(others):
        values = _numbers(_series(source, score, name))
        label = f"{len(others)} others" if not place else None
        panel.plot(range(len(values)), values, color=REST, lw=0.6, zorder=1, label=label)
    every = max(1, math.ceil(steps / 8))
    for place, name in enumerate(chosen):
        look = looks[name]
        one = source.views["over_updates"][score][name]
        means, halves = _numbers(one["mean"]), _numbers(one["half"])
        _band(panel, means, halves, look.colour)
        panel.plot(
            range(len(means)), means, color=look.colour, ls=look.dash, marker=look.marker,
            markerfacecolor=look.face, markeredgewidth=0.8, markevery=(place % every, every),
            zorder=3, label=name, clip_on=False,
        )  # fmt: skip
    panel.set_title(TITLES.get(score, PANELS[score][0]), loc="left")
    panel.set_ylim(0, 1)
    panel.set_xlim(0, max(1, steps - 1))
    panel.grid(axis="y")
    panel.set_axisbelow(True)
    _ticks(panel, source.labels, named)


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [math.nan if one is None else one for one in values]


def _band(panel: Axes, means: list[float], halves: list[float], colour: str) -> None:
    """Draw the interval around a line where there is one; it ends at 0 and at 1."""
    ends = [
        (max(0.0, mean - half), min(1.0, mean + half)) if half == half else (math.nan, math.nan)
        for mean, half in zip(means, halves, strict=True)
    ]
    low, high = zip(*ends, strict=True) if ends else ((), ())
    panel.fill_between(range(len(means)), low, high, color=colour, alpha=0.13, lw=0, zorder=2)


def _ticks(panel: Axes, labels: Sequence[str], named: bool) -> None:
    """Name the first and the last step, and number those between them."""
    last = len(labels) - 1
    every = max(1, math.ceil(last / 8))
    places = list(range(0, last + 1, every))
    panel.set_xticks(places, [str(place) for place in places])
    if named:
        panel.set_xlabel(f"update (0: {labels[0]}, {last}: {labels[-1]})")
