"""Padded batches of examples of similar length."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cltool.lm.coder import Encoded

IGNORED = -100
"""Label of tokens that are not trained."""

Batch = dict[str, Tensor]
"""``input_ids``, ``attention_mask``, ``labels``: each (batch, length), int64.

If prompts are trained too, also ``completion``: (batch, length), bool."""


def collate(examples: Sequence[Encoded], pad: int, *, whole: bool = False) -> Batch:
    """Make a batch of ``examples``, padded on the right.

    Args:
        examples: the examples.
        pad: token id of the padding.
        whole: train every token instead of only the completion.
    """
    width = max(len(example) for example in examples)
    ids = torch.full((len(examples), width), pad)
    labels = torch.full((len(examples), width), IGNORED)
    mask = torch.zeros((len(examples), width), dtype=torch.long)
    for row, example in enumerate(examples):
        tokens = torch.tensor(example.ids)
        size = len(example)
        ids[row, :size] = tokens
        mask[row, :size] = 1
        first = 1 if whole else max(example.start, 1)
        labels[row, first:size] = tokens[first:]
    batch = {"input_ids": ids, "attention_mask": mask, "labels": labels}
    if whole:
        starts = torch.tensor([example.start for example in examples])
        batch["completion"] = torch.arange(width) >= starts.unsqueeze(1)
    return batch


def bucketed(
    lengths: Sequence[int], size: int, generator: torch.Generator, chunk: int = 16
) -> list[list[int]]:
    """Return the indices of random batches of examples of similar length.

    It shuffles the examples, sorts them by length within stretches of ``chunk`` batches, divides
    these into batches, and shuffles the batches. An epoch has every example once and little
    padding, and its batches differ from those of other epochs.
    """
    order = torch.randperm(len(lengths), generator=generator).tolist()
    batches: list[list[int]] = []
    for begin in range(0, len(order), size * chunk):
        stretch = sorted(order[begin : begin + size * chunk], key=lambda index: lengths[index])
        batches += [stretch[place : place + size] for place in range(0, len(stretch), size)]
    shuffled = torch.randperm(len(batches), generator=generator).tolist()
    return [batches[index] for index in shuffled]


def by_length(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Return the indices of batches of similar length, shortest first, without randomness."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    return [order[place : place + size] for place in range(0, len(order), size)]


def split(batch: Batch, size: int) -> list[Batch]:
    """Split ``batch`` into parts of at most ``size`` rows."""
    rows = len(batch["labels"])
    if rows <= size:
        return [batch]
    return [
        {name: tensor[begin : begin + size] for name, tensor in batch.items()}
        for begin in range(0, rows, size)
    ]


def token_shares(parts: Sequence[Batch]) -> list[float]:
    """Return each part's share of the learned tokens of all parts."""
    if len(parts) == 1:
        return [1.0]
    counts = [int((part["labels"] != IGNORED).sum()) for part in parts]
    return [count / max(sum(counts), 1) for count in counts]
