"""Retrains without what was erased: the reference that every unlearning is held to.

Cao & Yang (2015), "Towards Making Systems Forget with Machine Unlearning"; Bourtoule et al. (2021),
"Machine Unlearning", section II: what a training algorithm A gives on the data D without the
erased part D_e is by definition free of it,

    θ = A(A₀(D_base ∖ D_e), D_valid)

A₀ is how the base model itself was made and A the training of `joint`, on all that is valid after
the update. A base that knew an erased fact is made anew without it, with the same recipe, seed,
architecture and tokenizer, so neither the weights nor the order of what is learned depend on the
erased objects. The tokenizer does, as far as it was made from the base: it is the spelling that
the run's model has, and an embedding cannot be compared under another one.

A request concerns its key: what the base said of it before it was changed is left out as well,
so the reference knows nothing of that key rather than what was outdated. A key that is taught
again later is learned then, from a base that never knew it.

The base is rebuilt once for each set of erased base facts and cached for all runs and seeds, but
the tokens that it takes count each time a run needs a new one, cached or not: they are what
retraining costs. Only what cltool taught can be left out. Of a model that came with what it
knows of the base facts (neither ``tiny`` nor taught by ``model.teach_base``) the base stays as
it is, and the run's record warns that it is no exact reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch

from cltool.training.strategy import INSEPARABLE, State, Strategy, fact_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact, Key, Update
    from cltool.training.learner import Learner


class Retrain(Strategy):
    """A base that was never taught what was erased, then training on all valid facts."""

    # Most sentences are known from the base, so a share of all says less of the new ones.
    presets: ClassVar[Mapping[str, Any]] = {"stop_at": 0.99}
    rebuilds = True
    excludes: ClassVar[Mapping[str, str]] = {
        "rehearsal": "it trains on everything that is true, so there is nothing to rehearse",
        "regularisation": "it begins from a base each time, so there is nothing to hold on to",
        "distillation": "it begins from a base each time, so there is nobody to learn from",
        "adapters": "its base is another one each time, so an adapter would fit none of them",
        "averaging": "what was averaged with earlier weights would know what was erased",
        "unlearning": "it never learned what is to be erased",
        "avalanche": "it begins from a base each time, so its hooks would meet no past",
    }

    def attach(self, learner: Learner) -> None:
        """Keep the base weights."""
        self._base: dict[str, Tensor] = {
            name: parameter.detach().cpu().clone()
            for name, parameter in learner.trainable().items()
        }
        self._without = 0
        self._outdated = False
        self._learner = learner

    def update(self, learner: Learner, update: Update) -> None:
        """Put back a base that knows nothing erased and train on what is valid."""
        self._bring_base(learner)
        with torch.no_grad():
            for name, parameter in learner.trainable().items():
                parameter.copy_(self._base[name])
        learner.fit(learner.known.valid())

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Say what becomes of the base, which the update rebuilds."""
        gone = set(erased_of_base(learner))
        count = sum(fact.key in gone for fact in facts)
        if not count:
            return {}
        told = f"recomputed: rebuilt without {count} facts of the base"
        if learner.rebuild is None:
            told = f"{INSEPARABLE}: cltool did not teach this model its base facts"
        return {"base weights": told}

    def stored(self) -> State:
        """The base weights and every valid fact."""
        return {**self._base, "facts": fact_rows(self._learner.known.valid())}

    def state_dict(self) -> State:
        """How many facts the base is without; a resumed run makes all else again."""
        return {"without": self._without}

    def load_state_dict(self, state: State) -> None:
        """Take it back."""
        self._without = int(state["without"])
        self._outdated = self._without > 0

    def _bring_base(self, learner: Learner) -> None:
        """Rebuild the base where more of it was erased; one that is only resumed costs nothing."""
        gone = erased_of_base(learner)
        grown = len(gone) > self._without
        if learner.rebuild is None or not (grown or self._outdated):
            return
        weights, tokens = learner.rebuild(gone, learner.progress)
        if grown:
            learner.spend(tokens)
        self._base = {name: weights[name].detach().cpu().clone() for name in self._base}
        self._without, self._outdated = len(gone), False


def erased_of_base(learner: Learner) -> list[Key]:
    """The base's keys that updates so far asked to forget, in the order of the base."""
    base, *updates = learner.stream.updates[: learner.known.step + 1]
    gone = {fact.key for update in updates for fact in update.forget}
    return [fact.key for fact in base.learn if fact.key in gone]
