"""Parts of a step's row in ``steps.jsonl``: how it was trained, and what strategies logged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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


def json_numbers(logs: Mapping[str, float]) -> dict[str, float | None]:
    """Return ``logs`` with null for infinity and NaN, which JSON does not have."""
    return {name: value if math.isfinite(value) else None for name, value in logs.items()}
