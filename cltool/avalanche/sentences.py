"""Conversion of sentences to the samples of a classification data set, and back.

Avalanche's plugins concatenate, index, store and collate samples as tensors of one shape:

- x: (2, width), int64: token ids, -1 after the end; and 1 where the completion is, else 0.
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
"""Token id after the end of a sentence."""


class Sentences(Sequence[tuple[Tensor, Tensor]]):
    """Pairs (x, y), created when they are read.

    Args:
        examples: the sentences.
        width: the width of the tensors.
        whole: learn every token instead of only the completion.
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
    """The class of each sentence: the first token of its completion.

    Plugins read the set of classes from ``uniques``. It has all tokens of the completions, because
    the model distinguishes each of them from the others.
    """

    def __init__(self, firsts: Any, tokens: Iterable[int]) -> None:
        super().__init__(firsts, "targets")
        self._classes = frozenset(tokens)
        self._uniques = set(self._classes)

    def subset(self, indices: Any) -> Answers:
        """Return the samples at ``indices``, with the same set of classes."""
        return Answers(super().subset(indices).data, self._classes)

    def concat(self, other: Any) -> Answers:
        """Return both, with the classes of both."""
        return Answers(super().concat(other).data, self._classes | set(other.uniques))


def dataset(examples: Sequence[Encoded], width: int, whole: bool) -> Any:
    """Make an Avalanche classification data set of ``examples``.

    Args:
        examples: the sentences, at least one.
        width: the width of the tensors, at least the length of the longest sentence.
        whole: learn every token.
    """
    firsts = [example.ids[min(example.start, len(example) - 1)] for example in examples]
    tokens = {token for example in examples for token in example.ids[example.start :]}
    return TaskAwareSupervisedClassificationDataset(
        [Sentences(examples, width, whole)],
        data_attributes=[Answers(firsts, tokens), TaskLabels([0] * len(examples))],
    )


def decode(x: Tensor) -> list[Encoded]:
    """Return the sentences of ``x``, (batch, 2, width)."""
    found = []
    for ids, completion in zip(x[:, 0].tolist(), x[:, 1].tolist(), strict=True):
        size = ids.index(NOTHING) if NOTHING in ids else len(ids)
        start = completion.index(1) if 1 in completion else size
        found.append(Encoded(tuple(ids[:size]), start))
    return found


def examples_of(data: Any) -> list[Encoded]:
    """Return the sentences of a data set, in order."""
    return [one for sample in data for one in decode(sample[0].unsqueeze(0))]


class TokenLoss:
    """Cross entropy over learned tokens, with the interface of ``torch.nn.CrossEntropyLoss``.

    Attributes:
        reduction: ``mean`` over all learned tokens, or ``none``: the sum over each sentence.
    """

    def __init__(self) -> None:
        self.reduction = "mean"

    def __call__(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the loss in nats.

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
