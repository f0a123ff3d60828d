"""Weights that begin with induction heads, so that a small model soon reads its context.

Elhage et al. (2021), "A Mathematical Framework for Transformer Circuits", and Olsson et al.
(2022), "In-context Learning and Induction Heads": two attention layers copy what followed the
current token when it stood there before. A head of the first writes into every place which
token stands one before it; a head of the second looks for the place whose written token is
the current one, and copies what stands there:

    score(m, n) ∝ ⟨V₀ x_m, V₀ x_{n−1}⟩

Trained from noise, such heads form late and at once; written into the weights (as Trockman &
Kolter 2023, "Mimetic Initialization of Self-Attention Layers", do with simpler patterns),
training begins with them and turns them into reading.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

SHARP = 4.0
"""Amplitude of the position scores: the previous token gets most of the attention."""

WIDE = 0.6
"""The same, relative, for heads that look at the last few tokens together."""

MATCH = 1.8
"""Gain of the queries and keys that compare tokens."""

WRITTEN = 0.15
"""Gain of what the first layer writes, beside the tokens themselves."""

DOUBT = 0.1
"""Gain of what the heads copy that compare the last few tokens, beside those that compare one."""

STEADY = 0.05
"""Radians a position below which a rotary pair hardly turns over a page."""


@torch.no_grad()
def write(model: nn.Module) -> None:
    """Write induction heads into the first two layers of a Llama with attention biases.

    Half of the heads compare single tokens, the others the last few together. Draws from the
    global generator.
    """
    inner: Any = model
    heads = inner.config.num_attention_heads
    width = inner.config.hidden_size
    size = width // heads
    first, second = (layer.self_attn for layer in inner.model.layers[:2])
    turns: Tensor = inner.model.rotary_emb.inv_freq.float()
    seen, written, copied = (nn.init.orthogonal_(torch.empty(width, width)) for _ in range(3))
    first.v_proj.weight.copy_(seen)
    first.o_proj.weight.copy_(WRITTEN * written)
    second.v_proj.weight.copy_(copied)
    second.o_proj.weight.copy_(copied.T)
    # Rotary pairs that turn fast tell positions; the others can compare what stands there.
    steady = (turns < STEADY).float().repeat(2).unsqueeze(1)
    for head in range(heads):
        own = slice(head * size, (head + 1) * size)
        single = head < heads // 2
        _look_back(first, own, turns, single)
        was = MATCH * steady * written[:, own].T
        second.k_proj.weight[own] = was
        second.q_proj.weight[own] = MATCH * steady * seen[own] if single else was
        if not single:
            second.o_proj.weight[:, own] *= DOUBT


def _look_back(attention: Any, own: slice, turns: Tensor, single: bool) -> None:
    """Attend by position alone: Σ a² cos(θ (m − n − back)) is largest at n = m − back."""
    back = 1.0 if single else 2.0
    if single:
        amplitude = SHARP * torch.ones_like(turns)
    else:
        amplitude = SHARP * WIDE * ((turns > 0.4 * STEADY) & (turns < 8 * STEADY)).float()
    attention.q_proj.bias[own] = torch.cat([amplitude, torch.zeros_like(turns)])
    attention.k_proj.bias[own] = torch.cat(
        [amplitude * torch.cos(back * turns), amplitude * torch.sin(back * turns)]
    )
    for projection in (attention.q_proj, attention.k_proj):
        projection.weight[own] *= 0.1
