"""Applies an update: calls the hooks of the strategies in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.experiments.purge import Purge
from cltool.runs.heartbeat import ERASING, TRAINING

if TYPE_CHECKING:
    from cltool.facts.facts import Belief, Update
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Erased:
    """The facts that an update erased.

    Attributes:
        beliefs: what was known before the update about each key that it asks to forget.
        stores: for each belief, what `cltool.experiments.purge.Purge.clear` returned.
        tokens: training tokens spent on purging, on erasing and on preparing to erase.
    """

    beliefs: Sequence[Belief]
    stores: Sequence[Mapping[str, Any]]
    tokens: int


def apply(
    learner: Learner,
    update: Update,
    owed: float = 0.0,
    begin: Callable[[str], None] = lambda phase: None,
) -> Erased:
    """Apply ``update``: the strategies forget, purge, update the model and erase.

    Args:
        learner: after the step before ``update``.
        update: the next update.
        owed: how much earlier updates exceeded a fixed budget; deducted from this update's.
        begin: is called with each phase of the update that begins.
    """
    begin(TRAINING)
    known, strategies = learner.known, learner.strategies
    superseded = known.superseded_by(update)
    requested = [known.belief(fact.key) for fact in update.forget]
    beliefs = [belief for belief in requested if belief is not None]
    purge = Purge(strategies, [belief.fact for belief in beliefs])
    known.apply(update)
    learner.begin(update, owed)
    strategies.forget(superseded)
    before_purge = learner.tokens
    strategies.begin_update(learner, update)
    if not (beliefs and strategies.erases):
        # begin_update did not prepare to erase: its tokens do not count as erasing.
        before_purge = learner.tokens
    stores = purge.clear(learner)
    purge_tokens = learner.tokens - before_purge
    strategies.update(learner, update)
    if beliefs and strategies.erases:
        begin(ERASING)
    before_erase = learner.tokens
    strategies.erase(learner, update)
    erase_tokens = learner.tokens - before_erase
    return Erased(beliefs, stores, purge_tokens + erase_tokens)
