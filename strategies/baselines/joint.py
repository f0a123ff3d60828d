"""Retrains from the base on all that is true now: the reference that others are held to.

Caruana (1997), "Multitask Learning": joint training sees all tasks at once, so it has
nothing to forget. After every update the base weights are put back and trained on every
fact that is valid then; its cost grows with what is known, and it must keep all of it. The base
weights know what the base taught, facts to forget among it: `retrain` has them rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cltool.training.strategy import INSEPARABLE, State, Strategy, fact_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.training.learner import Learner


class Joint(Strategy):
    """Base weights, then training on all valid facts."""

    # Most sentences are known from the base, so a share of all says less of the new ones.
    presets: ClassVar[Mapping[str, Any]] = {"stop_at": 0.99}
    excludes: ClassVar[Mapping[str, str]] = {
        "rehearsal": "it trains on everything that is true, so there is nothing to rehearse",
        "regularisation": "it begins from the base each time, so there is nothing to hold on to",
        "distillation": "it begins from the base each time, so there is nobody to learn from",
        "unlearning": "it begins from the base each time, where the erased facts still are",
        "avalanche": "it begins from the base each time, so its hooks would meet no past",
    }

    def attach(self, learner: Learner) -> None:
        """Keep the base weights."""
        self._base: dict[str, Tensor] = {
            name: parameter.detach().cpu().clone()
            for name, parameter in learner.trainable().items()
        }
        self._learner = learner

    def update(self, learner: Learner, update: Update) -> None:
        """Put the base weights back and train on what is valid after the update."""
        import torch

        with torch.no_grad():
            for name, parameter in learner.trainable().items():
                parameter.copy_(self._base[name])
        learner.fit(learner.known.valid())

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Nothing can be taken out of weights."""
        base = {fact.key for fact in learner.stream.updates[0].learn}
        if base.isdisjoint(fact.key for fact in facts):
            return {}
        return {"base weights": f"{INSEPARABLE}: weights hold all facts at once (see retrain)"}

    def stored(self) -> State:
        """The base weights and every valid fact."""
        return {**self._base, "facts": fact_rows(self._learner.known.valid())}
