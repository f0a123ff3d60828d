"""The accuracy matrix of a ledger, the scores made from it, and intervals over seeds.

Accuracies are shares between 0 and 1. A fact's score is the mean over its probes of the counted
forms, and a group's score is the mean over its facts, so a fact that is asked in three ways has the
same weight as one that is asked in two. By default the held-out forms count (``paraphrase`` and
``question``), or ``trained`` if the ledger has no held-out forms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from cltool.evaluation.judge import Judge, RelationNames
from cltool.evaluation.ledger import KEY, LEAD, PROBE
from cltool.evaluation.matchers import CHOICE, EXACT, judged, matcher_of
from cltool.evaluation.matching import RIGHT, Answer, KnownNames
from cltool.facts.identity import names_object, object_identity
from cltool.facts.stream import RETAINED, Probe

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

ENOUGH = 3
"""Fewest values with which an interval is given."""

HELD_OUT = ("paraphrase", "question")
DIRECT = ("trained", *HELD_OUT)
"""The forms that ask for a fact's object by its subject."""


def held_out(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the rows of ``forms``; by default the held-out forms, or ``trained`` without them.

    Rows without the verdict that decides in their run are left out
    (`cltool.evaluation.matchers.is_judged`).
    """
    rows = judged(rows)
    if forms is not None:
        return rows[rows["form"].isin(list(forms))]
    chosen = rows[rows["form"].isin(HELD_OUT)]
    return chosen if len(chosen) else rows[rows["form"] == "trained"]


def accuracy_matrix(
    rows: pd.DataFrame, forms: Sequence[str] | None = None, update: int | None = None
) -> pd.DataFrame:
    """Return R[i, j], accuracy after update i on facts of update j (Lopez-Paz & Ranzato 2017).

    A column holds one fixed set of facts: those that update j taught and that are valid at the
    end, because losing a superseded fact is not forgetting. Below the diagonal is what was
    retained, above it what was known before it was taught. If no fact of an update is valid at
    the end, its column is NaN.

    Args:
        rows: the ledger.
        forms: the forms that count; by default the held-out ones.
        update: the only update whose column is computed; the others are NaN then.

    Returns:
        Square table, index = after update, columns = facts of update.
    """
    import pandas as pd

    asked = held_out(rows, forms)
    steps = sorted(int(step) for step in asked["step"].unique())
    probe = [*KEY, "form", "number"]
    end = asked[(asked["step"] == steps[-1]) & asked["group"].isin(["new", "retained"])]
    if update is not None:
        end = end[end["learned"] == update]
    if end.empty:
        return pd.DataFrame(math.nan, index=steps, columns=steps)
    final = end[[*probe, "accepted", "learned"]].rename(
        columns={"accepted": "target", "learned": "update"}
    )
    joined = asked.merge(final, on=probe)
    targets = zip(joined["accepted"], joined["target"], strict=True)
    same = [list(own) == list(target) for own, target in targets]
    joined["hit"] = joined["right"].astype(float)
    others = joined[[not own for own in same]]
    if len(others):
        named = named_rows(others, others["target"], judge_of(rows))
        joined.loc[others.index, "hit"] = [float(one) for one in named]
    facts = joined.groupby(["step", "update", *KEY], sort=False)["hit"].mean()
    matrix = facts.groupby(["step", "update"]).mean().unstack("update")
    return matrix.reindex(index=steps, columns=steps).astype(float)


def acc(matrix: Matrix) -> float:
    """Return ACC = mean over j of R[T, j] (Lopez-Paz & Ranzato 2017, eq. 2)."""
    return _mean([float(value) for value in matrix[-1]])


def bwt(matrix: Matrix) -> float:
    """Return BWT = mean over j < T of R[T, j] - R[j, j] (Lopez-Paz & Ranzato 2017, eq. 3)."""
    last = len(matrix) - 1
    return _mean([float(matrix[last, j] - matrix[j, j]) for j in range(last)])


def fwt(matrix: Matrix, baseline: Sequence[float] | None = None) -> float:
    """Return FWT = mean over j ≥ 1 of R[j-1, j] - b[j] (Lopez-Paz & Ranzato 2017, eq. 4).

    Args:
        matrix: R, square.
        baseline: b, the accuracy of an untrained model on each update's facts; by default
            0, for a model that never saw the names.
    """
    floor = [0.0] * len(matrix) if baseline is None else list(baseline)
    return _mean([float(matrix[j - 1, j]) - floor[j] for j in range(1, len(matrix))])


def forgetting(matrix: Matrix) -> float:
    """Return the mean over j < T of max over l < T of R[l, j] - R[T, j].

    Chaudhry et al. 2018, eq. 3.
    """
    last = len(matrix) - 1
    return _mean([float(matrix[:last, j].max() - matrix[last, j]) for j in range(last)])


def intransigence(matrix: Matrix, joint: Matrix) -> float:
    """Return the mean over k ≥ 1 of R*[k, k] - R[k, k], R* of joint retraining.

    Chaudhry et al. 2018.
    """
    return _mean([float(joint[k, k] - matrix[k, k]) for k in range(1, len(matrix))])


def fuar(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> float:
    """Return FUAR from the base to the last step (Jang et al. 2022, eq. 1).

    It is the accuracy lost on base facts that are still valid, divided by the sum of the accuracy
    gained on updated keys and on new keys. Probes that were not asked at step 0 are left out. NaN
    if nothing was gained.
    """
    matrix_rows = held_out(rows, forms)
    last = int(matrix_rows["step"].max())
    end = matrix_rows[
        (matrix_rows["step"] == last) & matrix_rows["group"].isin(["new", "retained"])
    ]
    probe = [*KEY, "form", "number"]
    begin = matrix_rows[matrix_rows["step"] == 0].set_index(probe)
    end = end.set_index(probe)
    probes = end[end.index.isin(begin.index)]
    was = begin.reindex(probes.index)
    kept = (probes["learned"] == 0).to_numpy()
    updated = (~kept) & (probes["outdated"].map(len) > 0).to_numpy()
    lost = _gap(was[kept]["right"], probes[kept]["right"])
    gained = 0.0
    judge = judge_of(rows)
    for chosen in (updated, ~kept & ~updated):
        before = named_rows(was[chosen].reset_index(), probes[chosen]["accepted"], judge)
        gained += _gap(probes[chosen]["right"], before)
    return lost / gained if gained > 0 else math.nan


def judge_of(rows: pd.DataFrame) -> Judge:
    """Return a judge that knows all objects and subjects that a ledger names."""
    columns = (rows[name] for name in (*KEY, "accepted", "outdated"))
    facts = dict.fromkeys(
        (subject, relation, (*accepted, *outdated))
        for subject, relation, accepted, outdated in zip(*columns, strict=True)
    )
    known = KnownNames(name for subject, _, objects in facts for name in (*objects, subject))
    return Judge(known, RelationNames(facts))


def named_rows(rows: pd.DataFrame, targets: Iterable[Sequence[str]], judge: Judge) -> list[bool]:
    """Return for each row whether it is answered with one of its targets, as its run judges.

    Args:
        rows: of a ledger.
        targets: the names that each is compared with; the judge knows all of them.
        judge: knows the names of the ledger (`judge_of`).
    """
    match = matcher_of(rows)
    if match == CHOICE:
        pairs = zip(rows["chosen"], targets, strict=True)
        return [isinstance(name, str) and names_object(name, target) for name, target in pairs]
    leads = rows[LEAD] if LEAD in rows else [None] * len(rows)
    prompts = rows["prompt"] if match != EXACT else [""] * len(rows)
    columns = (rows[name] for name in (*PROBE, "closing", "answer", "stop"))
    found: list[bool] = []
    said: dict[tuple[str, str, str, object], str] = {}
    for subject, relation, form, number, closing, text, stop, prompt, lead, target in zip(
        *columns, prompts, leads, targets, strict=True
    ):
        # Steps without the column have NaN where a table of all steps has a lead.
        gap = lead if isinstance(lead, str) else ""
        key, accepted = (subject, relation), tuple(target)
        probe = Probe(key, form, number, prompt, gap, closing, RETAINED, 0, accepted)
        answer = Answer(text, stop)
        if match == EXACT:
            told = (text, closing, stop, lead)
            if told not in said:
                said[told] = judge.named(probe, answer)
            if said[told] not in identities(accepted):
                found.append(False)
                continue
        one = judge.by(match, probe, answer)
        found.append(one is not None and one.kind == RIGHT)
    return found


@lru_cache(maxsize=1 << 16)
def identities(accepted: tuple[str, ...]) -> frozenset[str]:
    """Return the identities of names."""
    return frozenset(map(object_identity, accepted))


def _gap(better: pd.Series, worse: Sequence[bool] | pd.Series) -> float:
    """Return how far ``better`` exceeds ``worse``, as a mean over facts; at least 0."""
    if not len(better):
        return 0.0
    gaps = better.astype(float) - [float(value) for value in worse]
    return max(0.0, float(gaps.groupby(level=KEY, sort=False).mean().mean()))


def interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Return the mean over seeds and the half-width of its Student-t interval.

    It is NaN for fewer than `ENOUGH` values: an interval from two is 13 times as wide as their
    spread, and says nothing.
    """
    finite = [value for value in values if not math.isnan(value)]
    if not finite:
        return math.nan, math.nan
    mean = sum(finite) / len(finite)
    if len(finite) < ENOUGH:
        return mean, math.nan
    from scipy.stats import t

    variance = sum((value - mean) ** 2 for value in finite) / (len(finite) - 1)
    quantile = float(t.ppf((1 + confidence) / 2, len(finite) - 1))
    return mean, quantile * math.sqrt(variance / len(finite))


def clustered_interval(
    clusters: Sequence[Sequence[float]], several: bool = False
) -> tuple[float, float]:
    """Return the mean and the half-width of its interval for values in clusters.

    Values of one stream are not independent. With several streams, the interval is that of the
    streams' means; with one, that of its values. NaN values do not count.

    Args:
        clusters: the values of each stream.
        several: the values stand beside others of several streams, so their interval is that of
            the streams' means even if they are all of one stream.
    """
    finite = [[one for one in values if not math.isnan(one)] for values in clusters]
    finite = [values for values in finite if values]
    alone = len(finite) == 1 and not several
    return interval(finite[0] if alone else [_mean(values) for values in finite])


def spread(clusters: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the standard deviations over streams and over training within a stream.

    They are the estimates of a one-way analysis of variance. Each is NaN where there are fewer
    than two streams, or no stream with two values.

    Args:
        clusters: the values of each stream.
    """
    finite = [[one for one in values if not math.isnan(one)] for values in clusters]
    finite = [values for values in finite if values]
    freedom = sum(len(values) - 1 for values in finite)
    if len(finite) < 2 or freedom == 0:
        return math.nan, math.nan
    means = [_mean(values) for values in finite]
    pairs = zip(finite, means, strict=True)
    within = sum((one - mean) ** 2 for values, mean in pairs for one in values) / freedom
    grand = _mean(means)
    between = sum((mean - grand) ** 2 for mean in means) / (len(means) - 1)
    size = len(finite) / sum(1 / len(values) for values in finite)
    return math.sqrt(max(0.0, between - within / size)), math.sqrt(within)


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if not math.isnan(value)]
    return sum(finite) / len(finite) if finite else math.nan
