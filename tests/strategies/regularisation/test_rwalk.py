"""`rwalk`: Fisher information and path scores, and how they are blended."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.regularisation.common.penalty import sample_batches
from cltool.strategies.regularisation.common.per_sample import squared_gradients
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply
from .test_si import Trace


def part(learner: Learner, name: str) -> dict[str, Tensor]:
    state: dict[str, Any] = learner.strategies.parts["rwalk"].state_dict()
    start = f"{name}."
    return {n.removeprefix(start): t.clone() for n, t in state.items() if n.startswith(start)}


def of_mean_one(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    mean = torch.cat([tensor.flatten() for tensor in tensors.values()]).mean()
    return {name: tensor / mean for name, tensor in tensors.items()}


class Stretches(Trace):
    """The score, a stretch of ``length`` steps at a time."""

    def __init__(self, length: int, damping: float) -> None:
        super().__init__()
        self.length, self.damping = length, damping
        self.steps = 0
        self.scores: dict[str, Tensor] = {}
        self.begun: dict[str, Tensor] = {}

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self.fisher = part(learner, "fisher")

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        if self.steps % self.length == 0:
            self.begun, self.credit = dict(self.before), {}
        super().after_update(learner, **kwargs)
        self.steps += 1
        if self.steps % self.length == 0:
            self.close(learner)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        if self.steps % self.length:
            self.close(learner)

    def close(self, learner: Learner) -> None:
        for name, parameter in learner.trainable().items():
            way = parameter.detach() - self.begun[name]
            divergence = 0.5 * self.fisher[name] * way**2 + self.damping
            score = self.credit[name].clamp(min=0) / divergence
            self.scores[name] = self.scores.get(name, torch.zeros_like(score)) + score


def test_the_update_in_its_closed_form(make_learner: MakeLearner, stream: Stream) -> None:
    trace = Stretches(3, 1e-4)
    settings = {"decay": 0.25, "damping": 1e-4, "stretch": 3, "base_steps": 4, "samples": 10_000}
    learner = make_learner("rwalk", strategy=settings, plugins=[trace], epochs=2, batch_size=8)
    fisher, scores = part(learner, "fisher"), part(learner, "score")
    apply(learner, stream.updates[1])
    assert trace.steps > 3 and trace.steps % 3
    batches = sample_batches(learner, stream.updates[1].learn, 10_000)
    sums, _ = squared_gradients(learner.model, learner.score, batches)
    for old, new, found in (
        (fisher, of_mean_one(sums), part(learner, "fisher")),
        (scores, of_mean_one(trace.scores), part(learner, "score")),
    ):
        for name, tensor in found.items():
            expected = 0.25 * old[name] + 0.75 * new[name]
            scale = 1e-3 * float(expected.mean())
            torch.testing.assert_close(tensor, expected, rtol=1e-2, atol=scale, msg=name)


def test_both_are_in_the_penalty_and_are_restored(
    make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"lambda": 2.0, "base_steps": 4, "samples": 20}
    learner = make_learner("rwalk", strategy=settings, epochs=1)
    apply(learner, stream.updates[1])
    strategy: Any = learner.strategies.parts["rwalk"]
    fisher, scores = part(learner, "fisher"), part(learner, "score")
    with torch.no_grad():
        for parameter in learner.trainable().values():
            parameter.add_(0.1)
    total = sum(float((fisher[name] + scores[name]).sum()) for name in fisher)
    penalty = float(strategy.penalty(learner).detach())
    assert penalty == pytest.approx(0.5 * 2.0 * 0.01 * total, rel=1e-3)
    other = make_learner("rwalk", lm=learner.lm, strategy=settings)
    resumed: Any = other.strategies.parts["rwalk"]
    resumed.load_state_dict(strategy.state_dict())
    assert float(resumed.penalty(other).detach()) == penalty


def test_both_always_have_a_mean_of_one(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("rwalk", strategy={"base_steps": 3, "samples": 20}, epochs=1)
    sizes = set()
    for update in (None, *stream.updates[1:]):
        if update is not None:
            apply(learner, update)
        for name in ("fisher", "score"):
            total = torch.cat([tensor.flatten() for tensor in part(learner, name).values()])
            assert float(total.mean()) == pytest.approx(1.0, rel=1e-3)
        sizes.add(learner.strategies.stored_bytes())
    assert len(sizes) == 1


def test_with_an_adapter_only_the_adapter_is_penalised(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora+rwalk", strategy={"base_steps": 2, "samples": 20}, epochs=1)
    apply(learner, stream.updates[1])
    assert set(part(learner, "score")) == set(part(learner, "fisher")) == set(learner.trainable())
