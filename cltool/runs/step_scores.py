"""What a run's ledger says of a step: its scores, the worst until then, and what it all cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.evaluation import metrics
from cltool.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

SCORES: dict[str, str] = {
    "new": "accuracy right after the step's update on what it taught",
    "new_min": "the same of the worst update until then",
    "retained": "accuracy after the step on facts learned earlier and still valid",
    "retained_min": "the same after the worst update until then",
    "stale": "share of superseded facts whose old object is still the answer after the step",
    "stale_max": "the same after the worst update until then",
    "erased": "share of facts to be forgotten that are still produced after the step",
    "erased_max": "the same after the worst update until then",
    "acc": "ACC: mean of the accuracy matrix' last row, of the steps until then"
    " (Lopez-Paz & Ranzato 2017)",
    "tokens": "training tokens that went through the model, all updates until then",
    "erasing_tokens": "of these, what purging and erasing took",
}
"""Every score with its meaning."""

WORST = {"new": "min", "retained": "min", "stale": "max", "erased": "max"}


def step_scores(run: Run, steps: Sequence[int]) -> dict[int, dict[str, float]]:
    """`SCORES` of a run after each of ``steps``; NaN for what is not there.

    Raises:
        UserError: the ledger cannot be read.
    """
    # A ledger is large, and the runs of a survey are many: it is not kept with the run.
    read = Run(run.folder)
    rows = read.answers
    each = metrics.per_step(rows)
    return {step: _after(step, rows[rows["step"] <= step], each, read) for step in steps}


def _after(step: int, rows: pd.DataFrame, each: pd.DataFrame, run: Run) -> dict[str, float]:
    updates = each.loc[1:step]
    found = {"acc": metrics.acc(metrics.accuracy_matrix(rows).to_numpy())}
    for name, how in WORST.items():
        found[name] = float(each[name].loc[step])
        found[f"{name}_{how}"] = float(getattr(updates[name], how)())
    for name in ("tokens", "erasing_tokens"):
        found[name] = float(run.costs[name].loc[:step].sum(skipna=False))
    return {name: found[name] for name in SCORES}
