"""What a model with a bounded memory has kept of the text that it has read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

LayerState = dict[str, Tensor]
"""Name → tensor whose first dimension is the batch. The tensors are replaced, never changed."""


class MemoryState(Cache):  # type: ignore[misc]
    """The memories of all blocks after some text; `transformers` passes it on as a cache.

    Args:
        layers: the state of each block; an empty one has read nothing.
        seen: (batch,): the number of tokens that each row has read.

    Attributes:
        states: the state of each block.
        seen: (batch,): the number of tokens that each row has read.
    """

    def __init__(self, layers: Sequence[LayerState], seen: Tensor) -> None:
        # The base class needs layers. They stay empty: this class keeps the tensors itself.
        super().__init__(layers=[DynamicLayer() for _ in layers])
        self.states = [dict(layer) for layer in layers]
        self.seen = seen

    @classmethod
    def empty(cls, depth: int, rows: int, device: torch.device) -> MemoryState:
        """Return the state of ``depth`` blocks that have read nothing, for ``rows`` rows."""
        return cls([{} for _ in range(depth)], torch.zeros(rows, dtype=torch.long, device=device))

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Return the number of tokens that the longest row has read."""
        return int(self.seen.max()) if len(self.seen) else 0

    def copy(self) -> MemoryState:
        """Return a state that can go on by itself; both share their tensors until then."""
        return MemoryState(self.states, self.seen)

    def detached(self) -> MemoryState:
        """Return a copy without the graph of autograd."""
        return self._each(lambda tensor: tensor.detach())

    def repeated(self, rows: int) -> MemoryState:
        """Return ``rows`` rows that have all read what the only row of this state has read."""
        return self._each(lambda tensor: tensor.expand(rows, *tensor.shape[1:]))

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep the rows ``indices``, (rows,), in this order."""
        self._change(lambda tensor: tensor.index_select(0, indices.to(tensor.device)))

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Repeat each row ``repeats`` times."""
        self._change(lambda tensor: tensor.repeat_interleave(repeats, dim=0))

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Keep the rows ``beam_idx``, (rows,), in this order."""
        self.batch_select_indices(beam_idx)

    def crop(self, tokens_to_remove: int) -> None:
        """Raise an error: what left a bounded memory cannot be restored."""
        raise NotImplementedError("a bounded memory cannot go back to an earlier token")

    def tensors(self) -> dict[str, Tensor]:
        """Return all tensors by name: ``seen``, and ``NUMBER.NAME`` of each block."""
        named = {
            f"{number}.{name}": tensor
            for number, state in enumerate(self.states)
            for name, tensor in state.items()
        }
        return {"seen": self.seen, **named}

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor], depth: int) -> MemoryState:
        """Return the state of ``depth`` blocks whose `tensors` are given."""
        states: list[LayerState] = [{} for _ in range(depth)]
        for name, tensor in tensors.items():
            number, _, part = name.partition(".")
            if part:
                states[int(number)][part] = tensor
        return cls(states, tensors["seen"])

    def bytes(self) -> int:
        """Return the bytes of the tensors of all blocks."""
        tensors = [tensor for state in self.states for tensor in state.values()]
        return sum(tensor.numel() * tensor.element_size() for tensor in tensors)

    def _each(self, function: Callable[[Tensor], Tensor]) -> MemoryState:
        copied = self.copy()
        copied._change(function)
        return copied

    def _change(self, function: Callable[[Tensor], Any]) -> None:
        self.seen = function(self.seen)
        self.states = [
            {name: function(tensor) for name, tensor in state.items()} for state in self.states
        ]
