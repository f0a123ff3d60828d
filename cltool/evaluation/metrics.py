"""Scores: pure functions of a ledger (see `cltool.evaluation.ledger.COLUMNS`) or of an accuracy
matrix.

Accuracies are shares between 0 and 1. A fact's score is the mean over its probes of the
chosen forms, and a group's score the mean over its facts, so that a fact asked in three
ways weighs no more than one asked in two. Held-out forms (``paraphrase`` and ``question``)
are chosen unless told otherwise; a ledger without them falls back to ``trained``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
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

NAMES: dict[str, str] = {
    "new": "accuracy on the facts that the update taught; higher is better",
    "retained": "accuracy on facts learned earlier and still valid; higher is better",
    "stale": "share of superseded facts whose old object is still the answer; lower is better",
    "erased": "share of facts to be forgotten that are still produced; lower is better",
    "resurfaced": "facts to be forgotten that were not produced right after that and were later, in"
    " any wording; null where nothing was to be forgotten",
    "valid": "accuracy on all facts that are true at the step (new and retained)",
    "trained": "`valid`, asked in a wording that was trained",
    "forced": "`valid`, teacher-forced: it inflates, and never replaces the free answer",
    "acc": "ACC: mean of the accuracy matrix' last row (Lopez-Paz & Ranzato 2017)",
    "bwt": "BWT: mean change since each fact was taught (Lopez-Paz & Ranzato 2017)",
    "fwt": "FWT: accuracy on facts before they are taught (Lopez-Paz & Ranzato 2017)",
    "forgetting": "mean loss from each update's best accuracy (Chaudhry et al. 2018)",
    "intransigence": "what joint retraining reaches on new facts beyond this strategy"
    " (Chaudhry et al. 2018)",
    "fuar": "accuracy forgotten for each unit gained, base to end (Jang et al. 2022)",
}
"""Every score with its meaning."""


def held_out(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows of ``forms``; by default the held-out forms, or ``trained`` if there are none."""
    if forms is not None:
        return rows[rows["form"].isin(list(forms))]
    chosen = rows[rows["form"].isin(HELD_OUT)]
    return chosen if len(chosen) else rows[rows["form"] == "trained"]


def per_step(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> pd.DataFrame:
    """One row a step: new, retained, stale, erased, valid, trained, forced, and facts counted.

    ``new`` at step 0 is the accuracy on the base knowledge.
    """
    import pandas as pd

    facts = _facts(held_out(rows, forms))
    trained = _facts(rows[rows["form"] == "trained"])
    valid = facts[facts["group"].isin(["new", "retained"])]
    superseded = valid[valid["superseded"]]
    groups = {name: facts[facts["group"] == name] for name in ("new", "retained", "erased")}
    columns = {
        "new": (groups["new"], "right"),
        "retained": (groups["retained"], "right"),
        "stale": (superseded, "stale"),
        "erased": (groups["erased"], "right"),
        "valid": (valid, "right"),
        "trained": (trained[trained["group"].isin(["new", "retained"])], "right"),
        "forced": (valid, "forced"),
    }
    steps = pd.Index(sorted(facts["step"].unique()), name="step")
    table = {
        name: chosen.groupby("step")[column].mean().reindex(steps)
        for name, (chosen, column) in columns.items()
    }
    counted = {**groups, "superseded": superseded}
    for name in ("new", "retained", "superseded", "erased"):
        table[f"n_{name}"] = counted[name].groupby("step").size().reindex(steps, fill_value=0)
    return pd.DataFrame(table, index=steps)


def _facts(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each fact at each step: the means over its probes."""
    marked = rows.assign(superseded=rows["outdated"].map(len) > 0)
    grouped = marked.groupby(["step", "group", *KEY], sort=False, observed=True)
    return grouped.agg(
        right=("right", "mean"),
        stale=("stale", "mean"),
        forced=("forced", "mean"),
        superseded=("superseded", "any"),
    ).reset_index()


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


def transitions(
    rows: pd.DataFrame, before: int, after: int, forms: Sequence[str] | None = None
) -> pd.DataFrame:
    """How answers moved between two steps, counted in probes.

    Counts probes of facts that are the same valid fact at both steps; averages hide
    opposite movements.

    Returns:
        3 × 3 table, index = answer at ``before``, columns = answer at ``after``, each of
        ``right``, ``outdated``, ``wrong``.
    """
    asked = held_out(rows, forms)
    probe = [*KEY, "form", "number", "learned"]
    valid = asked[asked["group"].isin(["new", "retained"])]
    first = valid[valid["step"] == before].set_index(probe)
    second = valid[valid["step"] == after].set_index(probe)
    both = first.join(second, how="inner", lsuffix="_before", rsuffix="_after")
    import pandas as pd

    kinds = ["right", "outdated", "wrong"]

    def kind(side: str) -> list[str]:
        return [
            "right" if right else "outdated" if stale else "wrong"
            for right, stale in zip(both[f"right_{side}"], both[f"stale_{side}"], strict=True)
        ]

    counts = pd.crosstab(pd.Series(kind("before")), pd.Series(kind("after")))
    table = counts.reindex(index=kinds, columns=kinds, fill_value=0).astype(int)
    table.index.name, table.columns.name = f"after {before}", f"after {after}"
    return table


def summary(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> dict[str, float]:
    """The scores of a whole run, by name.

    ``new`` is the mean over updates 1 … T of what each scored right after it, ``new_min`` the
    worst of them, ``retained_min`` and ``stale_max`` the worst after any update; retained, stale,
    erased, valid, trained and forced are those after the last update.
    """
    steps = per_step(rows, forms)
    matrix = accuracy_matrix(rows, forms).to_numpy()
    last = steps.iloc[-1]
    updates = steps["new"].iloc[1:]
    scores: dict[str, Callable[[], float]] = {
        "new": lambda: float(updates.mean()),
        "new_min": lambda: float(updates.min()),
        "retained_min": lambda: float(steps["retained"].min()),
        "stale_max": lambda: float(steps["stale"].max()),
        **{
            name: partial(float, last[name])
            for name in ("retained", "stale", "erased", "valid", "trained", "forced")
        },
        "resurfaced": lambda: resurfaced(rows),
        "acc": lambda: acc(matrix),
        "bwt": lambda: bwt(matrix),
        "fwt": lambda: fwt(matrix),
        "forgetting": lambda: forgetting(matrix),
        "fuar": lambda: fuar(rows, forms),
    }
    return {name: score() for name, score in scores.items()}


def resurfacing(rows: pd.DataFrame) -> pd.DataFrame:
    """Erased facts that were not produced right after they were erased, but were later.

    A fact is produced when any wording that asks for it directly is answered with it. A fact that
    is taught again is no longer erased.

    Returns:
        One row for each fact and step at which it was back: ``subject``, ``relation``, ``object``,
        ``erased`` (the step that erased it), ``step``, ``right`` of ``asked`` wordings.
    """
    chosen = rows[(rows["group"] == "erased") & rows["form"].isin(DIRECT)]
    chosen = chosen.assign(object=[str(names[0]) for names in chosen["accepted"]])
    fact = [*KEY, "learned"]
    steps = chosen.groupby([*fact, "step"], sort=True, observed=True)
    table = steps.agg(
        object=("object", "first"), right=("right", "sum"), asked=("right", "size")
    ).reset_index()
    first = table.groupby(fact, observed=True)
    table["erased"] = first["step"].transform("min")
    table["then"] = first["right"].transform("first")
    back = table[(table["then"] == 0) & (table["right"] > 0)]
    columns = [*KEY, "object", "erased", "step", "right", "asked"]
    return back.sort_values(["step", *KEY])[columns].reset_index(drop=True)


def resurfaced(rows: pd.DataFrame) -> float:
    """How many facts `resurfacing` names; NaN where nothing was to be forgotten."""
    if not (rows["group"] == "erased").any():
        return math.nan
    return float(len(resurfacing(rows)[[*KEY, "erased"]].drop_duplicates()))


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
