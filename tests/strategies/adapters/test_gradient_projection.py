"""`gradient_projection`: what is protected, and that no step goes there."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor
from transformers.pytorch_utils import Conv1D

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.strategies.adapters.gradient_projection import (
    GradientProjection,
    more_directions,
    second_moments,
    strong_directions,
    trained_layers,
)
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights


def projection_of(learner: Learner) -> GradientProjection:
    return cast(GradientProjection, learner.strategies.parts["gradient_projection"])


def bases(learner: Learner) -> dict[str, Tensor]:
    """Layer → its protected directions, (inputs, protected)."""
    state = projection_of(learner).state_dict()
    found = {n: t.clone() for n, t in state.items() if n.startswith("basis.")}
    return {name.removeprefix("basis."): tensor for name, tensor in found.items()}


def inputs(count: int, width: int, seed: int, rank: int | None = None) -> Tensor:
    """(count, width), within a random subspace where a rank is given."""
    random = torch.Generator().manual_seed(seed)
    made = torch.randn(count, rank or width, generator=random, dtype=torch.float64)
    if rank is None:
        return made * torch.arange(width, 0, -1)
    return made @ torch.randn(rank, width, generator=random, dtype=torch.float64)


def inputs_of(learner: Learner, example: Encoded) -> dict[str, Tensor]:
    """Layer → its inputs at the example's tokens, (tokens, inputs)."""
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        return lambda module, given: seen.update({name: given[0].flatten(0, -2)})

    layers = trained_layers(learner)
    hooks = [layer.register_forward_pre_hook(keep(name)) for name, layer in layers.items()]
    with torch.no_grad():
        learner.score(learner.collate([example]))
    for hook in hooks:
        hook.remove()
    return seen


# Which directions are protected.


@pytest.mark.parametrize("energy", [0.5, 0.9, 0.999])
def test_gpm_keeps_the_share_with_the_fewest_directions(energy: float) -> None:
    x = inputs(200, 12, 0)
    basis = more_directions(x.new_zeros(12, 0), x.T @ x, energy)
    u, s, _ = torch.linalg.svd(x.T, full_matrices=False)
    shares = (s**2).cumsum(0) / (s**2).sum()
    count = int((shares < energy).sum()) + 1
    assert basis.shape == (12, count)
    torch.testing.assert_close(basis @ basis.T, u[:, :count] @ u[:, :count].T)


def test_gpm_adds_only_missing_directions() -> None:
    old, new = inputs(50, 12, 1, rank=4), inputs(50, 12, 2, rank=3)
    first = more_directions(old.new_zeros(12, 0), old.T @ old, 1 - 1e-9)
    assert first.shape[1] == 4
    again = more_directions(first, old.T @ old, 0.999)
    assert torch.equal(again, first)
    both = more_directions(first, new.T @ new, 1 - 1e-9)
    assert both.shape[1] == 7
    assert torch.equal(both[:, :4], first)
    torch.testing.assert_close(both.T @ both, torch.eye(7, dtype=both.dtype))
    torch.testing.assert_close(new @ both @ both.T, new)


def test_gpm_can_fill_up() -> None:
    x = inputs(50, 6, 3)
    full = more_directions(x.new_zeros(6, 0), x.T @ x, 1.0)
    assert full.shape == (6, 6)
    assert more_directions(full, x.T @ x, 1.0).shape == (6, 6)


def test_null_space_frees_eigenvalues_near_the_smallest() -> None:
    q = torch.linalg.qr(inputs(5, 5, 4)).Q
    moment = q @ torch.diag(torch.tensor([1.0, 5.0, 20.0, 21.0, 300.0]).double()) @ q.T
    for ratio, free in ((1.0, 1), (5.5, 2), (20.5, 3), (1e4, 5)):
        basis = strong_directions(moment, ratio)
        assert basis.shape == (5, 5 - free)
        torch.testing.assert_close(basis.T @ q[:, :free], basis.new_zeros(5 - free, free))


def test_null_space_of_inputs_that_leave_directions_unused() -> None:
    x = inputs(50, 8, 5, rank=3)
    basis = strong_directions(x.T @ x, 10.0)
    assert basis.shape == (8, 3)
    torch.testing.assert_close(x @ basis @ basis.T, x)


@pytest.mark.parametrize("lm", ["llama", "gpt2", "opt"])
def test_moments_are_of_every_token_but_padding(
    lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive", lm=lm)
    layers = trained_layers(learner)
    facts = list(stream.updates[0].learn)[:3]
    expected: dict[str, Tensor] = {}
    tokens = 0
    for example in learner.examples(facts):
        tokens += len(example)
        for name, x in inputs_of(learner, example).items():
            moment = x.double().T @ x.double()
            expected[name] = expected[name] + moment if name in expected else moment
    found, count = second_moments(learner, layers, facts)
    assert count == tokens
    assert found.keys() == layers.keys() == expected.keys()
    for name, moment in found.items():
        if "lm_head" not in name:  # which is only given what predicts a learned token
            torch.testing.assert_close(moment, expected[name], rtol=1e-4, atol=1e-3)


# Steps.


@pytest.mark.parametrize("optimizer", ["adamw", "sgd", "muon"])
@pytest.mark.parametrize("method", ["gpm", "null_space"])
def test_the_step_is_orthogonal_to_protected_directions(
    method: str, optimizer: str, make_learner: MakeLearner, stream: Stream
) -> None:
    check_steps(make_learner, stream, "llama", {"method": method}, optimizer=optimizer)


@pytest.mark.parametrize("lm", ["gpt2", "gpt_neox", "mamba"])
def test_other_architectures(lm: str, make_learner: MakeLearner, stream: Stream) -> None:
    check_steps(make_learner, stream, lm, {"energy": 0.9})


def test_micro_batches(make_learner: MakeLearner, stream: Stream) -> None:
    check_steps(make_learner, stream, "llama", {"energy": 0.9}, batch_size=8, micro_batch_size=3)


def check_steps(
    make_learner: MakeLearner, stream: Stream, lm: str, strategy: dict[str, Any], **settings: Any
) -> None:
    learner = make_learner(
        "gradient_projection", lm=lm, strategy=strategy, epochs=3, weight_decay=0.1, **settings
    )
    layers = trained_layers(learner)
    for update in stream.updates[1:3]:
        protected, before = bases(learner), weights(learner.model)
        apply(learner, update)
        after = weights(learner.model)
        some = 0
        for name, basis in protected.items():
            moved = after[f"{name}.weight"] - before[f"{name}.weight"]
            moved = moved.T if isinstance(layers[name], Conv1D) else moved
            assert float((moved @ basis).abs().max()) < 1e-5
            some += float(moved.abs().max()) > 1e-4
        assert some > len(protected) / 2
        frozen = before.keys() - {f"{name}.weight" for name in protected}
        assert all(torch.equal(before[name], after[name]) for name in frozen)


def test_earlier_inputs_are_answered_as_before(make_learner: MakeLearner, stream: Stream) -> None:
    facts = stream.updates[0].learn
    changes = []
    for strategy in ({"energy": 0.9999}, {"energy": 0.3}):
        learner = make_learner("gradient_projection", strategy=strategy, epochs=4)
        batch = learner.collate(learner.examples(facts))
        with torch.no_grad():
            before = learner.score(batch).logits
        apply(learner, stream.updates[1])
        with torch.no_grad():
            changes.append(float((learner.score(batch).logits - before).abs().mean()))
    assert changes[0] < 0.2 * changes[1]


def test_other_parameters_can_be_left_unprojected(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gradient_projection", strategy={"others": "free"}, epochs=1)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    after = weights(learner.model)
    assert any(not torch.equal(before[n], after[n]) for n in before if "norm" in n)
    assert any(not torch.equal(before[n], after[n]) for n in before if "embed" in n)


# What is kept.


@pytest.mark.parametrize("method", ["gpm", "null_space"])
def test_memory_is_bounded_by_the_square_of_the_inputs(
    method: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gradient_projection", strategy={"method": method}, epochs=1)
    sizes = {name: basis.shape[1] for name, basis in bases(learner).items()}
    for update in stream.updates[1:]:
        apply(learner, update)
        for name, basis in bases(learner).items():
            width, count = basis.shape
            assert count <= width
            assert method == "null_space" or count >= sizes[name]
            sizes[name] = count
            torch.testing.assert_close(basis.T @ basis, torch.eye(count), rtol=0, atol=1e-5)


def test_null_space_is_of_the_mean_over_all_tokens_so_far(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gradient_projection", strategy={"method": "null_space"}, epochs=1)
    layers = trained_layers(learner)
    sums, count = second_moments(learner, layers, stream.updates[0].learn)
    apply(learner, stream.updates[1])
    more, further = second_moments(learner, layers, stream.updates[1].learn)
    state = projection_of(learner).state_dict()
    assert state["seen"] == count + further
    for name in layers:
        torch.testing.assert_close(
            state[f"moment.{name}"], (sums[name] + more[name]) / (count + further)
        )


def test_with_a_full_memory_nothing_is_learned(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("gradient_projection", strategy={"energy": 1.0}, epochs=1)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    for name, tensor in weights(learner.model).items():
        torch.testing.assert_close(tensor, before[name], rtol=0, atol=1e-5)


# Together with others.


def test_with_lora_the_factors_are_projected(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(
        "lora+gradient_projection",
        strategy={"rank": 4, "gradient_projection": {"energy": 0.9}},
        epochs=2,
    )
    assert bases(learner) and all("lora_" in name for name in bases(learner))
    protected, before = bases(learner), weights(learner.model)
    apply(learner, stream.updates[1])
    after = weights(learner.model)
    for name, basis in protected.items():
        moved = after[f"{name}.weight"] - before[f"{name}.weight"]
        assert float((moved @ basis).abs().max()) < 1e-5


def test_an_adapter_without_linear_layers_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="no trained linear layer"):
        make_learner("lora+gradient_projection", strategy={"lora": {"peft": "IA3"}})


@pytest.mark.parametrize("names", ["replay+gradient_projection", "ewc+gradient_projection"])
def test_composed(names: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(names, epochs=1)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    assert any(not torch.equal(before[n], t) for n, t in weights(learner.model).items())
