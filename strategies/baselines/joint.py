"""Retrains from the base on all valid facts: the reference for the other strategies.

Caruana (1997), "Multitask Learning": joint training sees all tasks at once, so it has
nothing to forget. After every update the base weights are restored and trained on all facts that
are valid then. Its cost grows with the number of valid facts, and it must store all of them. The
base weights contain the base knowledge, including facts that are to be forgotten; `retrain`
rebuilds them without these facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cltool.strategies.baselines.common.from_base import FromBase
from cltool.training.strategy import INSEPARABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class Joint(FromBase):
    """Trains the base weights on all valid facts."""

    excludes: ClassVar[Mapping[str, str]] = {
        "rehearsal": "it trains on all valid facts, so there is nothing to rehearse",
        "regularisation": "it starts from the base each time, so earlier weights do not matter",
        "distillation": "it starts from the base each time, so there is no earlier model to learn "
        "from",
        "unlearning": "it starts from the base each time, and the base contains the erased facts",
        "avalanche": "it starts from the base each time, so the plugin's hooks would see no "
        "earlier updates",
    }

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report that no fact can be removed from base weights."""
        base = {fact.key for fact in learner.stream.updates[0].learn}
        if base.isdisjoint(fact.key for fact in facts):
            return {}
        return {"base weights": f"{INSEPARABLE}: weights hold all facts at once (see retrain)"}
