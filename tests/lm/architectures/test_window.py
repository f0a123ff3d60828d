"""Attention to a window and to the first tokens."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from .conftest import SIZE, small_model

WINDOW, LENGTH = 8, 40


def masked(model: torch.nn.Module, ids: Tensor, windows: Sequence[int], sinks: int) -> Tensor:
    """The logits of Llama with the same weights; block n reads ``windows[n]`` tokens."""
    llama = LlamaForCausalLM(
        LlamaConfig(**{name: value for name, value in SIZE.items() if name != "segment"})
    ).eval()
    llama.load_state_dict(model.state_dict())
    query, key = torch.arange(LENGTH)[:, None], torch.arange(LENGTH)[None]
    masks = iter([(key <= query) & ((key > query - one) | (key < sinks)) for one in windows])
    for block in llama.model.layers:
        block.self_attn.register_forward_pre_hook(
            lambda module, arguments, named: (
                arguments,
                {**named, "attention_mask": next(masks)[None, None].expand(len(ids), 1, -1, -1)},
            ),
            with_kwargs=True,
        )
    with torch.no_grad():
        found: Tensor = llama(ids).logits
    return found


@pytest.mark.parametrize(
    ("sinks", "full", "windows"),
    [(2, (), (WINDOW, WINDOW)), (0, (), (WINDOW, WINDOW)), (11, (1,), (WINDOW, LENGTH))],
)
def test_each_token_reads_its_window_and_the_first_tokens(
    sinks: int, full: tuple[int, ...], windows: tuple[int, ...]
) -> None:
    model = small_model("cltool-window", sinks=sinks, full=full)
    ids = torch.randint(3, 50, (3, LENGTH), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found = model(ids).logits
    expected = masked(model, ids, windows, sinks)
    assert torch.allclose(found, expected, atol=2e-6)


def test_the_state_stays_as_large_as_the_window() -> None:
    model = small_model("cltool-window")
    sizes = []
    for length in (WINDOW, 4 * WINDOW, 16 * WINDOW):
        ids = torch.randint(3, 50, (1, length))
        with torch.no_grad():
            sizes.append(model(ids, use_cache=True).past_key_values.bytes())
    assert sizes[0] == sizes[1] == sizes[2]
