"""Trains the current weights on all valid facts after every update: the value of a full memory.

The cumulative strategy of Lomonaco & Maltoni (2017), "CORe50: a new dataset and benchmark for
continuous object recognition", section 5: each batch is learned together with all earlier
batches. Here superseded and erased facts are left out. `joint` starts from the base weights each
time; this strategy starts from the weights after the last update, so known facts need little
training. Its memory and the cost of an epoch grow with the number of valid facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cltool.training.strategy import State, Strategy, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Update
    from cltool.training.learner import Learner


class Cumulative(Strategy):
    """Trains the current weights on all valid facts."""

    shares_weights = True
    # Most sentences are known already, so a share of all sentences says little about the new ones.
    presets: ClassVar[Mapping[str, Any]] = {"stop_at": 0.99}
    excludes: ClassVar[Mapping[str, str]] = {
        "rehearsal": "it trains on all valid facts, so there is nothing to rehearse",
    }

    def attach(self, learner: Learner) -> None:
        """Store only the learner, which knows the facts."""
        self._learner = learner

    def update(self, learner: Learner, update: Update) -> None:
        """Train on all facts that are valid after the update."""
        learner.fit(learner.known.valid())

    def stored(self) -> State:
        """Return every valid fact."""
        return {"facts": fact_rows(self._learner.known.valid())}
