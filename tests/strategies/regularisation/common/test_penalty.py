"""The shared quadratic penalty: its gradient, its micro-batches, its state."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor, nn

from cltool.strategies.regularisation.common.penalty import (
    DiagonalPenalty,
    add_quadratic,
    sample_batches,
    scale_to_mean_one,
)
from cltool.training.learner import Learner

from ....conftest import MakeLearner


def parameters(seed: int = 0) -> dict[str, nn.Parameter]:
    random = torch.Generator().manual_seed(seed)
    shapes = {"matrix": (3, 4), "gain": (5,)}
    return {n: nn.Parameter(torch.randn(shape, generator=random)) for n, shape in shapes.items()}


def held(importance: dict[str, Tensor]) -> DiagonalPenalty:
    diagonal = DiagonalPenalty(parameters())
    diagonal.accumulate(importance, decay=0.0, scale=1.0)
    return diagonal


def stand_in(own: dict[str, nn.Parameter]) -> Any:
    return SimpleNamespace(loss=torch.tensor(2.0), trainable=lambda: own)


IMPORTANCE = {"matrix": torch.rand(3, 4), "gain": torch.rand(5)}


@pytest.mark.parametrize("begun", [True, False], ids=["beside a gradient", "with none yet"])
def test_the_closed_form_gradient_equals_autograd(begun: bool) -> None:
    diagonal, moved = held(IMPORTANCE), parameters(1)
    penalty = 0.7 * diagonal.penalty(moved)
    expected = torch.autograd.grad(penalty, list(moved.values()))
    for parameter in moved.values():
        parameter.grad = torch.ones_like(parameter) if begun else None
    learner = stand_in(moved)
    diagonal.add_gradient(learner, 0.7)
    for parameter, grad in zip(moved.values(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, grad + float(begun))
    assert float(learner.loss) == pytest.approx(2.0 + float(penalty.detach()), rel=1e-5)
    assert not learner.loss.requires_grad


def test_later_parameters_have_no_penalty_before_the_anchor_is_set() -> None:
    diagonal, more = held(IMPORTANCE), parameters(1)
    more["late"] = nn.Parameter(torch.ones(2))
    diagonal.add_gradient(stand_in(more), 1.0)
    assert more["late"].grad is None
    assert more["gain"].grad is not None
    del more["gain"]
    diagonal.set_anchor(more)
    assert set(diagonal.anchor) == set(diagonal.importance) == {"matrix", "late"}
    assert torch.equal(diagonal.importance["matrix"], IMPORTANCE["matrix"])
    assert float(diagonal.importance["late"].sum()) == 0.0


def test_without_importances_there_is_no_penalty() -> None:
    learner = stand_in({})
    DiagonalPenalty({}).add_gradient(learner, 1.0)
    assert float(learner.loss) == 2.0


def test_accumulates_with_decay() -> None:
    diagonal = held(IMPORTANCE)
    diagonal.accumulate({name: torch.ones_like(t) for name, t in IMPORTANCE.items()}, 0.5, 3.0)
    torch.testing.assert_close(diagonal.importance["gain"], 0.5 * IMPORTANCE["gain"] + 3.0)


def test_the_state_is_a_copy_and_is_restored() -> None:
    diagonal, other = held(IMPORTANCE), DiagonalPenalty(parameters(2))
    other.load_state_dict(diagonal.state_dict())
    moved = parameters(3)
    assert torch.equal(other.penalty(moved), diagonal.penalty(moved))
    diagonal.importance["gain"].zero_()
    assert torch.equal(other.importance["gain"], IMPORTANCE["gain"])


def test_a_penalty_that_is_not_diagonal() -> None:
    own = nn.Parameter(torch.randn(4))
    form = torch.randn(4, 4)
    form = form @ form.T
    (expected,) = torch.autograd.grad(0.5 * 3.0 * own @ form @ own, [own])
    learner = stand_in({"own": own})
    moved = own.detach()
    add_quadratic(learner, {"own": moved}, {"own": form @ moved}, 3.0)
    torch.testing.assert_close(own.grad, expected)
    assert float(learner.loss) == pytest.approx(2.0 + float(1.5 * moved @ form @ moved), rel=1e-4)


def test_mean_one() -> None:
    scale = scale_to_mean_one(IMPORTANCE)
    scaled = torch.cat([scale * tensor.flatten() for tensor in IMPORTANCE.values()])
    assert float(scaled.mean()) == pytest.approx(1.0)
    assert scale_to_mean_one({"gain": torch.zeros(5)}) == 0.0
    assert scale_to_mean_one({}) == 0.0


def test_sampled_sentences(make_learner: MakeLearner) -> None:
    learner = make_learner("naive")
    facts = learner.known.valid()
    sampled = sample_batches(learner, facts, 40)
    assert [len(batch["labels"]) for batch in sampled] == [32, 8]
    whole = sample_batches(learner, facts, 10**6)
    assert sum(len(batch["labels"]) for batch in whole) == len(learner.examples(facts))
    assert all(
        torch.equal(one["input_ids"], other["input_ids"])
        for one, other in zip(sampled, sample_batches(learner, facts, 40), strict=True)
    )
    assert sample_batches(learner, [], 40) == []
    learner.settings = learner.settings.model_copy(update={"micro_batch_size": 5})
    small = sample_batches(learner, facts, 40)
    assert [len(batch["labels"]) for batch in small] == 8 * [5]
    assert sum(int(batch["attention_mask"].sum()) for batch in small) == sum(
        int(batch["attention_mask"].sum()) for batch in sampled
    )


class Shifted(SupervisedPlugin):  # type: ignore[misc]
    """Takes the loss's gradient out of a step and pushes the weights off their anchor.

    Standing before the strategy, it sees what the strategy adds to loss and gradient.
    """

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        self.loss = float(learner.loss.detach())
        with torch.no_grad():
            for number, parameter in enumerate(learner.trainable().values()):
                parameter += 0.01 * (number % 3 + 1)
                assert parameter.grad is not None
                parameter.grad.zero_()

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        (part,) = learner.strategies.parts.values()
        own = learner.trainable()
        penalty = part.penalty(learner)
        expected = torch.autograd.grad(penalty, list(own.values()), allow_unused=True)
        value = float(penalty.detach())
        assert value > 0
        assert float(learner.loss) - self.loss == pytest.approx(value, rel=1e-3)
        for (name, parameter), grad in zip(own.items(), expected, strict=True):
            assert grad is not None and parameter.grad is not None
            torch.testing.assert_close(parameter.grad, grad, rtol=1e-4, atol=1e-5, msg=name)
        self.steps += 1


@pytest.mark.parametrize("name", ["ewc", "kfac", "si", "mas", "rwalk", "l2_anchor"])
@pytest.mark.parametrize("micro", [None, 3])
def test_a_strategy_adds_its_penalty_to_each_step(
    name: str, micro: int | None, make_learner: MakeLearner
) -> None:
    shifted = Shifted()
    own: dict[str, Any] = {"lambda": 2.0}
    if name in ("si", "rwalk"):
        own["base_steps"] = 3
    settings = {"batch_size": 8, "micro_batch_size": micro, "epochs": 1}
    learner = make_learner(name, strategy=own, plugins=[shifted], **settings)
    learner.fit_examples(learner.examples(learner.known.valid())[:8])
    assert shifted.steps == 1
