"""Rehearses examples in rounds, and difficult ones more often."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from cltool.lm.coder import Encoded


class Schedule:
    """Examples to rehearse, with the last loss of each.

    Args:
        examples: the examples.
        bound: loss above which an example is difficult, in nats, summed over its learned tokens.
        random: randomness of the order.
    """

    def __init__(self, examples: Sequence[Encoded], bound: float, random: torch.Generator) -> None:
        self.examples = list(examples)
        self.bound = bound
        self._random = random
        self._losses = [math.inf] * len(self.examples)
        self._round: list[int] = []

    def take(self, count: int) -> list[int]:
        """Return indices of ``count`` examples: up to half are difficult, the others in rounds.

        The most difficult come first. A round has every example once, in random order.
        """
        if not self.examples:
            return []
        taken = self._seen_difficult()[: count // 2]
        while len(taken) < count:
            if not self._round:
                self._round = torch.randperm(len(self.examples), generator=self._random).tolist()
            more = count - len(taken)
            taken += self._round[:more]
            self._round = self._round[more:]
        return taken

    def each(self) -> list[int]:
        """Return every index once, and the indices of difficult examples a second time."""
        return [*range(len(self.examples)), *self._seen_difficult()]

    def record(self, index: int, loss: float) -> None:
        """Record the loss of an example before a step was taken on it."""
        self._losses[index] = loss

    def difficult(self) -> list[int]:
        """Return the indices of unseen and difficult examples, by decreasing loss."""
        return [index for index in self.by_loss() if self._losses[index] > self.bound]

    def by_loss(self) -> list[int]:
        """Return all indices by decreasing last loss."""
        return sorted(range(len(self.examples)), key=lambda index: -self._losses[index])

    def _seen_difficult(self) -> list[int]:
        return [index for index in self.difficult() if self._losses[index] < math.inf]
