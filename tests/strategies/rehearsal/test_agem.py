"""`agem`: the projection, and the memory that its reference gradient comes from."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.strategies.rehearsal import agem
from cltool.strategies.rehearsal.agem import AGEM, project
from cltool.strategies.rehearsal.common.gradients import mean_gradient
from cltool.training.learner import Learner

from ...conftest import FORGOTTEN, MakeLearner, apply


def agem_of(learner: Learner) -> AGEM:
    return cast(AGEM, learner.strategies.parts["agem"])


def random_gradients(learner: Learner, seed: int) -> dict[str, Tensor]:
    random = torch.Generator().manual_seed(seed)
    return {n: torch.randn(p.shape, generator=random) for n, p in learner.trainable().items()}


def flat(tensors: dict[str, Tensor]) -> Tensor:
    return torch.cat([tensor.flatten() for tensor in tensors.values()]).double()


def set_gradients(learner: Learner, grads: dict[str, Tensor]) -> None:
    for name, parameter in learner.trainable().items():
        parameter.grad = grads[name].clone()


def gradients(learner: Learner) -> dict[str, Tensor]:
    found = {n: p.grad for n, p in learner.trainable().items()}
    return {n: grad.clone() for n, grad in found.items() if grad is not None}


def test_the_component_against_the_reference_is_removed(make_learner: MakeLearner) -> None:
    learner = make_learner("naive")
    own, reference = random_gradients(learner, 0), random_gradients(learner, 1)
    against = {name: tensor - 0.3 * reference[name] for name, tensor in own.items()}
    g, ref = flat(against), flat(reference)
    assert g @ ref < 0
    set_gradients(learner, against)
    project(learner, reference)
    found = flat(gradients(learner))
    torch.testing.assert_close(found, g - (g @ ref) / (ref @ ref) * ref, rtol=1e-4, atol=1e-5)
    assert abs(float(found @ ref)) < 1e-4 * float(g.norm() * ref.norm())


def test_a_gradient_that_agrees_with_the_reference_is_unchanged(make_learner: MakeLearner) -> None:
    learner = make_learner("naive")
    own, reference = random_gradients(learner, 0), random_gradients(learner, 1)
    along = {name: tensor + 0.3 * reference[name] for name, tensor in own.items()}
    set_gradients(learner, along)
    project(learner, reference)
    for name, grad in gradients(learner).items():
        assert torch.equal(grad, along[name])


@pytest.mark.parametrize("micro", [None, 5])
def test_no_gradient_opposes_the_memory(
    micro: int | None,
    make_learner: MakeLearner,
    stream: Stream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cosines: list[tuple[float, float]] = []

    def watched(learner: Learner, reference: dict[str, Tensor]) -> None:
        before = flat(gradients(learner)) @ flat(reference)
        project(learner, reference)
        after = flat(gradients(learner)) @ flat(reference)
        cosines.append((float(before), float(after / flat(reference).norm() ** 2)))

    monkeypatch.setattr(agem, "project", watched)
    learner = make_learner("agem", epochs=4, micro_batch_size=micro, stop_at=2)
    apply(learner, stream.updates[1])
    assert min(before for before, _ in cosines) < 0
    assert min(after for _, after in cosines) > -1e-5


def test_the_reference_gradient_is_of_the_memory_and_counted(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def counted(learner: Learner, examples: list[object]) -> dict[str, Tensor]:
        true = {e for e in learner.examples(learner.known.valid())}
        new = {e for e in learner.examples(stream.updates[1].learn)}
        assert set(examples) <= true - new
        sizes.append(sum(map(len, examples)))  # type: ignore[arg-type]
        return mean_gradient(learner, examples)  # type: ignore[arg-type]

    monkeypatch.setattr(agem, "mean_gradient", counted)
    learner = make_learner("agem", strategy={"sentences": 9}, epochs=2, stop_at=2)
    apply(learner, stream.updates[1])
    own = 2 * sum(map(len, learner.examples(stream.updates[1].learn)))
    assert len(sizes) == 2 * len(learner.loader)
    assert learner.tokens == own + sum(sizes)


def test_the_memory_contains_only_valid_facts(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("agem", strategy={"capacity": 14}, epochs=1)
    for update in stream.updates[1:]:
        apply(learner, update)
        held = agem_of(learner)._buffer.facts
        assert 0 < len(held) <= 14 and set(held) <= set(learner.known.valid())
    assert FORGOTTEN not in {fact.key for fact in held}


def test_an_empty_memory_changes_no_gradient(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("agem", strategy={"capacity": 1}, epochs=1)
    other = make_learner("naive", epochs=1)
    (only,) = agem_of(learner)._buffer.facts
    update = Update(1, "one", stream.updates[1].learn, (only,))
    for one in (learner, other):
        apply(one, update)
    for name, parameter in learner.trainable().items():
        assert torch.equal(parameter, other.trainable()[name])


def test_with_an_adapter_only_its_gradients_count(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora+agem", epochs=1)
    apply(learner, stream.updates[1])
    assert all("lora_" in name for name in learner.trainable())
