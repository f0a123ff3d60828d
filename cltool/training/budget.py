"""The budget of an update: training tokens, steps or seconds."""

from __future__ import annotations

import time
from typing import Literal

from cltool.core.settings import LearnerSettings
from cltool.core.team import ALONE, Team

Kind = Literal["tokens", "steps", "seconds"]
KINDS: tuple[Kind, ...] = ("tokens", "steps", "seconds")


class Budget:
    """Counts what the current update spends.

    Args:
        settings: hold at most one of the kinds; without any there is no budget.
        team: the processes that share it; the clock is that of process 0.

    Attributes:
        kind: what is counted; None without a budget.
        amount: how much of it each update gets.
    """

    def __init__(self, settings: LearnerSettings, team: Team = ALONE) -> None:
        given: list[tuple[Kind, float | None]] = [(kind, getattr(settings, kind)) for kind in KINDS]
        self.kind: Kind | None = None
        self.amount = 0.0
        for kind, amount in given:
            if amount is not None:
                self.kind, self.amount = kind, amount
        self._team = team
        self._until = 0.0

    def begin(self, tokens: int, steps: int, owed: float = 0.0) -> None:
        """Begin an update.

        Args:
            tokens: spent so far by the run.
            steps: taken so far by the run.
            owed: deducted from this update's budget.
        """
        self._until = self.spent(tokens, steps) + self.amount - owed

    def spent(self, tokens: int, steps: int) -> float:
        """Return the total that is counted; for seconds, the time since a fixed moment."""
        if self.kind == "seconds":
            return self._team.from_first(time.perf_counter())
        return float(steps if self.kind == "steps" else tokens)

    def left(self, tokens: int, steps: int) -> float:
        """Return what the update may still spend, at least 0."""
        return max(0.0, self._until - self.spent(tokens, steps))
