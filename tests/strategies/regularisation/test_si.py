"""`si`: who is credited for an update, and how credits become importances."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.regularisation.si import SI
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights


def importance(learner: Learner) -> dict[str, Tensor]:
    state = cast(SI, learner.strategies.parts["si"]).state_dict()
    start = "importance."
    return {n.removeprefix(start): t.clone() for n, t in state.items() if n.startswith(start)}


class Trace(SupervisedPlugin):  # type: ignore[misc]
    """Standing before the strategy, it keeps the loss's gradient and every step."""

    def __init__(self) -> None:
        super().__init__()
        self.credit: dict[str, Tensor] = {}

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        own = learner.trainable()
        self.grads = {n: p.grad.clone() for n, p in own.items()}
        self.before = {n: p.detach().clone() for n, p in own.items()}

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        for name, parameter in learner.trainable().items():
            share = -self.grads[name] * (parameter.detach() - self.before[name])
            self.credit[name] = self.credit.get(name, torch.zeros_like(share)) + share


def test_the_update_in_its_closed_form(make_learner: MakeLearner, stream: Stream) -> None:
    """Ω ← γ Ω + max(ω, 0) / (Δ² + ξ), whatever the penalty pulled and the clip cut."""
    trace = Trace()
    settings = {"decay": 0.25, "normalise": False, "damping": 1e-3, "base_steps": 4, "lambda": 1.0}
    learner = make_learner("si", strategy=settings, plugins=[trace], epochs=2, clip=0.1)
    old, start = importance(learner), weights(learner.model)
    apply(learner, stream.updates[1])
    new = importance(learner)
    assert any(float(share.min()) < 0 for share in trace.credit.values())
    for name, parameter in learner.trainable().items():
        way = parameter.detach() - start[name]
        expected = 0.25 * old[name] + trace.credit[name].clamp(min=0) / (way**2 + 1e-3)
        torch.testing.assert_close(new[name], expected, rtol=1e-3, atol=1e-6)


def test_the_base_pass_leaves_the_weights_unchanged(make_learner: MakeLearner) -> None:
    learner = make_learner("si", strategy={"base_steps": 5}, attach=False)
    before = weights(learner.model)
    learner.strategies.attach(learner)
    assert all(torch.equal(t, before[name]) for name, t in learner.model.state_dict().items())
    total = torch.cat([tensor.flatten() for tensor in importance(learner).values()])
    assert float(total.mean()) == pytest.approx(1.0, rel=1e-3)
    without = make_learner("si", strategy={"base_steps": 0})
    assert all(float(tensor.sum()) == 0.0 for tensor in importance(without).values())


def test_memory_does_not_grow(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("si", strategy={"base_steps": 2}, epochs=1)
    sizes = [learner.strategies.stored_bytes()]
    for update in stream.updates[1:]:
        apply(learner, update)
        sizes.append(learner.strategies.stored_bytes())
    assert set(sizes) == {2 * 4 * sum(p.numel() for p in learner.trainable().values())}
    # Held where they are now, not where they began.
    anchor = cast(SI, learner.strategies.parts["si"])._quadratic.anchor
    assert all(torch.equal(anchor[name], p) for name, p in learner.trainable().items())


def test_with_an_adapter_only_the_adapter_is_penalised(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora+si", strategy={"base_steps": 2}, epochs=1)
    apply(learner, stream.updates[1])
    assert set(importance(learner)) == set(learner.trainable())
