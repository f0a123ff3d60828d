"""Never updates the model: the cost of outdated knowledge, and a lower bound for comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.training.strategy import Strategy

if TYPE_CHECKING:
    from cltool.facts.facts import Update
    from cltool.training.learner import Learner


class Frozen(Strategy):
    """Leaves the base model unchanged."""

    trains = False
    shares_weights = True

    def update(self, learner: Learner, update: Update) -> None:
        """Do nothing."""
