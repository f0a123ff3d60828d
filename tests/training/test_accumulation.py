"""A step has the gradient of its whole batch, however the batch is split."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ..conftest import ARCHITECTURES, MakeLearner, apply, weights
from .learner_tools import Gradients, some_examples


def close(one: dict[str, Tensor], other: dict[str, Tensor], atol: float = 1e-6) -> None:
    assert list(one) == list(other)
    for name in one:
        torch.testing.assert_close(one[name], other[name], atol=atol, rtol=1e-4, msg=name)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_padded_batch_has_the_gradient_of_its_sentences_one_by_one(
    name: str, make_learner: MakeLearner
) -> None:
    watch = Gradients()
    learner = make_learner(
        lm=name, plugins=[watch], optimizer="sgd", epochs=1, batch_size=8, clip=0.0, lr=1e-3
    )
    examples = some_examples(learner, 8)
    lm = learner.lm
    tokens = sum(len(example) - example.start for example in examples)
    for example in examples:
        ids = torch.tensor([example.ids])
        logits = lm.model(input_ids=ids).logits[0, example.start - 1 : -1]
        target = torch.tensor(example.ids[example.start :])
        loss = torch.nn.functional.cross_entropy(logits, target, reduction="sum")
        (loss / tokens).backward()
    expected = {n: p.grad.clone() for n, p in lm.model.named_parameters() if p.grad is not None}
    learner.fit_examples(examples)
    assert len(watch.steps) == 1
    scale = max(float(grad.abs().max()) for grad in expected.values())
    close(watch.steps[0], expected, atol=1e-5 * scale)


@pytest.mark.parametrize("strategy", ["naive", "ewc", "replay+ewc"])
@pytest.mark.parametrize("loss", ["answer", "all"])
def test_eight_micro_batches_of_one_are_one_batch_of_eight(
    strategy: str, loss: str, make_learner: MakeLearner, stream: Stream
) -> None:
    found = []
    for micro in (1, 3, 8):
        watch = Gradients()
        learner = make_learner(
            strategy,
            plugins=[watch],
            batch_size=8,
            micro_batch_size=micro,
            optimizer="sgd",
            lr=1e-2,
            epochs=2,
            loss=loss,
        )
        start = weights(learner.model)
        if strategy != "naive":
            # Away from the anchor, so that the penalty has a gradient from the first step on.
            with torch.no_grad():
                for parameter in learner.model.parameters():
                    parameter.add_(0.01)
        apply(learner, stream.updates[1])
        found.append((weights(learner.model), watch.steps))
        assert any(not torch.equal(start[name], found[-1][0][name]) for name in start)
    for state, steps in found[1:]:
        assert len(steps) == len(found[0][1]) > 2
        close(state, found[0][0], atol=2e-5)
        scale = max(float(grad.abs().max()) for grad in steps[0].values())
        close(steps[0], found[0][1][0], atol=1e-5 * scale)


def test_a_penalty_counts_once_per_step_with_any_micro_batch_size(
    make_learner: MakeLearner,
) -> None:
    class Penalty(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def before_backward(self, learner: Learner, **kwargs: Any) -> None:
            learner.loss = learner.loss * 0 + learner.model.lm_head.weight.sum()

    for micro in (1, 3, 8):
        watch = Gradients()
        learner = make_learner(
            plugins=[Penalty(), watch], batch_size=8, micro_batch_size=micro, epochs=1
        )
        learner.fit_examples(some_examples(learner, 8))
        grad = watch.steps[0]["lm_head.weight"]
        torch.testing.assert_close(grad, torch.ones_like(grad))
