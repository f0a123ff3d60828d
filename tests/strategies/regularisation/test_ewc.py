"""`ewc`: the penalty, its gradient, and what it keeps."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.regularisation.ewc import EWC
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply


def ewc_of(learner: Learner) -> EWC:
    return cast(EWC, learner.strategies.parts["ewc"])


def kept(learner: Learner, what: str) -> dict[str, Tensor]:
    """The Fisher information or the anchor, by parameter."""
    state = ewc_of(learner).state_dict()
    return {n.split(".", 1)[1]: t.clone() for n, t in state.items() if n.startswith(f"{what}.")}


def move(learner: Learner, seed: int = 0) -> dict[str, Tensor]:
    """Push every weight away from the anchor; the displacement."""
    generator = torch.Generator().manual_seed(seed)
    moved = {}
    with torch.no_grad():
        for name, parameter in learner.trainable().items():
            moved[name] = 0.1 * torch.randn(parameter.shape, generator=generator)
            parameter.add_(moved[name])
    return moved


@pytest.mark.parametrize("strength", [0.0, 1.0, 7.5])
def test_the_gradient_is_lambda_fisher_times_distance(
    strength: float, make_learner: MakeLearner
) -> None:
    learner = make_learner("ewc", strategy={"lambda": strength})
    fisher = kept(learner, "importance")
    moved = move(learner)
    penalty = ewc_of(learner).penalty(learner)
    expected = 0.5 * strength * sum(float((fisher[n] * moved[n] ** 2).sum()) for n in moved)
    assert float(penalty.detach()) == pytest.approx(expected, rel=1e-4)
    names = list(learner.trainable())
    grads = torch.autograd.grad(penalty, list(learner.trainable().values()))
    for name, grad in zip(names, grads, strict=True):
        torch.testing.assert_close(
            grad, strength * fisher[name] * moved[name], rtol=1e-3, atol=1e-4
        )


def test_no_penalty_at_the_anchor(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("ewc", epochs=2)
    assert float(ewc_of(learner).penalty(learner).detach()) == 0.0
    apply(learner, stream.updates[1])
    # The anchor followed the weights.
    assert float(ewc_of(learner).penalty(learner).detach()) == 0.0
    anchor = kept(learner, "anchor")
    for name, parameter in learner.trainable().items():
        assert torch.equal(anchor[name], parameter)


def test_the_fisher_is_the_mean_of_squared_gradients_of_single_sentences(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("ewc", attach=False, strategy={"samples": 10_000})
    facts = list(stream.updates[0].learn)[:3]
    examples = learner.examples(facts)
    expected = {name: torch.zeros_like(p) for name, p in learner.trainable().items()}
    for example in examples:
        scored = learner.score(learner.collate([example]))
        grads = torch.autograd.grad(scored.loss_sum(), list(learner.trainable().values()))
        for name, grad in zip(expected, grads, strict=True):
            expected[name] += grad**2 / len(examples)
    fisher = ewc_of(learner).importances(learner, facts)[0]
    for name in expected:
        torch.testing.assert_close(fisher[name], expected[name], rtol=1e-3, atol=1e-5)


def test_the_fisher_does_not_depend_on_the_learners_batch_size(
    make_learner: MakeLearner,
) -> None:
    found = [
        kept(make_learner("ewc", batch_size=size, strategy={"normalise": False}), "importance")
        for size in (1, 8, 64)
    ]
    for other in found[1:]:
        for name, tensor in found[0].items():
            torch.testing.assert_close(tensor, other[name])


def test_online_fisher(make_learner: MakeLearner, stream: Stream) -> None:
    # F <- gamma F + F_update, with F_update taken at the weights after the update.
    settings = {"decay": 0.25, "normalise": False, "samples": 10_000}
    learner = make_learner("ewc", strategy=settings, epochs=1)
    before = kept(learner, "importance")
    apply(learner, stream.updates[1])
    update = ewc_of(learner).importances(learner, stream.updates[1].learn)[0]
    for name, tensor in kept(learner, "importance").items():
        torch.testing.assert_close(tensor, 0.25 * before[name] + update[name], rtol=1e-3, atol=1e-5)


def test_normalised_to_a_mean_of_one_for_each_update(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("ewc", epochs=1)
    size = sum(p.numel() for p in learner.trainable().values())
    for updates in (1, 2):
        total = sum(float(tensor.sum()) for tensor in kept(learner, "importance").values())
        assert total / size == pytest.approx(updates, rel=1e-3)
        apply(learner, stream.updates[updates])


def test_memory_does_not_grow_with_the_updates(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("ewc", epochs=1)
    sizes = [learner.strategies.stored_bytes()]
    for update in stream.updates[1:]:
        apply(learner, update)
        sizes.append(learner.strategies.stored_bytes())
    assert len(set(sizes)) == 1
    # Fisher information and anchor, and a number for each step of the stream.
    parameters = sum(p.numel() for p in learner.trainable().values())
    assert sizes[0] == 2 * 4 * parameters + 8 * len(stream)


def test_samples_limits_the_number_of_sentences(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.strategies.regularisation import ewc

    counts: list[int] = []
    plain = ewc.squared_gradients

    def counted(*args: Any) -> Any:
        sums, count = plain(*args)
        counts.append(count)
        return sums, count

    monkeypatch.setattr(ewc, "squared_gradients", counted)
    learner = make_learner("ewc", strategy={"samples": 40}, epochs=1)
    apply(learner, stream.updates[1])
    assert counts == [40, len(learner.examples(stream.updates[1].learn))]


def test_a_strong_penalty_keeps_the_weights_near_the_anchor(
    make_learner: MakeLearner, stream: Stream
) -> None:
    moved = {}
    for strength in (0.0, 10.0):
        learner = make_learner(
            "ewc", strategy={"lambda": strength}, epochs=4, optimizer="sgd", lr=1e-2
        )
        anchor, fisher = kept(learner, "anchor"), kept(learner, "importance")
        apply(learner, stream.updates[1])
        moved[strength] = sum(
            float((fisher[n] * (p.detach() - anchor[n]) ** 2).sum())
            for n, p in learner.trainable().items()
        )
    assert moved[10.0] < 0.8 * moved[0.0]


def test_the_state_survives_a_round_trip(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("ewc", epochs=1)
    apply(learner, stream.updates[1])
    move(learner)
    state = {name: tensor.clone() for name, tensor in ewc_of(learner).state_dict().items()}
    other = make_learner("ewc", lm=learner.lm)
    assert float(ewc_of(other).penalty(other).detach()) == 0.0
    ewc_of(other).load_state_dict(state)
    assert torch.equal(ewc_of(other).penalty(other), ewc_of(learner).penalty(learner))
    assert float(ewc_of(other).penalty(other).detach()) > 0
    # What was given is a copy: what the other does next does not change it.
    apply(other, stream.updates[1])
    for name, tensor in ewc_of(learner).state_dict().items():
        assert torch.equal(tensor, state[name])


@pytest.mark.parametrize("order", ["lora+ewc", "ewc+lora"])
def test_with_an_adapter_only_the_adapter_is_penalised(
    order: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(order, epochs=1)
    apply(learner, stream.updates[1])
    assert set(kept(learner, "importance")) == set(learner.trainable())
    assert all("lora_" in name for name in kept(learner, "importance"))
