"""The retain set: the facts that an erasing phase rehearses, balanced by overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import torch

from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT, overlap

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

Item = TypeVar("Item")


def by_overlap(facts: Sequence[Fact], around: Sequence[Fact]) -> list[list[Fact]]:
    """Group ``facts`` by what they share with ``around``: a name, only a relation, nothing."""
    group_of = {SUBJECT: 0, OBJECT: 0, RELATION: 1, OTHER: 2}
    groups: list[list[Fact]] = [[], [], []]
    for shared, fact in zip(overlap(facts, around), facts, strict=True):
        groups[group_of[shared]].append(fact)
    return groups


class RetainSet:
    """Sentences to rehearse while others are erased, equally many of each group of overlap.

    Args:
        learner: encodes the sentences.
        facts: the facts to retain.
        around: the erased facts.
        random: randomness of the order; all of a group are drawn before any a second time.
    """

    def __init__(
        self,
        learner: Learner,
        facts: Sequence[Fact],
        around: Sequence[Fact],
        random: torch.Generator,
    ) -> None:
        groups = map(learner.examples, by_overlap(facts, around))
        self._groups = [_cycle(group, random) for group in groups if group]

    def draw(self, count: int) -> list[Encoded]:
        """Return the next ``count`` sentences; none if there are no facts."""
        drawn: list[Encoded] = []
        for place, group in enumerate(self._groups):
            share = count // len(self._groups) + (place < count % len(self._groups))
            drawn += [next(group) for _ in range(share)]
        return drawn


def _cycle(items: Sequence[Item], random: torch.Generator) -> Iterator[Item]:
    while items:
        for place in torch.randperm(len(items), generator=random).tolist():
            yield items[place]
