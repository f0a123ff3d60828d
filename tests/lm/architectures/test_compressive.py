"""The memories of a Compressive Transformer, and how its compression learns."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.lm.architectures.compressive import CompressiveAttention

from .conftest import small_model

SEGMENT, MEMORY, RATE, COMPRESSED = 8, 8, 4, 4


def memories(length: int) -> dict[str, Tensor]:
    """The state of the first block after ``length`` tokens."""
    model = small_model("cltool-compressive")
    ids = torch.randint(3, 50, (1, length), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        state: dict[str, Tensor] = model(ids, use_cache=True).past_key_values.states[0]
    return state


def held(state: dict[str, Tensor], name: str) -> list[float]:
    return [place for place in state[f"{name}_positions"][0].tolist() if place >= 0]


@pytest.mark.parametrize("length", [5, 8, 15, 16, 24, 37, 61])
def test_tokens_move_through_the_memories_in_order(length: int) -> None:
    state = memories(length)
    whole = length // SEGMENT * SEGMENT
    assert held(state, "segment") == [*range(whole, length)]
    assert held(state, "memory") == [*range(max(0, whole - MEMORY), whole)]
    gone = [place + (RATE - 1) / 2 for place in range(0, max(0, whole - MEMORY), RATE)]
    assert held(state, "compressed") == gone[-COMPRESSED:]


def test_a_new_compression_is_the_mean() -> None:
    ids = torch.randint(3, 50, (1, 16), generator=torch.Generator().manual_seed(1))
    model = small_model("cltool-compressive")
    with torch.no_grad():
        before = model(ids, use_cache=True).past_key_values.states[0]["memory"]
        more = torch.cat([ids, ids[:, :8]], dim=1)
        after = model(more, use_cache=True).past_key_values.states[0]["compressed"]
    assert torch.allclose(after[:, -2:], before.view(1, 2, RATE, -1).mean(2), atol=1e-6)


def first_attention(model: Any) -> CompressiveAttention:
    return next(one for one in model.modules() if isinstance(one, CompressiveAttention))


def test_a_compression_that_changes_nothing_reconstructs_without_loss() -> None:
    attention = first_attention(small_model("cltool-compressive", rate=1))
    hidden, old = torch.randn(2, 8, 32), torch.randn(2, 8, 32)
    there = torch.ones(2, 8, dtype=torch.bool)
    assert float(attention.reconstruction(hidden, old, there)) == pytest.approx(0, abs=1e-12)


def learning_model() -> Any:
    model = small_model("cltool-compressive").train()
    for weight in model.compressions():
        weight.requires_grad_(True)
    return model


def test_the_reconstruction_trains_the_compression_alone() -> None:
    model = learning_model()
    model(torch.randint(3, 50, (2, 40)))
    model.take_reconstruction().backward()
    trained = {id(weight) for weight in model.compressions()}
    assert all(weight.grad is not None for weight in model.compressions())
    others = [weight for weight in model.parameters() if id(weight) not in trained]
    assert all(weight.grad is None for weight in others)
    assert model.take_reconstruction() is None


def test_the_compression_learns_to_reconstruct() -> None:
    model = learning_model()
    attention = first_attention(model)
    with torch.no_grad():  # untrained attention is even, and the mean reconstructs it already
        for layer in (attention.q_proj, attention.k_proj, attention.v_proj):
            layer.weight.mul_(20)
    ids = torch.randint(3, 50, (4, 60), generator=torch.Generator().manual_seed(1))
    optimizer = torch.optim.Adam(model.compressions(), lr=3e-3)
    losses = []
    for _ in range(30):
        model(ids)
        loss = model.take_reconstruction()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_training_of_the_language_model_leaves_the_compression_as_it_is() -> None:
    model = small_model("cltool-compressive").train()
    model(torch.randint(3, 50, (2, 40))).logits.sum().backward()
    assert all(weight.grad is None for weight in model.compressions())
    assert model.take_reconstruction() is None


@pytest.mark.parametrize(("begin", "end", "gone"), [(7, 8, 1), (6, 9, 2), (0, 4, 1), (0, 16, 4)])
def test_a_removed_token_takes_the_whole_compressed_slot_with_it(
    begin: int, end: int, gone: int
) -> None:
    state = memories(24)  # the first 16 tokens are in four compressed slots
    attention = first_attention(small_model("cltool-compressive"))
    after = {**state, **attention.removed(state, begin, end)}
    centres = [RATE * slot + (RATE - 1) / 2 for slot in range(4)]
    left = [one for one in centres if not begin - RATE / 2 < one < end - 1 + RATE / 2]
    assert held(after, "compressed") == left
    assert len(left) == 4 - gone
    assert held(after, "memory") == [*range(16, 24)]
