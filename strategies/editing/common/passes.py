"""The passes over an update, and when they end."""

from __future__ import annotations

from dataclasses import dataclass

PATIENCE, FALL = 8, 0.98
"""Training stops after this many passes in which the loss did not fall below this share of the
value that it last fell to."""


@dataclass
class Passes:
    """What the passes over an update have reached.

    Attributes:
        more: number of passes that follow once the update is completed correctly.
        enough: number of correctly completed sentences at which it is.
        count: number of whole passes.
        hits: sentences completed correctly in the last one.
    """

    more: int
    enough: float
    count: int = 0
    hits: int = 0
    _completed: int = 0
    _waited: int = 0
    _level: float = float("inf")

    def take(self, hits: int, nats: float) -> None:
        """Take note of a pass.

        Args:
            hits: sentences completed correctly, each before the step that trained it.
            nats: summed loss of all sentences.
        """
        self.count, self.hits = self.count + 1, hits
        self._completed = self._completed + 1 if hits >= self.enough else 0
        self._waited += 1
        if nats < FALL * self._level:
            self._level, self._waited = nats, 0

    @property
    def go_on(self) -> bool:
        """Whether another pass is of use."""
        if self._completed:
            return self._completed <= self.more
        return self._waited <= PATIENCE
