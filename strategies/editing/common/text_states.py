"""The model's states in texts that it wrote itself, where new gates stay closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from torch import Tensor


class TextStates:
    """States of texts at some blocks, kept on the CPU.

    Args:
        states: for each block, (tokens, width): those of all texts, one after the other.
        texts: the texts.
        lengths: how many tokens each has.
    """

    def __init__(
        self, states: Sequence[Tensor], texts: Sequence[str], lengths: Sequence[int]
    ) -> None:
        self.states = [one.cpu() for one in states]
        self._texts = texts
        self._lengths = torch.tensor(lengths)

    def apart(self, place: int, subjects: Collection[str]) -> tuple[Tensor, Tensor]:
        """Return the states at one block in texts that name no subject, and in those that do.

        A text that begins like a prompt about a subject has the same states as the prompt, so no
        gate could be closed in the one and open in the other.
        """
        named = torch.tensor([any(one in text for one in subjects) for text in self._texts])
        tokens = named.repeat_interleave(self._lengths)
        return self.states[place][~tokens], self.states[place][tokens]
