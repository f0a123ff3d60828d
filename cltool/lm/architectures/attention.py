"""Attention of the tokens of a piece to slots with positions, in Llama's arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.llama.modeling_llama import rotate_half

from cltool.lm.architectures.slots import EMPTY

Turns = tuple[Tensor, Tensor]
"""Cosines and sines of rotary position embeddings, (batch, length, size of a head) each."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive tokens of each row that pass through all blocks together.

    Attributes:
        ids: (batch, length): of the tokens; -1 if the text was given as embeddings.
        positions: (batch, length): position of each token in its row, from 0.
        real: (batch, length), bool: False for padding, which stands after the tokens of a row.
        counts: (batch,): number of tokens of each row.
        turns: of the positions.
        rotary: returns the turns of other positions, (batch, slots); they may be fractions.
        keep: whether the states after the piece are needed.
    """

    ids: Tensor
    positions: Tensor
    real: Tensor
    counts: Tensor
    turns: Turns
    rotary: Callable[[Tensor], Turns]
    keep: bool


class PieceAttention(nn.Module):
    """The projections of Llama's attention, and attention over slots with positions.

    Args:
        config: of a Llama without grouped keys.
    """

    def __init__(self, config: Any) -> None:
        super().__init__()
        width, bias = config.hidden_size, config.attention_bias
        self.heads = config.num_attention_heads
        self.q_proj = nn.Linear(width, width, bias=bias)
        self.k_proj = nn.Linear(width, width, bias=bias)
        self.v_proj = nn.Linear(width, width, bias=bias)
        self.o_proj = nn.Linear(width, width, bias=bias)

    def queries(self, states: Tensor, turns: Turns) -> Tensor:
        """Return (batch, heads, length, size): rotated queries of ``states``."""
        return rotated(self.split(self.q_proj(states)), turns)

    def keys(self, states: Tensor, turns: Turns) -> Tensor:
        """Return (batch, heads, length, size): rotated keys of ``states``."""
        return rotated(self.split(self.k_proj(states)), turns)

    def values(self, states: Tensor) -> Tensor:
        """Return (batch, heads, length, size): values of ``states``."""
        return self.split(self.v_proj(states))

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor, allowed: Tensor) -> Tensor:
        """Return (batch, length, width): what the queries read, through the output projection.

        Args:
            queries: (batch, heads, length, size).
            keys: (batch, heads, slots, size).
            values: (batch, heads, slots, size).
            allowed: (batch, length, slots), bool; at least one slot of each query.
        """
        read = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=allowed.unsqueeze(1)
        )
        output: Tensor = self.o_proj(read.transpose(1, 2).flatten(2))
        return output

    def split(self, states: Tensor) -> Tensor:
        """Return (batch, heads, length, size) of states, (batch, length, width)."""
        rows, length, width = states.shape
        return states.view(rows, length, self.heads, width // self.heads).transpose(1, 2)


def rotated(states: Tensor, turns: Turns) -> Tensor:
    """Return ``states``, (batch, heads, length, size), turned by their positions."""
    cos, sin = (part.unsqueeze(1) for part in turns)
    turned: Tensor = states * cos + rotate_half(states) * sin
    return turned


def own_positions(piece: Piece) -> Tensor:
    """Return (batch, length): the positions of the piece's tokens, `EMPTY` for padding."""
    return torch.where(piece.real, piece.positions, EMPTY)


def allowed(piece: Piece, before: Tensor, window: int | None = None) -> Tensor:
    """Return (batch, length, slots + length), bool: the slots and tokens that each token reads.

    Args:
        piece: the tokens that attend: to the slots, and to the piece itself.
        before: (batch, slots): positions of the tokens in the slots; `EMPTY`: no token.
        window: a token reads this many tokens, itself included; None: all earlier ones.
    """
    slots = torch.cat([before, own_positions(piece)], dim=1)[:, None, :]
    place = piece.positions[:, :, None]
    read = (slots > EMPTY) & (slots <= place)
    if window is not None:
        read &= slots > place - window
    # Padding reads itself: without any slot, attention is not a number.
    itself = torch.eye(piece.real.shape[1], dtype=torch.bool, device=read.device)
    read[:, :, before.shape[1] :] |= itself
    return read
