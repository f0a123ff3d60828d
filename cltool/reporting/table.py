"""The comparison of strategies as a table, for the terminal, for JSON and for the page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cltool.evaluation.scores import Score, all_scores
from cltool.reporting import formats
from cltool.runs.run import DIVERGED

if TYPE_CHECKING:
    import pandas as pd


def margin(score: Score, mean: float | None, half: float | None) -> str:
    """Return ``± 0.01``; empty without an interval, or if the interval of a cost rounds to 0."""
    if mean is None or half is None or (score.better is None and half <= 0.005 * abs(mean)):
        return ""
    return formats.margin(half, formats.FORMATS[score.format])


def shown(
    score: Score,
    mean: float | None,
    half: float | None,
    low: float = math.nan,
    high: float = math.nan,
) -> str:
    """Return ``0.97 ± 0.01``, or ``0.97 (0.95 to 0.99)`` if there is no interval.

    The range is left out where it rounds to one value.
    """
    form = formats.FORMATS[score.format]
    text = formats.shown(mean, form)
    if half is None or math.isnan(half):
        return f"{text} {extent(form, low, high)}".rstrip()
    return f"{text} {margin(score, mean, half)}".rstrip()


def extent(form: formats.Format, low: float, high: float) -> str:
    """Return ``(0.95 to 0.99)``; empty where the range is missing or rounds to one value."""
    ends = [formats.shown(one, form) for one in (low, high)]
    return "" if ends[0] == ends[1] else f"({ends[0]} to {ends[1]})"


def scores_of(frame: pd.DataFrame) -> list[Score]:
    """Return the scores and costs that a comparison holds."""
    known = all_scores()
    return [known[name] for name in frame.columns if name in known and name != "steps"]


def able(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the strategies that can be the best: no run was lost, and none has more steps."""
    whole = (frame["diverged"] == 0) & (frame["unfinished"] == 0)
    found: pd.DataFrame = frame[whole & (frame["steps"] >= frame["steps"].max())]
    return found


def leaders(frame: pd.DataFrame, score: Score) -> list[str]:
    """Return the best strategies in a score: the best mean, and all whose interval overlaps it.

    Nobody if the data cannot tell: fewer than two strategies, a strategy without an
    interval, or all intervals overlap. Strategies with fewer steps than others do not count, nor
    do those with a run that diverged, failed or is not finished: the others are a selection.
    """
    if not score.better:
        return []
    judged = able(frame)
    judged = judged[judged[score.name].notna()]
    means = (judged[score.name] * score.sign).tolist()
    halves = judged[f"{score.name}_half"].tolist()
    if len(means) < 2 or any(math.isnan(half) for half in halves):
        return []
    best = max(range(len(means)), key=means.__getitem__)
    floor = means[best] - halves[best]
    ahead = [
        str(name)
        for name, mean, half in zip(judged.index, means, halves, strict=True)
        if mean + half >= floor
    ]
    return ahead if len(ahead) < len(means) else []


def as_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a comparison as plain JSON values: an object for each strategy, missing numbers null.

    ``best`` names the scores in which a strategy is one of the `leaders`.
    """
    ahead = {column.name: leaders(frame, column) for column in scores_of(frame)}
    return [
        {
            "strategy": str(name),
            "best": [score for score, names in ahead.items() if str(name) in names],
            **{
                str(key): None if isinstance(value, float) and math.isnan(value) else value
                for key, value in values.items()
            },
        }
        for name, values in zip(frame.index, frame.to_dict("records"), strict=True)
    ]


def name_and_progress(name: str, values: Mapping[Any, Any]) -> str:
    """Return a strategy with how far its runs got, if not all of them got to the end.

    Args:
        name: the strategy.
        values: its row of a comparison (`cltool.runs.tables.comparison`).
    """
    done, of = int(values["steps"]), int(values["of"])
    if values["status"] == DIVERGED:
        return f"{name} (diverged after {progress(done, of)})"
    lost = int(values["diverged"])
    notes = [progress(done, of)] * (done < of) + [formats.plural(lost, "run") + " diverged"] * lost
    return f"{name} ({', '.join(dict.fromkeys(notes))})" if notes else name


def progress(done: int, of: int) -> str:
    """Return how far a run got, in words; the base is step 0."""
    return f"step {done - 1} of {of - 1}" if done else "no step finished"
