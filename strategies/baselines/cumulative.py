"""Trains on after every update on all that is true now: what a full memory is worth.

The cumulative strategy of Lomonaco & Maltoni (2017), "CORe50: a new dataset and benchmark for
continuous object recognition", section 5: each batch is learned together with all the
batches before it. Here facts that were superseded or erased are left out of them. Unlike
`joint`, which begins from the base weights each time, it goes on from the weights after the
last update, so that little is left to learn of what is known; its memory grows with what is
true, and so does the cost of a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cltool.training.strategy import State, Strategy, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Update
    from cltool.training.learner import Learner


class Cumulative(Strategy):
    """The weights as they are, then training on all valid facts."""

    # Most sentences are known already, so a share of all says less of the new ones.
    presets: ClassVar[Mapping[str, Any]] = {"stop_at": 0.99}
    excludes: ClassVar[Mapping[str, str]] = {
        "rehearsal": "it trains on everything that is true, so there is nothing to rehearse",
    }

    def attach(self, learner: Learner) -> None:
        """Nothing but the facts has to be kept, and the learner knows them."""
        self._learner = learner

    def update(self, learner: Learner, update: Update) -> None:
        """Train on what is valid after the update."""
        learner.fit(learner.known.valid())

    def stored(self) -> State:
        """Every valid fact."""
        return {"facts": fact_rows(self._learner.known.valid())}
