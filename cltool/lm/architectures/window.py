"""Attention to a window of the last tokens, and to the first tokens of the text.

Beltagy et al. (2020), "Longformer: The Long-Document Transformer", sections 3.1 and 3.2: a token
attends to the w tokens up to itself, and to a few global tokens. In a causal LM these are the first
tokens of the text (Xiao et al. 2024, "Efficient Streaming Language Models with Attention Sinks").
Some blocks can have full attention, as in Gemma 3 (2025, section 2.1). A block with a window costs
O(n·w) time, because each piece of the text attends only to itself and to w kept tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaConfig

from cltool.lm.architectures.attention import Piece, PieceAttention, allowed, own_positions
from cltool.lm.architectures.decoder import Block, Mixer, PieceForCausalLM, PieceModel
from cltool.lm.architectures.memory_state import LayerState
from cltool.lm.architectures.slots import append, empty_positions


class WindowConfig(LlamaConfig):  # type: ignore[misc]
    """Settings of a `WindowForCausalLM`; the others are Llama's.

    Attributes:
        segment: w, the number of tokens that a token attends to, itself included.
        sinks: the number of first tokens that every token attends to.
        full: numbers of the blocks with full attention.
    """

    model_type = "cltool-window"
    segment: int = 64
    sinks: int = 4
    full: Sequence[int] = ()


class WindowAttention(PieceAttention, Mixer):
    """Attends to the last ``window`` tokens and the first ``sinks``.

    The state has the keys, values and positions of both.

    Args:
        config: of the model.
        window: None: all tokens are kept.
    """

    places = ("positions", "first_positions")

    def __init__(self, config: Any, window: int | None) -> None:
        super().__init__(config)
        self.window = window
        self.sinks = 0 if window is None else int(config.sinks)

    def forward(self, hidden: Tensor, piece: Piece, state: LayerState) -> tuple[Tensor, LayerState]:
        """Return what the tokens read, and the kept keys and values."""
        queries = self.queries(hidden, piece.turns)
        keys, values = self.keys(hidden, piece.turns), self.values(hidden)
        state = state or self._empty(keys)
        held = state["positions"]
        reads = allowed(piece, held, self.window)
        if self.window is not None and self.sinks:
            first = state["first_positions"]
            # A first token that is in the window too is read there.
            outside = (first[:, None, :] >= 0) & (
                first[:, None, :] <= piece.positions[:, :, None] - self.window
            )
            reads = torch.cat([outside, reads], dim=2)
        parts = ["first_"] * bool(self.sinks) + [""]
        read = self.attend(
            queries,
            torch.cat([*(_heads_first(state[f"{part}keys"]) for part in parts), keys], dim=2),
            torch.cat([*(_heads_first(state[f"{part}values"]) for part in parts), values], dim=2),
            reads,
        )
        return read, self._kept(keys, values, piece, state) if piece.keep else {}

    def _empty(self, keys: Tensor) -> LayerState:
        rows, heads, _, size = keys.shape
        none = keys.new_zeros(rows, 0, heads, size)
        slots = {"": self.window - 1 if self.window is not None else 0, "first_": self.sinks}
        state = {}
        for part, count in slots.items():
            state[f"{part}keys"] = state[f"{part}values"] = none.new_zeros(rows, count, heads, size)
            state[f"{part}positions"] = empty_positions(rows, count, keys.device)
        return state

    def _kept(self, keys: Tensor, values: Tensor, piece: Piece, state: LayerState) -> LayerState:
        new = {
            "keys": _heads_last(keys),
            "values": _heads_last(values),
            "positions": own_positions(piece),
        }
        kept: LayerState = {}
        for name, tensor in new.items():
            if self.window is None:
                kept[name] = torch.cat([state[name], tensor], dim=1)
            else:
                kept[name] = append(state[name], tensor, piece.counts)
        if self.sinks:
            kept |= self._first(new, piece, state)
        return kept

    def _first(self, new: LayerState, piece: Piece, state: LayerState) -> LayerState:
        """Return the first tokens of each row, as far as they have been read."""
        held = state["first_positions"]
        if not bool((held < 0).any()):
            return {}
        # Slot n is for the token with position n, which stands at n − seen in the piece.
        wanted = torch.arange(self.sinks, device=held.device) - piece.positions[:, :1]
        there = (wanted >= 0) & (wanted < piece.counts[:, None])
        kept = {}
        for name, tensor in new.items():
            places = wanted.clamp(0, tensor.shape[1] - 1)
            shape = (*places.shape, *[1] * (tensor.dim() - 2))
            found = tensor.gather(1, places.view(shape).expand(*places.shape, *tensor.shape[2:]))
            kept[f"first_{name}"] = torch.where(there.view(shape), found, state[f"first_{name}"])
        return kept


class WindowModel(PieceModel):
    """Blocks with a window, except those that have full attention."""

    config_class = WindowConfig

    def blocks(self, config: Any) -> list[Block]:
        """Return the blocks."""
        windows = [
            None if number in config.full else int(config.segment)
            for number in range(config.num_hidden_layers)
        ]
        return [
            Block(config, number, WindowAttention(config, window))
            for number, window in enumerate(windows)
        ]


class WindowForCausalLM(PieceForCausalLM):
    """A causal LM whose attention has a window."""

    config_class = WindowConfig
    inner = WindowModel


CONFIG, CAUSAL_LM = WindowConfig, WindowForCausalLM


def _heads_first(slots: Tensor) -> Tensor:
    return slots.transpose(1, 2)


def _heads_last(states: Tensor) -> Tensor:
    return states.transpose(1, 2)
