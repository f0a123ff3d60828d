"""`task_vector`: negation, and how much of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.strategies.unlearning import task_vector
from cltool.strategies.unlearning.common.eraser import Goal

from ...conftest import MakeLearner, apply, weights

TUNED = 0.25


@pytest.fixture
def tuned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fine-tuning adds TUNED to every weight."""

    def tune(self: Any, phase: Any) -> None:
        with torch.no_grad():
            for parameter in phase.learner.trainable().values():
                parameter.add_(TUNED)

    monkeypatch.setattr(task_vector.TaskVector, "_tune", tune)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_the_vector_is_subtracted(
    alpha: float, make_learner: MakeLearner, stream: Stream, tuned: None
) -> None:
    learner = make_learner("task_vector", strategy={"alpha": alpha, "target": "none"})
    before = weights(learner.model)
    apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    after = weights(learner.model)
    for name in before:
        torch.testing.assert_close(after[name], before[name] - alpha * TUNED)
        assert alpha or torch.equal(after[name], before[name])


def test_at_alpha_one_the_distance_equals_that_of_fine_tuning(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, torch.Tensor] = {}
    subtract = task_vector.subtract

    def watch(learner: Any, before: Any, vector: Any, alpha: float) -> None:
        seen.update(weights(learner.model))
        subtract(learner, before, vector, alpha)

    monkeypatch.setattr(task_vector, "subtract", watch)
    settings = {"alpha": 1.0, "target": "none", "steps": 3}
    learner = make_learner("task_vector", strategy=settings)
    before = weights(learner.model)
    apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    after = weights(learner.model)
    assert any(not torch.equal(seen[name], before[name]) for name in before)
    for name in before:
        expected = before[name] - (seen[name] - before[name])
        torch.testing.assert_close(after[name], expected)


def test_with_a_target_the_smallest_sufficient_multiple_is_subtracted(
    make_learner: MakeLearner, stream: Stream, tuned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["a sentence"], ["a sentence"], ["a sentence"], []])
    monkeypatch.setattr(Goal, "pending", lambda self: next(answers))
    learner = make_learner("task_vector", strategy={"alpha": 2.0})
    before = weights(learner.model)
    apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    after = weights(learner.model)
    for name in before:
        torch.testing.assert_close(after[name], before[name] - 0.6 * TUNED)
