"""A product-key memory reads the best of all its slots, and only these are trained."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from cltool.core.errors import UserError
from cltool.lm.product_keys import (
    MemorySize,
    ProductKeyMemory,
    ProductKeys,
    accesses,
    memories,
)

WIDTH = 12
SIZE = MemorySize(slots=49, heads=3, top=4, key=8)


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


def memory(*, gated: bool = False) -> ProductKeyMemory:
    return ProductKeyMemory(WIDTH, SIZE, gated=gated)


def all_scores(index: ProductKeys, states: torch.Tensor) -> torch.Tensor:
    """The scores of all n² slots, (tokens, heads, slots), one slot after the other."""
    rows = []
    for state in states:
        heads = index.query(state).view(SIZE.heads, 2, SIZE.key // 2)
        row = torch.empty(SIZE.heads, SIZE.slots)
        for head, halves in enumerate(heads):
            first, second = (half / half.pow(2).mean().sqrt() for half in halves)
            for slot in range(SIZE.slots):
                one = index.keys[head, 0, slot // SIZE.side]
                two = index.keys[head, 1, slot % SIZE.side]
                row[head, slot] = first @ one + second @ two
        rows.append(row)
    return torch.stack(rows)


@torch.no_grad()
def test_the_best_of_all_slots_are_found() -> None:
    index, states = ProductKeys(WIDTH, SIZE), torch.randn(6, WIDTH)
    access, scores = index(states), all_scores(index, states)
    best, slots = scores.topk(SIZE.top)
    assert torch.equal(access.slots, slots)
    assert torch.allclose(access.weights, best.softmax(-1), atol=1e-5)
    assert torch.allclose(access.weights.sum(-1), torch.ones(6, SIZE.heads))


@torch.no_grad()
@pytest.mark.parametrize("gated", [False, True])
def test_it_returns_the_weighted_sum_of_the_values(gated: bool) -> None:
    own, states = memory(gated=gated), torch.randn(2, 5, WIDTH)
    slots, weights = own.index(states)
    wanted = (own.values.weight[slots] * weights.unsqueeze(-1)).sum((-3, -2))
    if own.gate is not None and own.out is not None:
        gate = functional.silu(states @ own.gate.weight.T)
        wanted = (wanted * gate) @ own.out.weight.T
    assert torch.allclose(own(states), wanted, atol=1e-5)


def test_only_chosen_slots_have_a_gradient() -> None:
    own, states = memory(), torch.randn(1, 2, WIDTH)
    own(states).sum().backward()
    gradient = own.values.weight.grad
    assert gradient is not None
    touched = set(gradient.abs().sum(1).nonzero().flatten().tolist())
    assert touched == set(own.index(states).slots.flatten().tolist())
    assert len(touched) < SIZE.slots
    assert own.index.keys.grad is not None and bool(own.index.keys.grad.any())


@torch.no_grad()
def test_a_token_reads_the_same_beside_other_tokens() -> None:
    own, states = memory(gated=True), torch.randn(2, 5, WIDTH)
    alone = torch.stack([torch.stack([own(token) for token in row]) for row in states])
    assert torch.allclose(own(states), alone, atol=1e-6)


@torch.no_grad()
def test_a_memory_of_zeros_returns_zero() -> None:
    own = memory(gated=True)
    own.values.weight.zero_()
    assert not own(torch.randn(3, WIDTH)).any()


@torch.no_grad()
def test_the_length_of_the_input_does_not_matter_for_the_choice() -> None:
    index, states = ProductKeys(WIDTH, SIZE), torch.randn(4, WIDTH)
    index.query.bias.zero_()
    assert torch.equal(index(states).slots, index(100 * states).slots)


@torch.no_grad()
def test_accesses_are_collected_inside_the_context_only() -> None:
    model = torch.nn.Sequential(memory(), torch.nn.Linear(WIDTH, WIDTH), memory(gated=True))
    states = torch.randn(2, 3, WIDTH)
    with accesses(model) as seen:
        first = model[0](states)
        model(states)
        model(states[:1])
    model(states)
    assert list(seen) == ["0", "2"] == list(memories(model))
    assert [len(one) for one in seen.values()] == [3, 2]
    assert torch.equal(seen["0"][0].slots, model[0].index(states).slots)
    assert torch.equal(seen["2"][0].slots, model[2].index(model[1](first)).slots)
    assert seen["2"][1].slots.shape == (1, 3, SIZE.heads, SIZE.top)


def test_active_parameters_are_those_that_a_token_uses() -> None:
    for gated in (False, True):
        own = memory(gated=gated)
        everything = sum(one.numel() for one in own.parameters())
        unread = (SIZE.slots - SIZE.heads * SIZE.top) * WIDTH
        assert SIZE.active(WIDTH, gated=gated) == everything - unread


@pytest.mark.parametrize(
    "values", [{"slots": 50}, {"slots": 0}, {"top": 200}, {"top": 0}, {"key": 7}, {"heads": 0}]
)
def test_impossible_sizes_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(UserError, match="memory"):
        MemorySize(**values)
