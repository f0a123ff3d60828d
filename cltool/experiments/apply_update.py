"""How an update is applied: who is told of it, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.experiments.purge import Purge

if TYPE_CHECKING:
    from cltool.facts.facts import Belief, Update
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Erased:
    """What an update erased.

    Attributes:
        beliefs: what was believed of each key that it forgets, before it.
        stores: for each, what `cltool.experiments.purge.Purge.clear` gave.
        tokens: what purging, erasing and the preparation of erasing took of the update's tokens.
    """

    beliefs: Sequence[Belief]
    stores: Sequence[Mapping[str, Any]]
    tokens: int


def apply(learner: Learner, update: Update, owed: float = 0.0) -> Erased:
    """Apply ``update``: the strategies forget, purge, update the model and erase.

    Args:
        learner: stands after the step before.
        update: the next one.
        owed: of a fixed budget, how much earlier updates spent beyond theirs.
    """
    known, strategies = learner.known, learner.strategies
    gone = known.superseded_by(update)
    held = [known.belief(fact.key) for fact in update.forget]
    beliefs = [belief for belief in held if belief is not None]
    purge = Purge(strategies, [belief.fact for belief in beliefs])
    known.apply(update)
    learner.begin(update, owed)
    strategies.forget(gone)
    begun = learner.tokens
    strategies.begin_update(learner, update)
    if not (beliefs and strategies.erases):
        begun = learner.tokens
    stores = purge.clear(learner)
    purged = learner.tokens - begun
    strategies.update(learner, update)
    learned = learner.tokens
    strategies.erase(learner, update)
    return Erased(beliefs, stores, purged + learner.tokens - learned)
