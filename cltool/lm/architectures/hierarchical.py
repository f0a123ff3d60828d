"""Attention to a window, and two memories of different speed and size behind it.

Each chosen block has two associative memories (`cltool.lm.architectures.fast_weights`) beside its
attention. Both are written when a segment ends, from all tokens of the segment:

- the fast memory is small and decays within a few segments. Every token is written;
- the slow memory is large and hardly decays. A token is written as strongly as its write gate is
  open: β = σ(w·h + b). Training decides what is worth keeping.

A memory learns to continue the text: at the key of token n − 1 it writes the value of token n. A
token reads the memories with its own key, so it reads what followed the same key earlier:

    q_n = φ(W_q h_n)        k_n = q_{n−1}        v_n = W_v h_n
    y_n = W_o (f_n F^T q_n + s_n S^T q'_n)

F and S are the memories at the end of the last segment. f_n and s_n are the read gates. The
attention reads the tokens since then, because its window is as long as a segment. Attention and
memory in one block are the "memory as gate" design of Behrouz et al. (2025), "Titans: Learning to
Memorize at Test Time", section 4.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from transformers import initialization

from cltool.lm.architectures.attention import Piece, own_positions
from cltool.lm.architectures.decoder import Block, Mixer, PieceForCausalLM, PieceModel
from cltool.lm.architectures.fast_weights import decay, features, read, written
from cltool.lm.architectures.memory_state import LayerState
from cltool.lm.architectures.slots import EMPTY, append, empty_positions
from cltool.lm.architectures.window import WindowAttention, WindowConfig

READ_GAIN = 0.5
"""Initial gain of what is read, relative to what was written."""


class HierarchicalConfig(WindowConfig):
    """Settings of a `HierarchicalForCausalLM`; the others are those of a model with a window.

    Attributes:
        memory_blocks: numbers of the blocks that have the two memories.
        fast_size: size of the fast memory's keys, before their expansion.
        fast_expansion: features of the fast memory, relative to twice ``fast_size``.
        fast_half_life: tokens in which the fast memory decays to a half.
        slow_size: size of the slow memory's keys, before their expansion.
        slow_expansion: features of the slow memory, relative to twice ``slow_size``.
        slow_half_life: tokens in which the slow memory decays to a half.
    """

    model_type = "cltool-hierarchical"
    segment: int = 32
    sinks: int = 0
    memory_blocks: Sequence[int] = (1,)
    fast_size: int = 24
    fast_expansion: int = 1
    fast_half_life: float = 64.0
    slow_size: int = 96
    slow_expansion: int = 2
    slow_half_life: float = 65536.0


class HierarchicalMemory(Mixer):
    """A fast memory, and a slow memory with a learned write gate.

    The state has both matrices, and the inputs of the segment so far with the one before it. Tokens
    can be removed from these inputs, but not from the matrices, where all tokens share the entries.

    Args:
        config: of the model.
    """

    separable = False
    places = ("recent_positions",)

    def __init__(self, config: Any) -> None:
        super().__init__()
        width = config.hidden_size
        self.segment = int(config.segment)
        self.expansions = {"fast": config.fast_expansion, "slow": config.slow_expansion}
        self.half_lives = {"fast": config.fast_half_life, "slow": config.slow_half_life}
        sizes = {"fast": int(config.fast_size), "slow": int(config.slow_size)}
        self.counts = {name: 2 * size * self.expansions[name] for name, size in sizes.items()}
        self.k_proj = nn.ModuleDict(
            {name: nn.Linear(width, size, bias=False) for name, size in sizes.items()}
        )
        self.v_proj = nn.Linear(width, width, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)
        self.write_gate = nn.Linear(width, 1, bias=False)
        self.read_gates = nn.Linear(width, len(sizes), bias=False)
        # A module without weights of its own is not initialised by itself, only its parts are.
        self.write_bias = nn.Parameter(torch.empty(1))
        self.read_biases = nn.Parameter(torch.empty(len(sizes)))

    def reset(self) -> None:
        """Make the memory an induction head, as far as its keys tell tokens apart.

        What is read is what was written: W_o ∝ W_v^T. All gates are half open.
        """
        for keys in self.k_proj.parameters():
            initialization.orthogonal_(keys)
        initialization.orthogonal_(self.v_proj.weight)
        initialization.copy_(self.o_proj.weight, READ_GAIN * self.v_proj.weight.T)
        for bias in (self.write_bias, self.read_biases):
            initialization.zeros_(bias)

    def forward(self, hidden: Tensor, piece: Piece, state: LayerState) -> tuple[Tensor, LayerState]:
        """Return what the tokens read, and the memories after the piece."""
        state = state if "recent" in state else self._empty(hidden)
        gates = torch.sigmoid(self.read_gates(hidden) + self.read_biases)
        values = torch.zeros_like(hidden)
        for number, name in enumerate(self.counts):
            found = read(state[name], self.features(name, hidden))
            values = values + gates[..., number : number + 1] * found
        return self.o_proj(values), self._after(hidden, piece, state) if piece.keep else {}

    def features(self, name: str, hidden: Tensor) -> Tensor:
        """Return (batch, length, features): the keys of ``hidden`` in a memory.

        Args:
            name: ``fast`` or ``slow``.
            hidden: (batch, length, width).
        """
        return features(self.k_proj[name](hidden), self.expansions[name])

    def _empty(self, hidden: Tensor) -> LayerState:
        rows, _, width = hidden.shape
        slots = self.segment + 1
        state = {
            "recent": hidden.new_zeros(rows, slots, width),
            "recent_positions": empty_positions(rows, slots, hidden.device),
        }
        for name, size in self.counts.items():
            state[name] = hidden.new_zeros(rows, size, width)
        return state

    def _after(self, hidden: Tensor, piece: Piece, state: LayerState) -> LayerState:
        """Return the state after the piece, with the segments that end written."""
        recent = append(state["recent"], hidden, piece.counts)
        after = piece.positions[:, 0] + piece.counts
        ends = (piece.counts > 0) & (after % self.segment == 0)
        positions = append(state["recent_positions"], own_positions(piece), piece.counts)
        kept = {
            "recent": recent,
            "recent_positions": positions,
            "fast": state["fast"],
            "slow": state["slow"],
        }
        if not bool(ends.any()):
            return kept
        # Before the first token there is none, and removed tokens are gone. Zeros have no key.
        there = (positions > EMPTY).to(hidden.dtype)
        recent = recent * there.unsqueeze(-1)
        values = self.v_proj(recent[:, 1:])
        gates = torch.sigmoid(self.write_gate(recent[:, 1:]) + self.write_bias).squeeze(-1)
        every, gates = there[:, 1:], gates * there[:, 1:]
        for name, strengths in (("fast", every), ("slow", gates)):
            faded = decay(self.half_lives[name], self.segment) * state[name]
            new = written(faded, self.features(name, recent[:, :-1]), values, strengths)
            kept[name] = (
                new if bool(ends.all()) else torch.where(ends[:, None, None], new, state[name])
            )
        return kept


class HierarchicalModel(PieceModel):
    """Blocks with a window; some have the two memories, too."""

    config_class = HierarchicalConfig

    def blocks(self, config: Any) -> list[Block]:
        """Return the blocks."""
        return [
            Block(
                config,
                number,
                WindowAttention(config, int(config.segment)),
                HierarchicalMemory(config) if number in config.memory_blocks else None,
            )
            for number in range(config.num_hidden_layers)
        ]


class HierarchicalForCausalLM(PieceForCausalLM):
    """A causal LM with a fast and a slow memory."""

    config_class = HierarchicalConfig
    inner = HierarchicalModel


CONFIG, CAUSAL_LM = HierarchicalConfig, HierarchicalForCausalLM
