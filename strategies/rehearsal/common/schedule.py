"""Examples that are rehearsed in rounds, those that the model has trouble with more often."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from cltool.lm.coder import Encoded


class Drill:
    """What is rehearsed, and how it went the last time.

    Args:
        examples: what is rehearsed.
        bound: loss above which an example is in trouble, in nats, summed over its learned tokens.
        random: of the order.
    """

    def __init__(self, examples: Sequence[Encoded], bound: float, random: torch.Generator) -> None:
        self.examples = list(examples)
        self.bound = bound
        self._random = random
        self._losses = [math.inf] * len(self.examples)
        self._round: list[int] = []

    def take(self, count: int) -> list[int]:
        """Places of ``count`` examples: up to half of them in trouble, the others in rounds.

        Of those in trouble the worst go first. A round has every example once, in random order.
        """
        if not self.examples:
            return []
        taken = [place for place in self.troubled() if self._losses[place] < math.inf]
        taken = taken[: count // 2]
        while len(taken) < count:
            if not self._round:
                self._round = torch.randperm(len(self.examples), generator=self._random).tolist()
            more = count - len(taken)
            taken += self._round[:more]
            self._round = self._round[more:]
        return taken

    def each(self) -> list[int]:
        """Every place once, and once more those in trouble the last time."""
        seen = [place for place in self.troubled() if self._losses[place] < math.inf]
        return [*range(len(self.examples)), *seen]

    def saw(self, place: int, loss: float) -> None:
        """The example at ``place`` had this loss, before a step was taken on it."""
        self._losses[place] = loss

    def troubled(self) -> list[int]:
        """Places of those that were never seen, or in trouble the last time; the worst first."""
        return [place for place in self.worst() if self._losses[place] > self.bound]

    def worst(self) -> list[int]:
        """All places, those with the highest losses the last time first."""
        return sorted(range(len(self.examples)), key=lambda place: -self._losses[place])
