"""`kfac`: the penalty's closed form, which parameters it covers, and what it keeps."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.regularisation.common.kronecker import kronecker_factors
from cltool.strategies.regularisation.common.penalty import sample_batches
from cltool.strategies.regularisation.common.per_sample import squared_gradients
from cltool.strategies.regularisation.kfac import KFAC
from cltool.training.learner import Learner

from ...conftest import ARCHITECTURES, MakeLearner, apply


def kfac_of(learner: Learner) -> KFAC:
    return cast(KFAC, learner.strategies.parts["kfac"])


def tensors(learner: Learner, part: str) -> dict[str, Tensor]:
    state = kfac_of(learner).state_dict()
    start = f"{part}."
    return {n.removeprefix(start): t.clone() for n, t in state.items() if n.startswith(start)}


def move(learner: Learner) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    moved = {}
    with torch.no_grad():
        for name, parameter in learner.trainable().items():
            moved[name] = 0.1 * torch.randn(parameter.shape, generator=generator)
            parameter.add_(moved[name])
    return moved


@pytest.mark.parametrize("name", ["llama", "gpt2"])
def test_the_penalty_in_its_closed_form(name: str, make_learner: MakeLearner) -> None:
    """λ/2 tr(Gᵀ ΔW A ΔWᵀ) for layers, λ/2 F Δ² for the rest, written out."""
    learner = make_learner("kfac", lm=name, strategy={"lambda": 3.0, "samples": 20})
    inputs, outputs = tensors(learner, "inputs"), tensors(learner, "outputs")
    fisher = tensors(learner, "importance")
    by_input = set(kfac_of(learner).state_dict()["by_input"])
    assert by_input == (set(inputs) if name == "gpt2" else set())
    expected = 0.0
    for parameter, step in move(learner).items():
        if parameter in fisher:
            expected += float((fisher[parameter] * step**2).sum())
            continue
        change = step.T if parameter in by_input else step
        product = outputs[parameter].T @ change @ inputs[parameter] @ change.T
        expected += float(product.trace())
    penalty = kfac_of(learner).penalty(learner)
    assert float(penalty.detach()) == pytest.approx(0.5 * 3.0 * expected, rel=1e-3)


def test_longer_sides_keep_the_diagonal_through_updates_and_erasures(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("kfac", strategy={"widest": 32, "samples": 20}, epochs=1, lr=1e-4)
    shapes = []
    for update in (None, *stream.updates[1:]):
        if update is not None:
            apply(learner, update)
        sides = {
            **tensors(learner, "inputs"),
            **{f"{n}.out": t for n, t in tensors(learner, "outputs").items()},
        }
        shapes.append({name: tuple(side.shape) for name, side in sides.items()})
    assert any(update.forget for update in stream.updates)
    assert {shape for one in shapes for shape in one.values()} >= {(48,), (32, 32)}
    assert not any(len(shape) == 2 and max(shape) > 32 for one in shapes for shape in one.values())
    assert all(one == shapes[0] for one in shapes)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_parameter_has_exactly_one_penalty(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"samples": 6}
    learner = make_learner("kfac", lm=name, strategy=settings, epochs=1, batch_size=32)
    factored, rest = set(tensors(learner, "inputs")), set(tensors(learner, "importance"))
    assert factored | rest == set(learner.trainable())
    assert not factored & rest
    assert len(factored) >= 6
    assert all(learner.trainable()[parameter].ndim == 2 for parameter in factored)
    if name == "mamba":
        # Its forward reads these weights without calling the layer.
        assert {n for n in rest if "dt_proj.weight" in n}
    apply(learner, stream.updates[1])
    assert set(tensors(learner, "inputs")) == factored
    # The anchor followed the weights.
    assert float(kfac_of(learner).penalty(learner).detach()) == 0.0


def test_does_not_depend_on_the_learners_batch_size(make_learner: MakeLearner) -> None:
    settings = {"normalise": False, "samples": 40}
    found = [make_learner("kfac", batch_size=size, strategy=settings) for size in (1, 16)]
    for part in ("inputs", "outputs", "importance"):
        for name, tensor in tensors(found[0], part).items():
            torch.testing.assert_close(tensor, tensors(found[1], part)[name])


@pytest.mark.parametrize("normalise", [True, False])
def test_one_pair_of_factors_is_kept_for_all_updates(
    normalise: bool, make_learner: MakeLearner, stream: Stream
) -> None:
    """A is the discounted mean, G the discounted sum."""
    settings = {"decay": 0.25, "normalise": normalise, "samples": 10_000}
    learner = make_learner("kfac", strategy=settings, epochs=1)
    inputs, outputs = tensors(learner, "inputs"), tensors(learner, "outputs")
    size = learner.strategies.stored_bytes()
    apply(learner, stream.updates[1])
    batches = sample_batches(learner, stream.updates[1].learn, 10_000)
    new = kronecker_factors(learner.model, learner.score, batches)
    rest = tensors(learner, "importance")
    fisher, count = squared_gradients(learner.model, learner.score, batches, rest)
    scale = 1.0
    if normalise:
        total = sum(float(tensor.sum()) for tensor in fisher.values()) / count
        total += sum(float(one.inputs.trace() * one.outputs.trace()) for one in new.values())
        scale = sum(p.numel() for p in learner.trainable().values()) / total
    for name, one in new.items():
        mean = (0.25 * inputs[name] + one.inputs) / 1.25
        total_outputs = 0.25 * outputs[name] + scale * one.outputs
        assert_near(tensors(learner, "inputs")[name], mean)
        assert_near(tensors(learner, "outputs")[name], total_outputs)
    assert abs(learner.strategies.stored_bytes() - size) < 16


def assert_near(tensor: Tensor, expected: Tensor) -> None:
    scale = 1e-4 * float(expected.abs().max())
    torch.testing.assert_close(tensor, expected, rtol=1e-3, atol=scale)


def test_facts_learned_twice_have_twice_the_weight(make_learner: MakeLearner) -> None:
    settings = {"lambda": 1.0, "samples": 10_000}
    learner = make_learner("kfac", strategy=settings)
    strategy = kfac_of(learner)
    facts = learner.known.valid()
    anchor = {name: p.detach().clone() for name, p in learner.trainable().items()}
    move(learner)
    once = float(strategy.penalty(learner).detach())
    with torch.no_grad():
        for name, parameter in learner.trainable().items():
            parameter.copy_(anchor[name])
    strategy._consolidate(learner, facts)
    move(learner)
    assert float(strategy.penalty(learner).detach()) == pytest.approx(2 * once, rel=1e-3)


def test_an_update_without_facts_only_decays_the_factors(make_learner: MakeLearner) -> None:
    learner = make_learner("kfac", strategy={"decay": 0.5, "samples": 20})
    inputs, outputs = tensors(learner, "inputs"), tensors(learner, "outputs")
    kfac_of(learner)._consolidate(learner, [])
    for name, tensor in tensors(learner, "outputs").items():
        assert torch.equal(tensor, 0.5 * outputs[name])
        assert torch.equal(tensors(learner, "inputs")[name], inputs[name])


@pytest.mark.parametrize("order", ["lora+kfac", "kfac+lora"])
def test_with_an_adapter_only_the_adapter_is_penalised(
    order: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(order, strategy={"samples": 20}, epochs=1)
    apply(learner, stream.updates[1])
    held = set(tensors(learner, "inputs")) | set(tensors(learner, "importance"))
    assert held == set(learner.trainable())
    assert all("lora_" in name for name in tensors(learner, "inputs"))
