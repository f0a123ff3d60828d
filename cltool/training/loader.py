"""Batches of one update, mixed with the examples that strategies rehearse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from cltool.lm.batches import Batch, bucketed
from cltool.lm.coder import Encoded


@dataclass
class Loader:
    """Batches of one update; each iteration is an epoch in a new random order.

    Attributes:
        own: the update's examples.
        rehearsed: further examples for this epoch, added by strategies before it begins.

    Besides the model's inputs and labels, a batch holds for each row ``place``, the index of the
    example in ``own`` followed by ``rehearsed``, and ``own``, whether the example belongs to
    the update.
    """

    own: list[Encoded]
    batch_size: int
    generator: torch.Generator
    collate: Callable[[Sequence[Encoded]], Batch]
    rehearsed: list[Encoded]

    def __len__(self) -> int:
        return -(-(len(self.own) + len(self.rehearsed)) // self.batch_size)

    @property
    def tokens(self) -> float:
        """Mean number of tokens of a step."""
        return sum(map(len, [*self.own, *self.rehearsed])) / len(self)

    def __iter__(self) -> Iterator[Batch]:
        examples = [*self.own, *self.rehearsed]
        lengths = [len(example) for example in examples]
        for indices in bucketed(lengths, self.batch_size, self.generator):
            batch = self.collate([examples[index] for index in indices])
            batch["place"] = torch.tensor(indices)
            batch["own"] = batch["place"] < len(self.own)
            yield batch
