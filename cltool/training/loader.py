"""Batches of one update, mixed with the examples that strategies rehearse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch

from cltool.lm.batches import Batch
from cltool.lm.coder import Encoded
from cltool.training.order import Order


@dataclass
class Loader:
    """Batches of one update; each iteration is an epoch, in the order that ``order`` decides.

    Attributes:
        own: the update's examples of this epoch: all of them, or those that ``order`` chose. A
            strategy that replaces the list decides from then on which examples an epoch has.
        rehearsed: further examples for this epoch, added by strategies before it begins.
        order: the order of the examples; without it, random batches of similar length.
        note: is told which rehearsed examples each batch had.
        examples: all examples of the update.

    Besides the model's inputs and labels, a batch holds for each row ``place``, the index of the
    example in ``own`` followed by ``rehearsed``, and ``own``, whether the example belongs to
    the update.
    """

    own: list[Encoded]
    batch_size: int
    generator: torch.Generator
    collate: Callable[[Sequence[Encoded]], Batch]
    rehearsed: list[Encoded]
    order: Order = field(default_factory=Order)
    note: Callable[[list[Encoded]], None] = lambda examples: None

    def __post_init__(self) -> None:
        self.examples = self._chosen = self.own

    def begin_epoch(self) -> None:
        """Choose the update's examples of the epoch, and drop the rehearsed ones."""
        self.rehearsed = []
        if self.own is self._chosen:
            self.own = self._chosen = self.order.due(self.examples)

    def record(
        self, places: Sequence[int], hits: list[bool], losses: list[float]
    ) -> tuple[list[bool], list[float]]:
        """Tell ``order`` how an epoch went; return the hits and losses that count.

        Args:
            places: index in ``own`` of each example of the update that was trained.
            hits: whether each was completed correctly just before the step on it.
            losses: the loss of each completion just before that step, in nats.
        """
        self.order.record([self.own[place] for place in places], hits, losses)
        return self.order.outcomes(self.examples, hits, losses)

    def __len__(self) -> int:
        return -(-(len(self.own) + len(self.rehearsed)) // self.batch_size)

    @property
    def tokens(self) -> float:
        """Mean number of tokens of a step."""
        return sum(map(len, [*self.own, *self.rehearsed])) / len(self)

    def __iter__(self) -> Iterator[Batch]:
        examples = [*self.own, *self.rehearsed]
        batches = self.order.batches(self.own, self.rehearsed, self.batch_size, self.generator)
        for indices in batches:
            batch = self.collate([examples[index] for index in indices])
            batch["place"] = torch.tensor(indices)
            batch["own"] = batch["place"] < len(self.own)
            rehearsed = [examples[index] for index in indices if index >= len(self.own)]
            yield batch
            # Training may have ended before it took the batch; then this is not reached.
            self.note(rehearsed)
