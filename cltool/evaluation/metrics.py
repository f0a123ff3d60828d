"""The accuracy matrix of a ledger, the scores made from it, and intervals over seeds.

Accuracies are shares between 0 and 1. A fact's score is the mean over its probes of the
chosen forms, and a group's score the mean over its facts, so that a fact asked in three
ways weighs no more than one asked in two. Held-out forms (``paraphrase`` and ``question``)
are chosen unless told otherwise; a ledger without them falls back to ``trained``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.evaluation.ledger import KEY
from cltool.evaluation.matching import said

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

HELD_OUT = ("paraphrase", "question")
DIRECT = ("trained", *HELD_OUT)
"""The forms that ask for a fact's object by its subject."""


def held_out(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows of ``forms``; by default the held-out forms, or ``trained`` if there are none."""
    if forms is not None:
        return rows[rows["form"].isin(list(forms))]
    chosen = rows[rows["form"].isin(HELD_OUT)]
    return chosen if len(chosen) else rows[rows["form"] == "trained"]


def accuracy_matrix(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> pd.DataFrame:
    """R[i, j]: accuracy after update i on the facts of update j (Lopez-Paz & Ranzato 2017).

    A column holds one fixed set of facts, those taught by update j and still valid at the
    end: a superseded fact's loss is not forgetting. Left of the diagonal stands what was
    retained, right of it what was known before it was taught. Columns of updates of which
    no fact survives are NaN.

    Returns:
        Square table, index = after update, columns = facts of update.
    """
    import pandas as pd

    asked = held_out(rows, forms)
    steps = sorted(int(step) for step in asked["step"].unique())
    probe = [*KEY, "form", "number"]
    end = asked[(asked["step"] == steps[-1]) & asked["group"].isin(["new", "retained"])]
    if end.empty:
        return pd.DataFrame(math.nan, index=steps, columns=steps)
    final = end[[*probe, "accepted", "learned"]].rename(
        columns={"accepted": "target", "learned": "update"}
    )
    joined = asked.merge(final, on=probe)
    joined["hit"] = [
        said(answer, stopped, target, closing) is not None
        for answer, stopped, target, closing in zip(
            joined["answer"], joined["stopped"], joined["target"], joined["closing"], strict=True
        )
    ]
    facts = joined.groupby(["step", "update", *KEY], sort=False)["hit"].mean()
    matrix = facts.groupby(["step", "update"]).mean().unstack("update")
    return matrix.reindex(index=steps, columns=steps).astype(float)


def acc(matrix: Matrix) -> float:
    """ACC = mean over j of R[T, j] (Lopez-Paz & Ranzato 2017, eq. 2)."""
    return _mean([float(value) for value in matrix[-1]])


def bwt(matrix: Matrix) -> float:
    """BWT = mean over j < T of R[T, j] - R[j, j] (Lopez-Paz & Ranzato 2017, eq. 3)."""
    last = len(matrix) - 1
    return _mean([float(matrix[last, j] - matrix[j, j]) for j in range(last)])


def fwt(matrix: Matrix, baseline: Sequence[float] | None = None) -> float:
    """FWT = mean over j ≥ 1 of R[j-1, j] - b[j] (Lopez-Paz & Ranzato 2017, eq. 4).

    Args:
        matrix: R, square.
        baseline: b, the accuracy of an untrained model on each update's facts; by default
            0, what a model that never saw a name says of it.
    """
    floor = [0.0] * len(matrix) if baseline is None else list(baseline)
    return _mean([float(matrix[j - 1, j]) - floor[j] for j in range(1, len(matrix))])


def forgetting(matrix: Matrix) -> float:
    """F = mean over j < T of max over l < T of R[l, j] - R[T, j] (Chaudhry et al. 2018, eq. 3)."""
    last = len(matrix) - 1
    return _mean([float(matrix[:last, j].max() - matrix[last, j]) for j in range(last)])


def intransigence(matrix: Matrix, joint: Matrix) -> float:
    """I = mean over k ≥ 1 of R*[k, k] - R[k, k], R* of joint retraining (Chaudhry et al. 2018)."""
    return _mean([float(joint[k, k] - matrix[k, k]) for k in range(1, len(matrix))])


def fuar(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> float:
    """FUAR from the base to the last step (Jang et al. 2022, eq. 1).

    The accuracy lost on base facts that are still valid, over the accuracy gained on
    updated keys plus that gained on keys that are new. NaN when nothing was gained.
    """
    matrix_rows = held_out(rows, forms)
    last = int(matrix_rows["step"].max())
    end = matrix_rows[
        (matrix_rows["step"] == last) & matrix_rows["group"].isin(["new", "retained"])
    ]
    begin = matrix_rows[matrix_rows["step"] == 0].set_index([*KEY, "form", "number"])
    probes = end.set_index([*KEY, "form", "number"])
    was = begin.reindex(probes.index)
    kept = (probes["learned"] == 0).to_numpy()
    updated = (~kept) & (probes["outdated"].map(len) > 0).to_numpy()
    lost = _gap(was[kept]["right"], probes[kept]["right"])
    gained = 0.0
    for chosen in (updated, ~kept & ~updated):
        before = [
            said(answer, bool(stopped), accepted, closing) is not None
            for answer, stopped, accepted, closing in zip(
                was[chosen]["answer"],
                was[chosen]["stopped"],
                probes[chosen]["accepted"],
                probes[chosen]["closing"],
                strict=True,
            )
        ]
        gained += _gap(probes[chosen]["right"], before)
    return lost / gained if gained > 0 else math.nan


def _gap(better: pd.Series, worse: Sequence[bool] | pd.Series) -> float:
    """By how much ``better`` exceeds ``worse``, fact by fact; 0 where it does not."""
    if not len(better):
        return 0.0
    gaps = better.astype(float) - [float(value) for value in worse]
    return max(0.0, float(gaps.groupby(level=KEY, sort=False).mean().mean()))


def interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Mean over seeds and the half-width of its Student-t interval (NaN with one seed)."""
    finite = [value for value in values if not math.isnan(value)]
    if not finite:
        return math.nan, math.nan
    mean = sum(finite) / len(finite)
    if len(finite) < 2:
        return mean, math.nan
    from scipy.stats import t

    variance = sum((value - mean) ** 2 for value in finite) / (len(finite) - 1)
    quantile = float(t.ppf((1 + confidence) / 2, len(finite) - 1))
    return mean, quantile * math.sqrt(variance / len(finite))


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if not math.isnan(value)]
    return sum(finite) / len(finite) if finite else math.nan
