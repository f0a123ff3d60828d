"""The comparison of strategies as a table, for the terminal, for JSON and for the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.evaluation.scores import Score, all_scores
from cltool.reporting import formats
from cltool.runs.run import DIVERGED

if TYPE_CHECKING:
    import pandas as pd

NEW_FLOOR = 0.8
"""Share of the highest ``new`` that a strategy needs to be the best in another score."""


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


@dataclass(frozen=True, slots=True)
class Standing:
    """The strategies at the top of a column.

    Attributes:
        best: the strategy whose interval is apart from those of all others; empty if there is none.
        tied: the strategies that the intervals do not tell apart from the best mean, that one
            included. Empty if there is a best one, or if no strategy is told apart from another.
    """

    best: str = ""
    tied: Sequence[str] = ()

    def mark(self, strategy: str) -> str:
        """Return the mark of a strategy in plain text: ``*`` best, ``~`` not told apart."""
        return "*" if strategy == self.best else "~" if strategy in self.tied else ""


def standing(frame: pd.DataFrame, score: Score, floor: float = NEW_FLOOR) -> Standing:
    """Return the best strategy in a score, or those that are not told apart from the best mean.

    Nobody is either if the data cannot tell: fewer than two strategies, a strategy without an
    interval, or all intervals overlap. These strategies are neither, and in nobody's way:

    - those with fewer steps than others, or with a run that diverged, failed or is not finished:
      their runs are a selection;
    - those whose ``new`` is below ``floor`` times the highest: a strategy that learns nothing has
      nothing to forget, and costs little;
    - those whose interval is too wide: its half is larger than the distance between the best and
      the worst mean of the column, so it overlaps all others. If such a strategy has the best mean,
      nobody is best.
    """
    if not score.better:
        return Standing()
    judged = able(frame)
    if floor and score.name not in ("new", "new_min") and not judged["new"].isna().all():
        judged = judged[judged["new"] >= floor * judged["new"].max()]
    judged = judged[judged[score.name].notna()]
    halves = judged[f"{score.name}_half"]
    if len(judged) < 2 or halves.isna().any():
        return Standing()
    means = judged[score.name] * score.sign
    narrow = halves <= means.max() - means.min()
    if narrow.sum() < 2 or means[narrow].max() < means.max():
        return Standing()
    judged, means, halves = judged[narrow], means[narrow], halves[narrow]
    best = means.idxmax()
    reach = means + halves >= means[best] - halves[best]
    tied = [str(name) for name in judged.index[reach]]
    if len(tied) == 1:
        return Standing(best=tied[0])
    return Standing(tied=tied) if len(tied) < len(judged) else Standing()


def as_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a comparison as plain JSON values: an object for each strategy, missing numbers null.

    ``best`` names the scores in which a strategy is the best, ``tied`` those in which it is not
    told apart from the best mean (`standing`).
    """
    ahead = {column.name: standing(frame, column) for column in scores_of(frame)}
    return [
        {
            "strategy": str(name),
            "best": [score for score, one in ahead.items() if str(name) == one.best],
            "tied": [score for score, one in ahead.items() if str(name) in one.tied],
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
