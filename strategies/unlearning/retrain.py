"""Retrains without the erased facts: the reference for every unlearning method.

Cao & Yang (2015), "Towards Making Systems Forget with Machine Unlearning"; Bourtoule et al. (2021),
"Machine Unlearning", section II: the result of a training algorithm A on the data D without the
erased part D_e is by definition free of D_e,

    θ = A(A₀(D_base ∖ D_e), D_valid)

A₀ is the training of the base model, and A the training of `joint`, on all facts that are valid
after the update. A base that knew an erased fact is rebuilt without it, with the same recipe,
seed, architecture and tokenizer, so neither the weights nor the order of training depend on the
erased objects. The tokenizer depends on them as far as it was made from the base. It must be the
tokenizer of the run's model, because embeddings of different tokenizers cannot be compared.

A request concerns its key. Earlier objects of the key in the base are left out too, so the
reference knows nothing about the key, rather than an outdated object. If the key is taught again
later, it is learned by a base that never knew it.

The base is rebuilt once for each set of erased base facts and cached for all runs and seeds. The
tokens of its training count each time a run needs a new base, cached or not, because they are the
cost of retraining. Only facts that cltool taught can be left out. If a model already knew the base
facts (it is neither ``tiny`` nor taught by ``model.teach_base``), its base does not change, and
the run's record warns that it is not an exact reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cltool.core.plurals import plural
from cltool.strategies.baselines.common.from_base import FromBase
from cltool.training.strategy import INSEPARABLE, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Key, Update
    from cltool.training.learner import Learner


class Retrain(FromBase):
    """Trains a base that was never taught the erased facts on all valid facts."""

    rebuilds = True
    excludes: ClassVar[Mapping[str, str]] = {
        "rehearsal": "it trains on all valid facts, so there is nothing to rehearse",
        "regularisation": "it starts from a base each time, so earlier weights do not matter",
        "distillation": "it starts from a base each time, so there is no earlier model to learn "
        "from",
        "adapters": "its base may be another one each time, so an adapter would not fit it",
        "averaging": "an average with earlier weights would contain the erased facts",
        "unlearning": "it never learned the erased facts",
        "avalanche": "it starts from a base each time, so the plugin's hooks would see no earlier "
        "updates",
    }

    def attach(self, learner: Learner) -> None:
        """Store the base weights."""
        super().attach(learner)
        self._without = 0
        self._outdated = False

    def update(self, learner: Learner, update: Update) -> None:
        """Restore a base without the erased facts and train on all valid facts."""
        self._bring_base(learner)
        super().update(learner, update)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report that the update rebuilds the base."""
        gone = set(erased_of_base(learner))
        count = sum(fact.key in gone for fact in facts)
        if not count:
            return {}
        text = f"recomputed: rebuilt without {plural(count, 'fact')} of the base"
        if learner.rebuild is None:
            text = f"{INSEPARABLE}: cltool did not teach this model its base facts"
        return {"base weights": text}

    def state_dict(self) -> State:
        """Return the number of facts that the base lacks; a resumed run rebuilds the rest."""
        return {"without": self._without}

    def load_state_dict(self, state: State) -> None:
        """Restore this number; the next update rebuilds the base."""
        self._without = int(state["without"])
        self._outdated = self._without > 0

    def _bring_base(self, learner: Learner) -> None:
        """Rebuild the base if more facts were erased; rebuilding on resumption costs nothing."""
        gone = erased_of_base(learner)
        grown = len(gone) > self._without
        if learner.rebuild is None or not (grown or self._outdated):
            return
        weights, tokens = learner.rebuild(gone, learner.progress)
        if grown:
            learner.spend(tokens)
        self._base = {name: weights[name].detach().cpu().clone() for name in self._base}
        # Training does not change buffers, such as the statistics of a memory layer's queries.
        for name, buffer in learner.model.named_buffers():
            buffer.copy_(weights[name])
        self._without, self._outdated = len(gone), False


def erased_of_base(learner: Learner) -> list[Key]:
    """Return the base's keys that updates so far asked to forget, in the order of the base."""
    base, *updates = learner.stream.updates[: learner.known.step + 1]
    gone = {fact.key for update in updates for fact in update.forget}
    return [fact.key for fact in base.learn if fact.key in gone]
