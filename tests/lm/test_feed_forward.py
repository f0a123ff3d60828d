"""Feed-forward parts: neurons beside them, and the same neurons in their matrices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.feed_forward import Neurons, can_widen, feed_forward, widen
from cltool.lm.layers import blocks, hidden, with_hidden

from ..conftest import LoadLM, write_checkpoint

PLAIN = ("llama", "qwen3", "gemma3", "mistral", "phi", "gpt2", "gpt_neox", "opt")
IDS = torch.tensor([[5, 9, 17, 33, 2, 80]])
WIDTH = 32


def neurons(count: int, seed: int) -> Neurons:
    random = torch.Generator().manual_seed(seed)
    return Neurons(*(torch.randn(count, WIDTH, generator=random) for _ in range(3)))


def put_beside(block: nn.Module, own: Neurons) -> None:
    """Compute the neurons in hooks, from their definition."""
    part = feed_forward(block)
    assert part.mlp is not None
    mlp, seen = part.mlp, {}

    def add(module: nn.Module, args: object, output: Tensor) -> object:
        opened = mlp.activation(seen["states"] @ own.gates.T)
        if mlp.up is not None:
            opened = opened * (seen["states"] @ own.ups.T)
        return with_hidden(output, hidden(output) + opened @ own.values)

    part.reads.register_forward_pre_hook(lambda module, args: seen.update(states=args[0]))
    part.adds.register_forward_hook(add)


@torch.no_grad()
def logits(model: nn.Module) -> Tensor:
    return model(input_ids=IDS, use_cache=False).logits  # type: ignore[no-any-return]


def loaded(family: str, stream: Stream, folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    write_checkpoint(family, stream, folder)
    return AutoModelForCausalLM.from_pretrained(folder).eval()


@pytest.mark.parametrize("family", PLAIN)
def test_neurons_in_the_matrices_compute_what_they_compute_beside_them(
    family: str, stream: Stream, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM

    own = {0: neurons(3, 0), 1: neurons(5, 1)}
    beside, inside = (loaded(family, stream, tmp_path / name) for name in ("one", "two"))
    before = logits(beside)
    for number, block in enumerate(blocks(beside)):
        put_beside(block, own[number])
    expected = logits(beside)
    assert not torch.allclose(expected, before, atol=1e-2)
    assert can_widen(inside)
    widen(inside, own)
    torch.testing.assert_close(logits(inside), expected, rtol=1e-3, atol=1e-3)
    inside.save_pretrained(tmp_path / "saved")
    again = AutoModelForCausalLM.from_pretrained(tmp_path / "saved").eval()
    assert torch.equal(logits(again), logits(inside))


def test_blocks_without_neurons_get_zeros(load_lm: LoadLM) -> None:
    model: Any = load_lm("llama").model
    before = logits(model.eval())
    size = model.config.intermediate_size
    widen(model, {1: Neurons(torch.ones(4, WIDTH), torch.ones(4, WIDTH), torch.zeros(4, WIDTH))})
    # 48 is divisible by 16.
    assert model.config.intermediate_size == size + 16
    torch.testing.assert_close(logits(model), before)


@pytest.mark.parametrize("family", ["mixtral", "mamba"])
def test_other_parts_are_read_and_added_to_and_not_widened(
    family: str, stream: Stream, tmp_path: Path
) -> None:
    model = loaded(family, stream, tmp_path / "model")
    part = feed_forward(blocks(model)[0])
    assert part.mlp is None and part.reads is part.adds
    assert not can_widen(model)


def test_a_wrapped_projection_is_not_widened(load_lm: LoadLM) -> None:
    import peft

    model = load_lm("llama").model
    wrapped = peft.get_peft_model(model, peft.LoraConfig(r=2, target_modules=["down_proj"]))
    assert feed_forward(blocks(wrapped)[0]).mlp is None


def test_a_block_without_a_known_part_is_refused() -> None:
    with pytest.raises(UserError, match="no feed-forward part"):
        feed_forward(nn.Sequential(nn.Linear(2, 2)))
