"""Initial weights with induction heads, so that a small model learns to read its prompt quickly.

An induction head predicts the token that followed the current token earlier in the context
(Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Olsson et al. 2022,
"In-context Learning and Induction Heads"). It needs two attention layers. A head of the first
layer writes into each position which token precedes it. A head of the second layer attends to
the positions n whose preceding token equals the current token x_m, and copies the token there:

    score(m, n) ∝ ⟨V₀ x_m, V₀ x_{n−1}⟩

With random initial weights, such heads form late in the training and abruptly. Here they are
written into the initial weights, and training turns them into reading. Trockman & Kolter (2023),
"Mimetic Initialization of Self-Attention Layers", do the same with simpler patterns.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

SHARPNESS = 4.0
"""Amplitude of the position scores; large enough that one position gets most of the attention."""

WIDE_SHARPNESS = 0.6
"""Factor on `SHARPNESS` for heads that compare the last few tokens together."""

MATCH_GAIN = 1.8
"""Gain of the queries and keys that compare tokens."""

WRITE_GAIN = 0.15
"""Gain of what the first layer writes, relative to the token embeddings."""

WIDE_GAIN = 0.1
"""Output gain of heads that compare the last few tokens, relative to those that compare one."""

SLOW = 0.05
"""Rotary frequency in radians per position; slower pairs hardly rotate over one page."""


@torch.no_grad()
def write(model: nn.Module) -> None:
    """Write induction heads into the first two layers of a Llama with attention biases.

    Half of the heads compare single tokens; the others compare the last few tokens together.
    Uses torch's global random generator.
    """
    inner: Any = model
    heads = inner.config.num_attention_heads
    width = inner.config.hidden_size
    size = width // heads
    first, second = (layer.self_attn for layer in inner.model.layers[:2])
    frequencies: Tensor = inner.model.rotary_emb.inv_freq.float()
    read, written, copied = (nn.init.orthogonal_(torch.empty(width, width)) for _ in range(3))
    first.v_proj.weight.copy_(read)
    first.o_proj.weight.copy_(WRITE_GAIN * written)
    second.v_proj.weight.copy_(copied)
    second.o_proj.weight.copy_(copied.T)
    # Rotary pairs with a high frequency encode positions; the slow ones can compare tokens.
    slow = (frequencies < SLOW).float().repeat(2).unsqueeze(1)
    for head in range(heads):
        rows = slice(head * size, (head + 1) * size)
        single = head < heads // 2
        _attend_to_previous(first, rows, frequencies, single)
        previous = MATCH_GAIN * slow * written[:, rows].T
        second.k_proj.weight[rows] = previous
        second.q_proj.weight[rows] = MATCH_GAIN * slow * read[rows] if single else previous
        if not single:
            second.o_proj.weight[:, rows] *= WIDE_GAIN


def _attend_to_previous(attention: Any, rows: slice, frequencies: Tensor, single: bool) -> None:
    """Make a head attend by position: Σ a² cos(θ (m − n − back)) is largest at n = m − back.

    Args:
        attention: the attention of the first layer.
        rows: rows of the head in the projections.
        frequencies: θ of each rotary pair, in radians per position.
        single: attend to the previous token only, and not to the last few.
    """
    back = 1.0 if single else 2.0
    if single:
        amplitude = SHARPNESS * torch.ones_like(frequencies)
    else:
        band = (frequencies > 0.4 * SLOW) & (frequencies < 8 * SLOW)
        amplitude = SHARPNESS * WIDE_SHARPNESS * band.float()
    attention.q_proj.bias[rows] = torch.cat([amplitude, torch.zeros_like(frequencies)])
    attention.k_proj.bias[rows] = torch.cat(
        [amplitude * torch.cos(back * frequencies), amplitude * torch.sin(back * frequencies)]
    )
    for projection in (attention.q_proj, attention.k_proj):
        projection.weight[rows] *= 0.1
