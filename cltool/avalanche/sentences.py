"""Sentences as the samples of a classification data set, and back.

Avalanche's plugins concatenate, index, store and collate samples as tensors of one shape:

- x: (2, width), int64: token ids, -1 beyond the sentence; 1 where the completion stands.
- y: (width,), int64: labels, ``IGNORED`` where nothing is learned.
- t: the task, always 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from avalanche.benchmarks.utils.classification_dataset import (
    TaskAwareSupervisedClassificationDataset,
)
from avalanche.benchmarks.utils.data_attribute import DataAttribute, TaskLabels
from torch import Tensor
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.lm.coder import Encoded

NOTHING = -1
"""Token id beyond the end of a sentence."""


class Sentences(Sequence[tuple[Tensor, Tensor]]):
    """Pairs (x, y), made when they are asked for.

    Args:
        examples: the sentences.
        width: that of the tensors.
        whole: every token is learned, rather than those of the completion.
    """

    def __init__(self, examples: Sequence[Encoded], width: int, whole: bool) -> None:
        self.examples = list(examples)
        self._width = width
        self._whole = whole

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, place: Any) -> Any:
        example = self.examples[place]
        x = torch.full((2, self._width), NOTHING)
        y = torch.full((self._width,), IGNORED)
        size, first = len(example), 1 if self._whole else max(example.start, 1)
        x[0, :size] = torch.tensor(example.ids)
        x[1] = (torch.arange(self._width) >= example.start).long()
        y[first:size] = x[0, first:size]
        return x, y


class Answers(DataAttribute):  # type: ignore[misc]
    """Each sentence's class, the first token of its completion.

    ``uniques``, from which plugins learn which classes there are, has all tokens of the
    completions: each is a class that the model tells from the others.
    """

    def __init__(self, firsts: Any, tokens: Iterable[int]) -> None:
        super().__init__(firsts, "targets")
        self._classes = frozenset(tokens)
        self._uniques = set(self._classes)

    def subset(self, indices: Any) -> Answers:
        """Those at ``indices``; of as many classes."""
        return Answers(super().subset(indices).data, self._classes)

    def concat(self, other: Any) -> Answers:
        """Both."""
        return Answers(super().concat(other).data, self._classes | set(other.uniques))


def dataset(examples: Sequence[Encoded], width: int, whole: bool) -> Any:
    """``examples`` as one of Avalanche's classification data sets.

    Args:
        examples: the sentences; at least one.
        width: that of the tensors, at least the longest sentence.
        whole: every token is learned.
    """
    firsts = [example.ids[min(example.start, len(example) - 1)] for example in examples]
    tokens = {token for example in examples for token in example.ids[example.start :]}
    return TaskAwareSupervisedClassificationDataset(
        [Sentences(examples, width, whole)],
        data_attributes=[Answers(firsts, tokens), TaskLabels([0] * len(examples))],
    )


def decode(x: Tensor) -> list[Encoded]:
    """The sentences of ``x``, (batch, 2, width)."""
    found = []
    for ids, completion in zip(x[:, 0].tolist(), x[:, 1].tolist(), strict=True):
        size = ids.index(NOTHING) if NOTHING in ids else len(ids)
        start = completion.index(1) if 1 in completion else size
        found.append(Encoded(tuple(ids[:size]), start))
    return found


def examples_of(data: Any) -> list[Encoded]:
    """The sentences of a data set, in their order."""
    return [one for sample in data for one in decode(sample[0].unsqueeze(0))]


class TokenLoss:
    """Cross entropy over learned tokens, with the interface of ``torch.nn.CrossEntropyLoss``.

    Attributes:
        reduction: ``mean`` over all learned tokens, or ``none``: the sum over each sentence.
    """

    def __init__(self) -> None:
        self.reduction = "mean"

    def __call__(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss in nats.

        Args:
            logits: (learned tokens, vocabulary), sentence by sentence.
            labels: (batch, width), ``IGNORED`` where nothing is learned.
        """
        learned = (labels != IGNORED).to(logits.device)
        targets = labels.to(logits.device)[learned]
        if self.reduction == "mean":
            return functional.cross_entropy(logits, targets)
        losses = functional.cross_entropy(logits, targets, reduction="none")
        rows = learned.nonzero()[:, 0]
        return torch.zeros(len(labels), device=logits.device).index_add(0, rows, losses.float())
