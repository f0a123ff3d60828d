"""Contributions to the decrease of the loss, and restored weights."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor

from cltool.lm.batches import Batch
from cltool.lm.scoring import Scored
from cltool.strategies.regularisation.common.path_integral import StepRecorder, train_and_restore
from cltool.training.learner import Learner

from ....conftest import MakeLearner, weights


def zeros(learner: Learner) -> dict[str, Tensor]:
    return {name: torch.zeros_like(p) for name, p in learner.trainable().items()}


def test_contributions_add_up_to_the_decrease_in_loss(make_learner: MakeLearner) -> None:
    """Steps of plain gradient descent, so short that the path integral is nearly exact."""
    learner = make_learner("naive", optimizer="sgd", lr=1e-4, clip=0)
    batch = learner.collate(learner.examples(learner.known.valid())[:16])
    own, contributions, steps = learner.trainable(), zeros(learner), StepRecorder()
    optimizer = torch.optim.SGD(own.values(), lr=1e-4)
    losses = []
    for _ in range(20):
        scored = learner.score(batch)
        loss = scored.loss_sum() / scored.tokens()
        losses.append(float(loss.detach()))
        torch.autograd.backward(loss)
        steps.begin(own)
        optimizer.step()
        steps.end(own, contributions)
        optimizer.zero_grad()
    with torch.no_grad():
        scored = learner.score(batch)
        fall = losses[0] - float(scored.loss_sum() / scored.tokens())
    assert fall > 0.01
    assert sum(float(tensor.sum()) for tensor in contributions.values()) == pytest.approx(
        fall, rel=0.05
    )


def test_the_weights_are_restored(make_learner: MakeLearner) -> None:
    learner = make_learner("naive")
    before, contributions, total = weights(learner.model), zeros(learner), zeros(learner)
    count, tokens = 0, learner.tokens
    for moved in train_and_restore(learner, learner.known.valid(), 7, contributions):
        count += 1
        for name, step in moved.items():
            total[name] += step
    assert count == 7
    assert learner.tokens > tokens
    assert all(torch.equal(t, before[name]) for name, t in learner.model.state_dict().items())
    assert all(p.grad is None for p in learner.model.parameters())
    assert not learner.model.training
    assert sum(float(tensor.abs().sum()) for tensor in total.values()) > 0
    assert sum(float(tensor.sum()) for tensor in contributions.values()) > 0


def test_the_path_does_not_depend_on_micro_batches(make_learner: MakeLearner) -> None:
    found = []
    for size in (None, 3):
        learner = make_learner("naive", optimizer="sgd", lr=1e-2, micro_batch_size=size)
        widest, score = 0, learner.score

        def watched(batch: Batch, score: Any = score) -> Scored:
            nonlocal widest
            widest = max(widest, len(batch["labels"]))
            return cast(Scored, score(batch))

        learner.score = watched  # type: ignore[method-assign]
        contributions = zeros(learner)
        list(train_and_restore(learner, learner.known.valid(), 3, contributions))
        assert widest == (size or learner.settings.batch_size)
        found.append(contributions)
    for name, tensor in found[0].items():
        scale = 1e-3 * float(tensor.abs().max())
        torch.testing.assert_close(found[1][name], tensor, rtol=1e-2, atol=scale)


def test_it_is_deterministic(make_learner: MakeLearner) -> None:
    found = []
    for _ in range(2):
        learner = make_learner("naive")
        found.append(zeros(learner))
        assert len(list(train_and_restore(learner, learner.known.valid(), 3, found[-1]))) == 3
    assert all(torch.equal(tensor, found[1][name]) for name, tensor in found[0].items())


@pytest.mark.parametrize(("facts", "steps"), [(0, 5), (3, 0)])
def test_without_facts_or_steps_there_is_no_path(
    facts: int, steps: int, make_learner: MakeLearner
) -> None:
    learner = make_learner("naive")
    assert (
        list(train_and_restore(learner, learner.known.valid()[:facts], steps, zeros(learner))) == []
    )
