"""The comparison of strategies as a table, for the terminal, for JSON and for the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.evaluation.scores import Score, all_scores, installed_scores
from cltool.reporting import formats
from cltool.runs.groups import Group, group_runs
from cltool.runs.measured import Measured
from cltool.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd


COMPARED = (
    "new", "new_min", "retained", "retained_min", "stale", "stale_max", "erased", "resurfaced",
    "acc", "bwt", "forgetting", "intransigence", "fuar", "tokens", "seconds", "stored_bytes",
)  # fmt: skip
"""The scores and costs of the comparison, in order; those of installed packages come last."""

OPTIONAL = ("erased", "resurfaced", "intransigence")
"""Scores that are left out where no run has them: nothing was to be forgotten, no `joint`."""


def margin(score: Score, mean: float | None, half: float | None) -> str:
    """Return ``± 0.01``; empty without an interval, or if the interval of a cost rounds to 0."""
    if mean is None or half is None or (score.better is None and half <= 0.005 * abs(mean)):
        return ""
    return formats.margin(half, formats.FORMATS[score.format])


def shown(score: Score, mean: float | None, half: float | None) -> str:
    """Return ``0.97 ± 0.01``."""
    text = formats.shown(mean, formats.FORMATS[score.format])
    return f"{text} {margin(score, mean, half)}".rstrip()


def comparison(runs: Sequence[Run | Measured]) -> pd.DataFrame:
    """Compare strategies: mean over seeds and half-width of the interval.

    If some runs of a strategy are not finished, only those with the most steps count.

    Returns:
        Index ``strategy`` in order of first appearance (with the run folder's name where
        one strategy ran with several settings). Columns ``runs`` (how many count),
        ``steps`` (done, the base included), ``of`` (steps of the stream), then for each of
        `COMPARED` its mean under its name and the half-width under ``NAME_half`` (NaN with
        one seed); `OPTIONAL` only if a run has a number.

    Raises:
        UserError: no runs, or runs that cannot be compared.
    """
    groups = group_runs(runs)
    if not groups:
        raise UserError("there are no runs to compare", hint="Name one or more run folders.")
    if len(groups) > 1:
        raise UserError(
            "these runs are not of one scenario, model and number of steps",
            details=[
                f"{group.scenario} on {group.model}, {len(group.labels)} steps: "
                + ", ".join(str(measured.run.folder) for measured in group.runs)
                for group in groups
            ],
            hint="Compare them one group at a time.",
        )
    return compare(groups[0])


def compare(group: Group) -> pd.DataFrame:
    """Return the `comparison` of one group."""
    import pandas as pd

    rows = []
    for variant in group.variants:
        row: dict[str, Any] = {"runs": len(variant.counted), "steps": variant.done}
        row["of"] = len(group.labels)
        for name in (*COMPARED, *installed_scores()):
            row[name], row[f"{name}_half"] = variant.interval(name)
        rows.append(row)
    names = pd.Index([variant.label for variant in group.variants], name="strategy")
    frame = pd.DataFrame(rows, index=names)
    absent = [name for name in OPTIONAL if frame[name].isna().all()]
    return frame.drop(columns=[f"{name}{part}" for name in absent for part in ("", "_half")])


def scores_of(frame: pd.DataFrame) -> list[Score]:
    """Return the scores and costs that a comparison holds."""
    known = all_scores()
    return [known[name] for name in frame.columns if name in known and name != "steps"]


def leaders(frame: pd.DataFrame, score: Score) -> list[str]:
    """Return the best strategies in a score: the best mean, and all whose interval overlaps it.

    Nobody if the data cannot tell: fewer than two strategies, a strategy without an
    interval, or all intervals overlap. Strategies with fewer steps than others do not count.
    """
    if not score.better:
        return []
    able = frame[(frame["steps"] >= frame["steps"].max()) & frame[score.name].notna()]
    means = (able[score.name] * score.sign).tolist()
    halves = able[f"{score.name}_half"].tolist()
    if len(means) < 2 or any(math.isnan(half) for half in halves):
        return []
    best = max(range(len(means)), key=means.__getitem__)
    floor = means[best] - halves[best]
    ahead = [
        str(name)
        for name, mean, half in zip(able.index, means, halves, strict=True)
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


def progress(done: int, of: int) -> str:
    """Return how far a run got, in words; the base is step 0."""
    return f"step {done - 1} of {of - 1}" if done else "no step finished"
