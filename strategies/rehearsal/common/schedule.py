"""Rehearses examples in rounds, and difficult ones more often."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from cltool.lm.coder import Encoded

DIFFICULT = 0.5
"""Loss of a rehearsed sentence's answer, in nats, above which it is difficult."""


class Schedule:
    """Examples to rehearse, with the last loss of each.

    Args:
        examples: the examples.
        bound: loss above which an example is difficult, in nats, summed over its learned tokens.
        random: randomness of the order.
        repeats: most times that a difficult example is added: once for each nat of its loss above
            ``bound``, at least once.

    Attributes:
        examples: the examples.
        bound: as given.
        random: as given.
    """

    def __init__(
        self,
        examples: Sequence[Encoded],
        bound: float,
        random: torch.Generator,
        repeats: int = 1,
    ) -> None:
        self.examples = list(examples)
        self.bound = bound
        self.random = random
        self._repeats = repeats
        self._losses = [math.inf] * len(self.examples)
        self._round: list[int] = []

    def take(self, count: int) -> list[int]:
        """Return indices of ``count`` examples: up to half are difficult, the others in rounds.

        The most difficult come first. A round has every example once, in random order.
        """
        if not self.examples:
            return []
        taken = self._added()[: count // 2]
        while len(taken) < count:
            if not self._round:
                self._round = torch.randperm(len(self.examples), generator=self.random).tolist()
            more = count - len(taken)
            taken += self._round[:more]
            self._round = self._round[more:]
        return taken

    def each(self) -> list[int]:
        """Return every index once, and again those of difficult examples, at most as many."""
        count = len(self.examples)
        return [*range(count), *self._added()[:count]]

    def record(self, index: int, loss: float) -> None:
        """Record the loss of an example before a step was taken on it."""
        self._losses[index] = loss

    def difficult(self) -> list[int]:
        """Return the indices of unseen and difficult examples, by decreasing loss."""
        return [index for index in self.by_loss() if self._losses[index] > self.bound]

    def by_loss(self) -> list[int]:
        """Return all indices by decreasing last loss."""
        return sorted(range(len(self.examples)), key=lambda index: -self._losses[index])

    def _added(self) -> list[int]:
        """Return the indices of difficult examples that were seen, each once before any twice."""
        seen = [index for index in self.difficult() if self._losses[index] < math.inf]
        above = {index: self._losses[index] - self.bound for index in seen}
        return [i for turn in range(self._repeats) for i in seen if not turn or above[i] > turn]
