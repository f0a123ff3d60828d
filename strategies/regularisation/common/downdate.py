"""Takes single facts out of importances that were added up over the sentences of updates.

A sum over sentences can be down-dated as long as it is known which sentences are in it and with
what weight: the fact's own terms are taken again, at the weights as they are now, subtracted, and
what falls below zero is set to it. This is exact where the weights have not moved since the terms
were taken, and an estimate where they have. No sentence is kept for it: which ones were sampled
follows from the seed, so that one number an update is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cltool.strategies.regularisation.common.penalty import in_batches, sampled
from cltool.training.strategy import INSEPARABLE

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner

Sizes = Callable[[Sequence["Batch"]], Mapping[str, "Tensor"]]
"""Batches → the sum of their sentences' terms, by name."""


@dataclass(frozen=True, slots=True)
class Part:
    """The sentences of some facts that one update's sum was taken over.

    Attributes:
        step: the update.
        weight: with which each of its sentences is in the sum now.
        batches: the sentences.
        count: how many they are.
    """

    step: int
    weight: float
    batches: list[Batch]
    count: int


class Origins:
    """With what weight the sentences of each update are in a sum.

    Args:
        steps: of the stream.

    Attributes:
        weights: (steps,), float64; 0 where nothing of a step is in it, and below 0 where it is
            a sum over other facts than those which the step teaches, of which none can be told.
    """

    def __init__(self, steps: int) -> None:
        self.weights = torch.zeros(steps, dtype=torch.float64)

    def note(self, learner: Learner, facts: Sequence[Fact], weight: float, decay: float) -> bool:
        """A sum over ``facts`` was added with ``weight``, after the older ones had ``decay``.

        Returns:
            Whether its sentences can be told apart later.
        """
        self.weights *= decay
        step, updates = learner.known.step, learner.stream.updates
        told = step < len(self.weights) and [*updates[step].learn] == [*facts]
        if step < len(self.weights):
            self.weights[step] += weight if told else -weight
        return told

    def untold(self, learner: Learner, facts: Sequence[Fact]) -> int:
        """Sums in which some of ``facts`` may be, and of which none can be told apart."""
        beliefs = [learner.known.belief(fact.key) for fact in facts]
        first = min((held.learned for held in beliefs if held is not None), default=0)
        return int((self.weights[first:] < 0).sum())

    def parts(self, learner: Learner, facts: Sequence[Fact], samples: int) -> list[Part]:
        """What of ``facts`` is in the sum, update by update.

        Args:
            learner: knows when each fact was taught.
            facts: as they were taught last.
            samples: most sentences that a sum is taken over.
        """
        wanted: dict[int, list[Fact]] = {}
        for fact in facts:
            belief = learner.known.belief(fact.key)
            if belief is not None and belief.fact == fact:
                wanted.setdefault(belief.learned, []).append(fact)
        found = []
        for step, ours in sorted(wanted.items()):
            weight = float(self.weights[step]) if step < len(self.weights) else 0.0
            if weight > 0:
                chosen = _sentences(learner, step, ours, samples)
                batches = in_batches(learner, [learner.examples([f])[n] for f, n in chosen])
                found.append(Part(step, weight, batches, len(chosen)))
        return found

    def down_date(
        self,
        importance: Mapping[str, Tensor],
        learner: Learner,
        facts: Sequence[Fact],
        samples: int,
        sizes: Sizes,
    ) -> str:
        """Take ``facts`` out of ``importance``, in place.

        Args:
            importance: the sum, by parameter; never negative.
            learner: at the weights at which the terms are taken again.
            facts: to take out.
            samples: most sentences that each update's sum was taken over.
            sizes: takes the terms.

        Returns:
            What was done, in words.
        """
        parts = self.parts(learner, facts, samples)
        before = _total(importance)
        for part in parts:
            for name, tensor in sizes(part.batches).items() if part.count else ():
                if name in importance:
                    importance[name].sub_(tensor, alpha=part.weight).clamp_(min=0)
        untold = self.untold(learner, facts)
        return in_words(parts, learner, facts, before, _total(importance), untold)


def in_words(
    parts: Sequence[Part],
    learner: Learner,
    facts: Sequence[Fact],
    before: float,
    after: float,
    untold: int,
) -> str:
    """What a down-date did, and what it could not reach.

    Args:
        parts: what of ``facts`` was in the sum.
        learner: words them.
        facts: that were taken out.
        before: the sum's trace, or total.
        after: the same after the down-date.
        untold: see `Origins.untold`.
    """
    if not parts:
        return f"{INSEPARABLE}: it was taken over other sentences than those of single updates"
    held, of = sum(part.count for part in parts), len(learner.examples(facts))
    share = (before - after) / before if before > 0 else 0.0
    told = f"down-dated: {held} of {of} sentences were in it, {share:.2%} of it is taken out"
    if untold:
        told += f"; what the sums of {untold} updates over all facts hold of it stays"
    return told


def without_negative(moment: Tensor) -> Tensor:
    """``moment`` with its negative eigenvalues (or entries, of a diagonal) set to zero."""
    if moment.ndim == 1:
        return moment.clamp(min=0)
    values, vectors = torch.linalg.eigh((moment + moment.T) / 2)
    left: Tensor = (vectors * values.clamp(min=0)) @ vectors.T
    return left.contiguous()


def _sentences(
    learner: Learner, step: int, facts: Sequence[Fact], samples: int
) -> list[tuple[Fact, int]]:
    """(fact, number of its wording) of those sentences of ``facts`` that ``step`` sampled."""
    wordings = learner.stream.wordings
    ours = set(facts)
    places: list[tuple[Fact, int] | None] = []
    for fact in learner.stream.updates[step].learn:
        numbers = range(len(wordings.examples(fact)))
        places += [(fact, number) if fact in ours else None for number in numbers]
    drawn = (places[place] for place in sampled(learner, len(places), samples, step))
    return [pair for pair in drawn if pair is not None]


def _total(importance: Mapping[str, Tensor]) -> float:
    return float(sum(tensor.double().sum() for tensor in importance.values()))
