"""What a model holds of objects that it never heard of: seen just before they are taught.

A foil is an object that the model knows from another fact. An erased object that no other fact
has is less than that to a model that never knew it: its name was in nothing that it read. Foils
are no measure for it, since they are far too probable. What the stream is about to teach is one:
before an update is learned, its new names are as unheard as the erased ones are to the retrained
model. They are asked for in their own trained wordings, and what the model gave to the object
that they supersede is taken away and normalised, as foils' are (see `ignorance`).

Only numbers are kept, no names.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from cltool.strategies.unlearning.common.sentences import ask, complete, rest, trained_askings
from cltool.training.strategy import State

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact, Knowledge
    from cltool.facts.wordings import Asking
    from cltool.training.learner import Learner

KEPT = 512
"""Sentences whose numbers are kept; the oldest leave first."""

ASKED, WORDINGS = 16, 2
"""New facts of an update that are asked for at most, and trained wordings of each."""

ENOUGH = 16
"""Sentences with as many tokens as an erased one that tell of it by themselves."""


class Unheard:
    """How probable the model found objects before it was taught them.

    Attributes:
        rows: of each sentence, the tokens of its object, and log q of them, in nats.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[int, float]] = []

    def note(self, learner: Learner, random: torch.Generator, *, whole: bool = False) -> None:
        """Ask for what the last update is about to teach and nothing has named so far.

        What is no number, of a model that broke down, is not kept.

        Args:
            learner: its knowledge has the update; its model has not been trained on it.
            random: which of the facts, where there are many.
            whole: what closes the sentence counts too.
        """
        known = learner.known
        heard = heard_before(known)
        facts = [
            belief.fact
            for belief in known.beliefs()
            if belief.learned == known.step and heard.isdisjoint(belief.fact.accepted)
        ]
        order = torch.randperm(len(facts), generator=random).tolist()
        asked = [
            (facts[place], asking)
            for place in sorted(order[:ASKED])
            for asking in trained_askings(learner, facts[place])[:WORDINGS]
        ]
        if not asked:
            return
        made = complete(learner, asked, [fact.object for fact, _ in asked], whole=whole)
        logps = ask(learner, made).logps - _left(learner, asked, whole=whole)
        found = zip((one.tokens for one in made), logps.tolist(), strict=True)
        self.rows += [(tokens, logp) for tokens, logp in found if math.isfinite(logp)]
        del self.rows[:-KEPT]

    def logps(self, tokens: int) -> Tensor | None:
        """(sentences,): log q of objects of so many tokens, in nats; None: nothing was asked.

        Where too few have as many, all are scaled to that length.
        """
        same = [logp for size, logp in self.rows if size == tokens]
        if len(same) >= ENOUGH:
            return torch.tensor(same)
        scaled = [logp * tokens / size for size, logp in self.rows if size]
        return torch.tensor(scaled) if scaled else None

    def state_dict(self) -> State:
        """The numbers."""
        return {"rows": [list(row) for row in self.rows]}

    def load_state_dict(self, state: State) -> None:
        """Take back what ``state_dict`` gave."""
        self.rows = [(int(size), float(logp)) for size, logp in state["rows"]]


def _left(learner: Learner, asked: Sequence[tuple[Fact, Asking]], *, whole: bool) -> Tensor:
    """(sentences,): log of what the model leaves to all but the object that was true before."""
    left = torch.zeros(len(asked))
    former: list[tuple[int, str]] = []
    for place, (fact, _) in enumerate(asked):
        belief = learner.known.belief(fact.key)
        if belief is not None and belief.outdated:
            former.append((place, belief.outdated[-1]))
    if former:
        places = [place for place, _ in former]
        names = [name for _, name in former]
        made = complete(learner, [asked[place] for place in places], names, whole=whole)
        left[places] = rest(ask(learner, made).logps)
    return left


def heard_before(known: Knowledge) -> set[str]:
    """Every name that was taught before the last update, superseded and erased ones too."""
    return {name for update in known.updates[:-1] for fact in update.learn for name in _names(fact)}


def heard_without(known: Knowledge) -> set[str]:
    """Every name that a model has read which was retrained without what was ever erased.

    It begins from a base without the facts of any key that was to be forgotten, and reads what is
    true; what updates taught and later ones superseded it has never seen.
    """
    gone = {fact.key for update in known.updates for fact in update.forget}
    base = [fact for update in known.updates[:1] for fact in update.learn if fact.key not in gone]
    return {name for fact in (*base, *known.valid()) for name in _names(fact)}


def _names(fact: Fact) -> tuple[str, ...]:
    """What stands in its sentences: a name that is only a subject was read as well."""
    return fact.subject, *fact.accepted
