"""Batches of one update, epoch by epoch, with what strategies rehearse mixed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from cltool.lm.batches import Batch, bucketed
from cltool.lm.coder import Encoded


@dataclass
class Loader:
    """Batches of one update; each pass over it is an epoch with an order of its own.

    Attributes:
        own: the update's examples.
        rehearsed: further examples for this epoch, added by strategies before it begins.

    A batch also has, for each of its rows, ``place``, its example's index in ``own`` and then
    ``rehearsed``, and ``own``, whether it is one of the update's.
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
        """Tokens of a step, on average."""
        return sum(map(len, [*self.own, *self.rehearsed])) / len(self)

    def __iter__(self) -> Iterator[Batch]:
        examples = [*self.own, *self.rehearsed]
        lengths = [len(example) for example in examples]
        for indices in bucketed(lengths, self.batch_size, self.generator):
            batch = self.collate([examples[index] for index in indices])
            batch["place"] = torch.tensor(indices)
            batch["own"] = batch["place"] < len(self.own)
            yield batch
