"""Scores against slow loops and against Avalanche's own classes."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.evaluation import metrics
from cltool.evaluation.summary import per_step

from .ledger_rows import FORMS, row

NAN = math.nan


# Against a slow loop.


def random_rows(seed: int) -> pd.DataFrame:
    """Keys that come, change and go, asked in one to three ways, answered at random."""
    rng = random.Random(seed)
    steps = rng.randint(2, 5)
    rows: list[dict[str, Any]] = []
    for number in range(rng.randint(3, 12)):
        born = rng.randrange(steps)
        history: list[str] = []
        learned, erased = born, False
        forms = rng.choice([("paraphrase",), FORMS, ("paraphrase", "question", "question")])
        for step in range(steps):
            group = "future" if step < born else "retained"
            if step == born or (step > born and not erased and rng.random() < 0.3):
                history.append(f"o{step}")
                learned, group = step, "new"
            elif step > born and rng.random() < 0.15:
                erased = True
            if erased and step >= born:
                group = "erased"
            current = history[-1] if history else f"o{born}"
            for place, form in enumerate(forms):
                said = rng.choice([current, *history, "?"])
                rows.append(
                    row(
                        step,
                        f"S{number}",
                        form,
                        said,
                        number=place,
                        group=group,
                        learned=learned,
                        accepted=[current],
                        outdated=[name for name in history[:-1] if name != current],
                    )
                )
    return pd.DataFrame(rows)


def mean_by_fact(rows: Sequence[dict[str, Any]], score: Any) -> float:
    facts: dict[str, list[float]] = defaultdict(list)
    for one in rows:
        facts[one["subject"]].append(float(score(one)))
    means = [sum(values) / len(values) for values in facts.values()]
    return sum(means) / len(means) if means else NAN


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_equals_a_slow_loop(seed: int) -> None:
    frame = random_rows(seed)
    rows: list[dict[str, Any]] = frame.to_dict("records")
    steps = per_step(frame)
    for step in steps.index:
        at = [one for one in rows if one["step"] == step]
        valid = [one for one in at if one["group"] in ("new", "retained")]
        for group in ("new", "retained", "erased"):
            chosen = [one for one in at if one["group"] == group]
            expected = mean_by_fact(chosen, lambda one: one["right"])
            assert steps[group][step] == pytest.approx(expected, nan_ok=True)
            assert steps[f"n_{group}"][step] == len({one["subject"] for one in chosen})
        old = [one for one in valid if len(one["outdated"])]
        assert steps["stale"][step] == pytest.approx(
            mean_by_fact(old, lambda one: one["stale"]), nan_ok=True
        )
        assert steps["valid"][step] == pytest.approx(
            mean_by_fact(valid, lambda one: one["right"]), nan_ok=True
        )
    matrix = metrics.accuracy_matrix(frame)
    last = max(steps.index)
    final = {
        one["subject"]: (one["learned"], one["accepted"])
        for one in rows
        if one["step"] == last and one["group"] in ("new", "retained")
    }
    for after in steps.index:
        for update in steps.index:
            chosen = [
                one
                for one in rows
                if one["step"] == after and final.get(one["subject"], (None,))[0] == update
            ]
            expected = mean_by_fact(chosen, lambda one: one["answer"] in final[one["subject"]][1])
            assert matrix[update][after] == pytest.approx(expected, nan_ok=True)
    shuffled = frame.sample(frac=1.0, random_state=seed)
    pd.testing.assert_frame_equal(per_step(shuffled), steps)
    pd.testing.assert_frame_equal(metrics.accuracy_matrix(shuffled), matrix)


# Against Avalanche.


@pytest.mark.parametrize("seed", range(5))
def test_equals_avalanche(seed: int) -> None:
    from avalanche.evaluation.metrics.forgetting_bwt import BWT, Forgetting
    from avalanche.evaluation.metrics.forward_transfer import ForwardTransfer

    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 8))
    matrix = rng.random((size, size))
    baseline = rng.random(size).tolist()
    backward, forgotten, forward = BWT(), Forgetting(), ForwardTransfer()
    best = Forgetting()
    last = size - 1
    for j in range(size):
        forward.update(j, baseline[j], initial=True)
        if j:
            forward.update(j, matrix[j - 1, j])
        for after in range(j, size):
            # Avalanche's stream metrics leave out the experience that was trained last.
            if j < last:
                for metric in (backward, forgotten):
                    metric.update(j, matrix[after, j], initial=after == j)
        if j < last:
            best.update(j, matrix[:last, j].max(), initial=True)
            best.update(j, matrix[last, j])

    def mean(found: dict[int, float]) -> float:
        return sum(found.values()) / len(found)

    assert metrics.bwt(matrix) == pytest.approx(mean(backward.result()))
    assert metrics.fwt(matrix, baseline) == pytest.approx(mean(forward.result()))
    assert metrics.forgetting(matrix) == pytest.approx(mean(best.result()))
    # Avalanche takes the first accuracy for the best; Chaudhry et al. take the best.
    assert metrics.forgetting(matrix) >= mean(forgotten.result()) - 1e-12
    assert mean(forgotten.result()) == pytest.approx(-metrics.bwt(matrix))
    peaked = matrix.copy()
    np.fill_diagonal(peaked, 1.0)
    assert metrics.forgetting(peaked) == pytest.approx(-metrics.bwt(peaked))


@pytest.mark.parametrize("name", ["acc", "bwt", "fwt", "forgetting"])
def test_a_matrix_of_one(name: str) -> None:
    value = getattr(metrics, name)(np.array([[0.7]]))
    assert value == pytest.approx(0.7 if name == "acc" else NAN, nan_ok=True)


def test_intransigence_of_joint_itself_is_zero() -> None:
    matrix = np.random.default_rng(0).random((4, 4))
    assert metrics.intransigence(matrix, matrix) == 0.0
