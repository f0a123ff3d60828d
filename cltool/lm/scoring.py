"""Logits where they are needed, and what is read off them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cltool.lm.batches import IGNORED, Batch


@dataclass(frozen=True, slots=True)
class Scored:
    """Logits of a batch's labelled stretch.

    Attributes:
        logits: (batch, kept, vocabulary): the prediction of each kept label.
        labels: (batch, kept), ``IGNORED`` where nothing is learned.
        completion: (batch, kept), bool: tokens after the prompt; none: all learned ones.
    """

    logits: Tensor
    labels: Tensor
    completion: Tensor | None = None

    def loss_sum(self) -> Tensor:
        """Cross entropy summed over the learned tokens, in nats."""
        return functional.cross_entropy(
            self.logits.flatten(0, 1).float(),
            self.labels.flatten(),
            ignore_index=IGNORED,
            reduction="sum",
        )

    def loss_per_sample(self) -> Tensor:
        """(batch,): cross entropy summed over each sample's learned tokens, in nats."""
        losses = functional.cross_entropy(
            self.logits.transpose(1, 2).float(),
            self.labels,
            ignore_index=IGNORED,
            reduction="none",
        )
        return losses.sum(dim=1)

    def answer_losses(self) -> Tensor:
        """(batch,): cross entropy of each sample's completion, summed, without gradient."""
        labels = self.labels
        if self.completion is not None:
            labels = labels.masked_fill(~self.completion, IGNORED)
        with torch.no_grad():
            return Scored(self.logits, labels).loss_per_sample()

    def tokens(self) -> Tensor:
        """Number of learned tokens, a scalar."""
        return (self.labels != IGNORED).sum()

    def hits(self) -> Tensor:
        """(batch,), bool: every token of the completion was the most probable one.

        Where prompts are learned too, only what follows them counts: nobody can know of
        whom the next sentence will speak.
        """
        counted = self.labels != IGNORED
        if self.completion is not None:
            counted = counted & self.completion
        with torch.no_grad():
            right = self.logits.argmax(dim=-1) == self.labels
            return (right | ~counted).all(dim=1)


def kept_positions(labels: Tensor) -> int:
    """How many positions, counted from the end, predict a learned token."""
    columns = (labels != IGNORED).any(dim=0).nonzero()
    first = int(columns[0]) if len(columns) else labels.shape[1] - 1
    return labels.shape[1] - max(first, 1) + 1


def score(model: nn.Module, batch: Batch) -> Scored:
    """One forward pass; logits only from the first learned token on, where the model can."""
    labels = batch["labels"]
    keep = kept_positions(labels)
    inputs = {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}
    if keeps_logits(model):
        logits = model(**inputs, logits_to_keep=keep, use_cache=False).logits
    else:
        logits = model(**inputs, use_cache=False).logits[:, -keep:]
    completion = batch.get("completion")
    if completion is not None:
        completion = completion[:, 1 - keep :]
    return Scored(logits[:, :-1], labels[:, 1 - keep :], completion)


def unwrapped(model: Any) -> Any:
    """The model inside a PEFT wrapper, or the model itself."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def keeps_logits(model: nn.Module) -> bool:
    """Whether the model's forward takes ``logits_to_keep``."""
    inner = unwrapped(model)
    known = inner.__dict__.get("_cltool_keeps_logits")
    if known is None:
        known = "logits_to_keep" in inspect.signature(type(inner).forward).parameters
        inner.__dict__["_cltool_keeps_logits"] = known
    return bool(known)
