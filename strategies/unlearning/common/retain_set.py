"""Facts that stand near to others, and which of them an erasing phase rehearses."""

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


def by_nearness(facts: Sequence[Fact], around: Sequence[Fact]) -> list[list[Fact]]:
    """``facts`` in three groups: those that share a name with ``around``, a relation, nothing."""
    places = {SUBJECT: 0, OBJECT: 0, RELATION: 1, OTHER: 2}
    groups: list[list[Fact]] = [[], [], []]
    for shared, fact in zip(overlap(facts, around), facts, strict=True):
        groups[places[shared]].append(fact)
    return groups


class Neighbours:
    """Sentences to rehearse while others are erased: as many of each group of nearness.

    Args:
        learner: words them.
        facts: what must stay known.
        around: what is erased.
        random: the order in which they are drawn; all of a group before any a second time.
    """

    def __init__(
        self,
        learner: Learner,
        facts: Sequence[Fact],
        around: Sequence[Fact],
        random: torch.Generator,
    ) -> None:
        groups = map(learner.examples, by_nearness(facts, around))
        self._groups = [_cycle(group, random) for group in groups if group]

    def draw(self, count: int) -> list[Encoded]:
        """The next ``count`` sentences; none where there are no facts."""
        drawn: list[Encoded] = []
        for place, group in enumerate(self._groups):
            share = count // len(self._groups) + (place < count % len(self._groups))
            drawn += [next(group) for _ in range(share)]
        return drawn


def _cycle(items: Sequence[Item], random: torch.Generator) -> Iterator[Item]:
    while items:
        for place in torch.randperm(len(items), generator=random).tolist():
            yield items[place]
