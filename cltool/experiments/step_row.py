"""Parts of a step's row in ``steps.jsonl``: how it was trained, and what strategies did."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.runs import trained

if TYPE_CHECKING:
    from cltool.training.learner import Learner


def training(learner: Learner, answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how the update was trained and whether it is answered; empty without training."""
    import pandas as pd

    from cltool.evaluation.summary import per_step

    if learner.trained is None:
        return {}
    answered = float(per_step(pd.DataFrame(answers))["new"].iloc[0]) if answers else math.nan
    shown = None if math.isnan(answered) else round(answered, 4)
    return {trained.KEY: {**learner.trained.as_row(), "answered": shown}}


def uncounted(run: Path, step: int, passed: int, counted: int) -> dict[str, Any]:
    """Return what an update did that its strategy did not count; empty if it counted all.

    Args:
        run: the run folder, with the checkpoints of ``step`` and of the step before.
        step: the number of the update.
        passed: the tokens that passed through the model.
        counted: the tokens that the strategy counted.
    """
    if passed > counted:
        return {"uncounted_tokens": passed - counted}
    from cltool.experiments import checkpoints

    if step and not counted and checkpoints.weights_changed(run, step):
        return {"changed_uncounted": True}
    return {}


def json_numbers(logs: Mapping[str, float]) -> dict[str, float | None]:
    """Return ``logs`` with null for infinity and NaN, which JSON does not have."""
    return {name: value if math.isfinite(value) else None for name, value in logs.items()}
