"""The model's states in texts that nobody gave it, where new gates stay closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Text:
    """A text, its tokens, and whether these are random."""

    said: str
    ids: tuple[int, ...]
    random: bool = False


class TextStates:
    """States of texts at some blocks, kept on the CPU.

    Args:
        states: for each block, (tokens, width): those of all texts, one after the other.
        texts: the texts.
        kept: which tokens are kept, (tokens,), bool.
    """

    def __init__(self, states: Sequence[Tensor], texts: Sequence[Text], kept: Tensor) -> None:
        self.states = [one.cpu()[kept] for one in states]
        self._texts = texts
        lengths = torch.tensor([len(one.ids) for one in texts])
        self._owners = torch.arange(len(texts)).repeat_interleave(lengths)[kept]
        self._ids = torch.tensor([number for one in texts for number in one.ids])[kept]

    def naming(self, subjects: Sequence[str], ends: Sequence[Collection[int]]) -> Tensor:
        """Return which tokens name a subject, or are in a text that does, (tokens, subjects), bool.

        A text that begins like a prompt about a subject has the same states as the prompt, so no
        gate could be closed in the one and open in the other. Random tokens name nothing, so only
        a subject's own last token is marked among them: its gate may open there.

        Args:
            subjects: the subjects.
            ends: the last tokens of each subject, as sentences have them.
        """
        named = [[not text.random and one in text.said for one in subjects] for text in self._texts]
        found = torch.tensor(named).view(len(self._texts), len(subjects))[self._owners]
        random = torch.tensor([text.random for text in self._texts])[self._owners]
        for number, own in enumerate(ends):
            found[:, number] |= random & torch.isin(
                self._ids, torch.tensor([*own], dtype=torch.long)
            )
        return found
