"""The steps on a fact, and when they end."""

from __future__ import annotations

import math
from collections.abc import Iterable

PATIENCE, FALL = 16, 0.98
"""Training stops after more than this many steps in which the loss did not fall below this share of
the value that it last fell to."""


class Passes:
    """What the steps on a fact have reached; each reads some of its sentences.

    Args:
        sentences: number of the fact's sentences.
        enough: number of correctly completed sentences at which the fact may be learned.
        sure: summed loss of its sentences, nats, at which it is learned then.

    Attributes:
        count: number of steps.
    """

    def __init__(self, sentences: int, enough: float, sure: float) -> None:
        self.count = 0
        self._enough, self._sure = enough, sure
        self._right = [False] * sentences
        self._nats = [math.inf] * sentences
        self._waited = 0
        self._level = math.inf

    @property
    def hits(self) -> int:
        """The sentences that were completed correctly when they were last read."""
        return sum(self._right)

    def take(self, read: Iterable[tuple[int, bool, float]]) -> None:
        """Take note of a step.

        Args:
            read: (number of a sentence, whether it was completed correctly, its loss in nats) for
                each sentence, each before the step that trained it.
        """
        for number, right, nats in read:
            self._right[number], self._nats[number] = right, nats
        self.count += 1
        if math.inf not in self._nats:
            # Before each sentence was read once, there is no loss of all of them that could fall.
            self._waited += 1
        if sum(self._nats) < FALL * self._level:
            self._level, self._waited = sum(self._nats), 0

    @property
    def go_on(self) -> bool:
        """Whether another step is of use."""
        learned = self.hits >= self._enough and sum(self._nats) <= self._sure
        return not learned and self._waited <= PATIENCE
