"""Log-probabilities of new names, measured just before they are taught.

A distractor is an object that the model knows from another fact. If no other fact has an erased
object, a model that never knew the fact has never read this name, and distractors are much too
probable to compare with. The names that the stream is about to teach are comparable: before an
update is learned, its new names are as unknown to the model as the erased ones are to a retrained
model. Their probabilities are measured in their own trained wordings. As for distractors, the
probability of the object that they supersede is removed, and the rest is normalised (see
`cltool.strategies.unlearning.common.target`).

Only numbers are stored, no names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from cltool.facts.identity import object_identities
from cltool.strategies.unlearning.common.sentences import (
    complete,
    likelihoods,
    log_complement,
    trained_askings,
)
from cltool.training.strategy import State

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact, Knowledge
    from cltool.facts.wordings import Asking
    from cltool.training.learner import Learner

KEPT = 512
"""Most sentences whose numbers are stored; the oldest are dropped first."""

ASKED, WORDINGS = 16, 2
"""Most new facts measured per update, and trained wordings of each."""

ENOUGH = 16
"""Number of sentences with as many tokens as an erased one that suffices without scaling."""


class UnseenNames:
    """Log-probabilities of objects before the model was taught them.

    Attributes:
        rows: for each sentence, the number of tokens of its object, and their log q, in nats.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[int, float]] = []

    def note(self, learner: Learner, random: torch.Generator, *, whole: bool = False) -> None:
        """Measure the new names that the last update is about to teach.

        Values that are not finite (of a broken model) are not stored.

        Args:
            learner: its knowledge includes the update; its model was not trained on it yet.
            random: randomness of the choice if there are many facts.
            whole: whether the end of the sentence counts too.
        """
        known = learner.known
        read = names_read_before(known)
        facts = [
            belief.fact
            for belief in known.beliefs()
            if belief.learned == known.step
            and read.isdisjoint(object_identities(belief.fact.accepted))
        ]
        order = torch.randperm(len(facts), generator=random).tolist()
        asked = [
            (facts[index], asking)
            for index in sorted(order[:ASKED])
            for asking in trained_askings(learner, facts[index])[:WORDINGS]
        ]
        if not asked:
            return
        made = complete(learner, asked, [fact.object for fact, _ in asked], whole=whole)
        logps = likelihoods(learner, made).logps - _log_remainder(learner, asked, whole=whole)
        found = zip((one.tokens for one in made), logps.tolist(), strict=True)
        self.rows += [(tokens, logp) for tokens, logp in found if math.isfinite(logp)]
        del self.rows[:-KEPT]

    def logps(self, tokens: int) -> Tensor | None:
        """Return (sentences,): log q of objects with this number of tokens, in nats.

        If too few have this number, all are scaled to it. None if nothing was measured.
        """
        same = [logp for size, logp in self.rows if size == tokens]
        if len(same) >= ENOUGH:
            return torch.tensor(same)
        scaled = [logp * tokens / size for size, logp in self.rows if size]
        return torch.tensor(scaled) if scaled else None

    def state_dict(self) -> State:
        """Return the numbers."""
        return {"rows": [list(row) for row in self.rows]}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self.rows = [(int(size), float(logp)) for size, logp in state["rows"]]


def _log_remainder(
    learner: Learner, asked: Sequence[tuple[Fact, Asking]], *, whole: bool
) -> Tensor:
    """Return (sentences,): log(1 − p) with p the probability of the superseded object."""
    remainder = torch.zeros(len(asked))
    former: list[tuple[int, str]] = []
    for index, (fact, _) in enumerate(asked):
        belief = learner.known.belief(fact.key)
        if belief is not None and belief.outdated:
            former.append((index, belief.outdated[-1]))
    if former:
        indices = [index for index, _ in former]
        names = [name for _, name in former]
        made = complete(learner, [asked[index] for index in indices], names, whole=whole)
        remainder[indices] = log_complement(likelihoods(learner, made).logps)
    return remainder


def names_read_before(known: Knowledge) -> set[str]:
    """Return the identity of every name taught before the last update.

    They include the names of superseded and erased facts.
    """
    return {name for update in known.updates[:-1] for fact in update.learn for name in _names(fact)}


def names_read_elsewhere(known: Knowledge) -> set[str]:
    """Return the identity of each name that a model retrained without all erased facts has read.

    It starts from a base without the facts of any key that was to be forgotten, and is trained on
    the valid facts. It never sees facts that an update taught and a later one superseded.
    """
    gone = {fact.key for update in known.updates for fact in update.forget}
    base = [fact for update in known.updates[:1] for fact in update.learn if fact.key not in gone]
    return {name for fact in (*base, *known.valid()) for name in _names(fact)}


def _names(fact: Fact) -> set[str]:
    """Return the identities of the names in the fact's sentences, including the subject."""
    return object_identities((fact.subject, *fact.accepted))
