"""A fast and a slow memory behind a window."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.lm.architectures.fast_weights import read
from cltool.lm.architectures.hierarchical import HierarchicalMemory

from .conftest import small_model

SEGMENT = 8


def text(length: int, rows: int = 1, seed: int = 1) -> Tensor:
    return torch.randint(3, 50, (rows, length), generator=torch.Generator().manual_seed(seed))


def state_after(model: Any, ids: Tensor) -> Any:
    with torch.no_grad():
        return model(ids, use_cache=True).past_key_values


def memory_of(model: Any) -> HierarchicalMemory:
    return next(one for one in model.modules() if isinstance(one, HierarchicalMemory))


def close_write_gate(model: Any) -> None:
    with torch.no_grad():
        memory_of(model).write_bias.fill_(-1e4)


def test_a_new_memory_reads_what_was_written() -> None:
    memory = memory_of(small_model("cltool-hierarchical"))
    value = torch.randn(32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        read = memory.o_proj(memory.v_proj(value))
    assert torch.allclose(read / read.norm(), value / value.norm(), atol=1e-6)


@pytest.mark.parametrize("blocks", [(0,), (1,), (0, 1), ()])
def test_chosen_blocks_have_the_memories(blocks: tuple[int, ...]) -> None:
    state = state_after(small_model("cltool-hierarchical", memory_blocks=blocks), text(20))
    assert [number for number, one in enumerate(state.states) if "slow" in one] == [*blocks]


def test_the_memories_change_when_a_segment_ends() -> None:
    model = small_model("cltool-hierarchical")
    state, before = None, {"fast": torch.zeros(1), "slow": torch.zeros(1)}
    for place, token in enumerate(text(3 * SEGMENT)[0]):
        with torch.no_grad():
            state = model(token.view(1, 1), past_key_values=state, use_cache=True).past_key_values
        for name in before:
            now = state.states[1][name]
            changed = not torch.equal(now, before[name].expand_as(now))
            assert changed == ((place + 1) % SEGMENT == 0)
            before[name] = now


def test_the_slow_memory_changes_only_through_its_gate() -> None:
    model = small_model("cltool-hierarchical")
    opened = state_after(model, text(20)).states[1]
    close_write_gate(model)
    closed = state_after(model, text(20)).states[1]
    assert opened["slow"].any()
    assert not closed["slow"].any()
    assert torch.equal(closed["fast"], opened["fast"])


def test_a_memory_has_the_value_of_the_next_token_at_the_key_of_a_token() -> None:
    model = small_model("cltool-hierarchical", memory_blocks=(0,))
    memory, ids = memory_of(model), torch.arange(10, 10 + SEGMENT).view(1, -1)
    with torch.no_grad():
        memory.write_bias.fill_(1e4)
    state = state_after(model, ids).states[0]
    with torch.no_grad():
        hidden = model.model.layers[0].input_layernorm(model.model.embed_tokens(ids))
        found = read(state["slow"], memory.features("slow", hidden[:, -2:-1]))
        # The last write of a segment is exact.
        assert torch.allclose(found, memory.v_proj(hidden[:, -1:]), atol=1e-5)


def test_without_writes_the_memories_decay_by_their_half_lives() -> None:
    model = small_model("cltool-hierarchical", fast_half_life=16, slow_half_life=32)
    memory = memory_of(model)
    state = state_after(model, text(16))
    with torch.no_grad():
        memory.v_proj.weight.zero_()
    close_write_gate(model)
    slow = state.states[1]["slow"]
    later = state
    for _ in range(2):
        with torch.no_grad():
            later = model(text(16), past_key_values=later.copy(), use_cache=True).past_key_values
    # 32 tokens: one half-life.
    assert torch.allclose(later.states[1]["slow"], slow / 2)


def test_a_fact_in_the_slow_memory_outlives_the_fast_one() -> None:
    model = small_model("cltool-hierarchical", fast_half_life=8)
    one, other = text(64), text(64)
    other[0, :8] = text(8, seed=2)
    difference = {}
    for name in ("fast", "slow"):
        ends = [state_after(model, ids).states[1][name] for ids in (one, other)]
        starts = [state_after(model, ids[:, :8]).states[1][name] for ids in (one, other)]
        difference[name] = float((ends[0] - ends[1]).norm() / (starts[0] - starts[1]).norm())
    assert difference["fast"] < 0.02 < difference["slow"]


def test_logits_depend_on_tokens_beyond_all_windows_through_the_memories_alone() -> None:
    model = small_model("cltool-hierarchical", num_hidden_layers=2)
    one, other = text(40), text(40)
    other[0, :6] = text(6, seed=2)  # two windows of 8 reach back 14 tokens

    def last(ids: Tensor) -> Tensor:
        with torch.no_grad():
            found: Tensor = model(ids).logits[:, -1]
        return found

    assert (last(one) - last(other)).abs().max() > 1e-5
    with torch.no_grad():
        memory_of(model).read_biases.fill_(-1e4)
    assert torch.equal(last(one), last(other))


def test_tokens_that_are_removed_before_the_segment_ends_are_not_written() -> None:
    model = small_model("cltool-hierarchical", memory_blocks=(0,))
    memories = []
    for token in (30, 31):
        ids = text(12)
        ids[0, 9] = token
        model.model.carried = state_after(model, ids)
        model.model.remove_carried(9, 10)
        memories.append(state_after(model, text(4, seed=2)).states[0])
        model.model.carried = None
    for name in ("fast", "slow"):
        assert torch.equal(memories[0][name], memories[1][name])


def test_the_state_stays_as_large_however_long_the_text_is() -> None:
    model = small_model("cltool-hierarchical")
    sizes = [state_after(model, text(length)).bytes() for length in (3, 40, 160)]
    assert len(set(sizes)) == 1
