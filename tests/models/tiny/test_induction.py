"""Induction heads in the initial weights copy tokens without any training."""

from __future__ import annotations

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from cltool.models.tiny import induction


def model(hidden: int, heads: int, layers: int) -> LlamaForCausalLM:
    torch.manual_seed(0)
    made = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=400,
            hidden_size=hidden,
            intermediate_size=2 * hidden,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            attention_bias=True,
            rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        )
    )
    torch.nn.init.normal_(made.get_input_embeddings().weight, std=0.1)
    return made.eval()


@torch.no_grad()
def copied(made: LlamaForCausalLM) -> float:
    """Share of tokens predicted correctly in the repetition of a random sequence of 30 tokens."""
    torch.manual_seed(1)
    once = torch.stack([torch.randperm(400)[:30] for _ in range(40)])
    twice = torch.cat([once, once], dim=1)
    said = made(twice).logits[:, 30:-1].argmax(-1)
    return float((said == twice[:, 31:]).float().mean())


@pytest.mark.parametrize(("hidden", "heads", "layers"), [(96, 4, 2), (128, 4, 2), (256, 4, 4)])
def test_initialised_heads_copy_tokens(hidden: int, heads: int, layers: int) -> None:
    made = model(hidden, heads, layers)
    assert copied(made) < 0.05
    induction.write(made)
    assert copied(made) > 0.2


def test_only_the_attention_of_two_layers_is_initialised() -> None:
    made = model(96, 4, 3)
    before = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    induction.write(made)
    changed = {n for n, tensor in made.state_dict().items() if not torch.equal(tensor, before[n])}
    assert changed
    assert all(
        n.startswith(("model.layers.0.self_attn", "model.layers.1.self_attn")) for n in changed
    )
