"""Blocks and their output projections, whatever the architecture."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.lm.layers import blocks, hidden, numbers, output_projection, with_hidden

from ..conftest import ARCHITECTURES, LoadLM

PLAIN = [name for name in ARCHITECTURES if name != "mamba"]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_blocks_run_one_after_another(name: str, load_lm: LoadLM) -> None:
    model: Any = load_lm(name).model
    seen: list[torch.Tensor] = []
    found = blocks(model)
    assert len(found) == 2
    for block in found:
        block.register_forward_hook(lambda module, args, output: seen.append(hidden(output)))
    states = model(torch.tensor([[5, 6, 7]]), output_hidden_states=True).hidden_states
    # Mamba's list begins after the first block, that of others with the embeddings.
    assert any(torch.equal(seen[0], one) for one in states)
    assert seen[1].shape == (1, 3, 32) and not torch.equal(seen[0], seen[1])


@pytest.mark.parametrize("name", PLAIN)
def test_a_change_of_the_projection_changes_the_block_output(name: str, load_lm: LoadLM) -> None:
    model: Any = load_lm(name).model
    block = blocks(model)[-1]
    projection = output_projection(block)
    caught: dict[str, torch.Tensor] = {}
    projection.module.register_forward_pre_hook(lambda m, args: caught.update(key=args[0]))
    block.register_forward_hook(lambda m, args, output: caught.update(out=hidden(output)))
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        model(ids)
        before = caught["out"].clone()
        change = torch.randn(projection.weight.shape, generator=torch.Generator().manual_seed(0))
        projection.add(change)
        model(ids)
    moved = (caught["key"] @ change.T).view(before.shape)
    torch.testing.assert_close(caught["out"], before + moved, rtol=1e-3, atol=1e-3)


def test_a_block_without_a_plain_mlp(load_lm: LoadLM) -> None:
    with pytest.raises(UserError, match="MambaBlock has no MLP"):
        output_projection(blocks(load_lm("mamba").model)[0])


def test_block_numbers_may_be_negative() -> None:
    assert numbers([-1, 0, 3], 4, "layers") == [0, 3]
    for wrong in (4, -5):
        with pytest.raises(UserError, match=f"has no block {wrong}"):
            numbers([wrong], 4, "layers")


def test_hidden_states_in_a_tuple_are_replaced() -> None:
    one, other = torch.zeros(1), torch.ones(1)
    assert with_hidden(one, other) is other
    changed = with_hidden((one, "cache"), other)
    assert hidden(changed) is other and changed[1] == "cache"
