"""Subtracts single facts from importances that were summed over the sentences of updates.

A sum over sentences can be down-dated if it is known which sentences are in it, and with which
weight: the fact's own terms are computed again at the current weights and subtracted, and
negative entries are set to zero. This is exact if the weights have not changed since the terms
were added, and an estimate otherwise. No sentence is stored for this. Which sentences were
sampled follows from the seed, so one number per update is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cltool.core.plurals import plural
from cltool.strategies.regularisation.common.penalty import in_batches, sample_indices
from cltool.training.strategy import INSEPARABLE

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner

Terms = Callable[[Sequence["Batch"]], Mapping[str, "Tensor"]]
"""Batches → the sum of their sentences' terms, by name."""


@dataclass(frozen=True, slots=True)
class Part:
    """The sentences of some facts in the sum of one update.

    Attributes:
        step: the update.
        weight: current weight of each of its sentences in the sum.
        batches: the sentences.
        count: number of sentences.
    """

    step: int
    weight: float
    batches: list[Batch]
    count: int


class UpdateWeights:
    """The weight of each update's sentences in a sum.

    Args:
        steps: length of the stream.

    Attributes:
        weights: (steps,), float64. An entry is 0 if nothing of a step is in the sum. It is
            negative if the step's sum was taken over other facts than those that the step
            teaches; then no single fact can be subtracted.
    """

    def __init__(self, steps: int) -> None:
        self.weights = torch.zeros(steps, dtype=torch.float64)

    def record(self, learner: Learner, facts: Sequence[Fact], weight: float, decay: float) -> bool:
        """Record that a sum over ``facts`` was added with ``weight``, earlier ones × ``decay``.

        Returns:
            Whether single facts can be subtracted from it later.
        """
        self.weights *= decay
        step, updates = learner.known.step, learner.stream.updates
        separable = step < len(self.weights) and [*updates[step].learn] == [*facts]
        if step < len(self.weights):
            self.weights[step] += weight if separable else -weight
        return separable

    def inseparable(self, learner: Learner, facts: Sequence[Fact]) -> int:
        """Return the number of sums that may contain ``facts`` and cannot be down-dated."""
        beliefs = [learner.known.belief(fact.key) for fact in facts]
        first = min((held.learned for held in beliefs if held is not None), default=0)
        return int((self.weights[first:] < 0).sum())

    def parts(self, learner: Learner, facts: Sequence[Fact], samples: int) -> list[Part]:
        """Return the sentences of ``facts`` that are in the sum, by update.

        Args:
            learner: knows when each fact was taught.
            facts: as they were last taught.
            samples: most sentences in the sum of one update.
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
                chosen = _sampled_sentences(learner, step, ours, samples)
                batches = in_batches(learner, [learner.examples([f])[n] for f, n in chosen])
                found.append(Part(step, weight, batches, len(chosen)))
        return found

    def down_date(
        self,
        importance: Mapping[str, Tensor],
        learner: Learner,
        facts: Sequence[Fact],
        samples: int,
        terms: Terms,
    ) -> str:
        """Subtract ``facts`` from ``importance``, in place.

        Args:
            importance: the sum, by parameter; never negative.
            learner: its current weights are used to compute the terms.
            facts: the facts to subtract.
            samples: most sentences in the sum of one update.
            terms: computes the terms.

        Returns:
            A description of what was done.
        """
        parts = self.parts(learner, facts, samples)
        before = _total(importance)
        for part in parts:
            for name, tensor in terms(part.batches).items() if part.count else ():
                if name in importance:
                    importance[name].sub_(tensor, alpha=part.weight).clamp_(min=0)
        left = self.inseparable(learner, facts)
        return describe(parts, learner, facts, before, _total(importance), left)


def describe(
    parts: Sequence[Part],
    learner: Learner,
    facts: Sequence[Fact],
    before: float,
    after: float,
    inseparable: int,
) -> str:
    """Describe what a down-date subtracted, and what it could not subtract.

    Args:
        parts: the sentences of ``facts`` that were in the sum.
        learner: turns facts into sentences.
        facts: the facts that were subtracted.
        before: trace, or total, of the sum before.
        after: the same after the down-date.
        inseparable: see `UpdateWeights.inseparable`.
    """
    if not parts:
        return f"{INSEPARABLE}: the sum was taken over other sentences than those of one update"
    held, of = sum(part.count for part in parts), len(learner.examples(facts))
    share = (before - after) / before if before > 0 else 0.0
    text = (
        f"down-dated: it held {held} of {plural(of, 'sentence')}; {share:.2%} of it was subtracted"
    )
    if inseparable:
        updates = plural(inseparable, "update")
        text += f"; the sums of {updates} over all facts still contain the fact"
    return text


def without_negative(moment: Tensor) -> Tensor:
    """Return ``moment`` with negative eigenvalues (or entries, if diagonal) set to zero."""
    if moment.ndim == 1:
        return moment.clamp(min=0)
    values, vectors = torch.linalg.eigh((moment + moment.T) / 2)
    left: Tensor = (vectors * values.clamp(min=0)) @ vectors.T
    return left.contiguous()


def _sampled_sentences(
    learner: Learner, step: int, facts: Sequence[Fact], samples: int
) -> list[tuple[Fact, int]]:
    """Return (fact, index of its wording) of the sentences of ``facts`` that ``step`` sampled."""
    wordings = learner.stream.wordings
    ours = {fact.key for fact in facts}
    pairs: list[tuple[Fact, int] | None] = []
    for fact in learner.stream.updates[step].learn:
        numbers = range(len(wordings.examples(fact)))
        pairs += [(fact, number) if fact.key in ours else None for number in numbers]
    drawn = (pairs[index] for index in sample_indices(learner, len(pairs), samples, step))
    return [pair for pair in drawn if pair is not None]


def _total(importance: Mapping[str, Tensor]) -> float:
    return float(sum(tensor.double().sum() for tensor in importance.values()))
