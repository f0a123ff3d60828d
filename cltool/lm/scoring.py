"""Logits of the labelled tokens of a batch, and the losses computed from them."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cltool.lm.batches import IGNORED, Batch


class Scored:
    """Logits of a batch, from its first labelled position on.

    Attributes:
        logits: (batch, kept, vocabulary): the prediction of each kept label.
        labels: (batch, kept), ``IGNORED`` where nothing is trained.
        completion: (batch, kept), bool: tokens after the prompt; None: all trained tokens.
    """

    def __init__(self, logits: Tensor, labels: Tensor, completion: Tensor | None = None) -> None:
        self.logits, self.labels, self.completion = logits, labels, completion

    def loss_sum(self) -> Tensor:
        """Return the cross entropy summed over the trained tokens, in nats."""
        return functional.cross_entropy(
            self.logits.flatten(0, 1).float(),
            self.labels.flatten(),
            ignore_index=IGNORED,
            reduction="sum",
        )

    def loss_per_sample(self) -> Tensor:
        """Return the cross entropy of each sample, (batch,), summed over its trained tokens."""
        losses = functional.cross_entropy(
            self.logits.transpose(1, 2).float(),
            self.labels,
            ignore_index=IGNORED,
            reduction="none",
        )
        return losses.sum(dim=1)

    def answer_losses(self) -> Tensor:
        """Return the summed cross entropy of each completion, (batch,), without gradient."""
        labels = self.labels
        if self.completion is not None:
            labels = labels.masked_fill(~self.completion, IGNORED)
        with torch.no_grad():
            return Scored(self.logits, labels).loss_per_sample()

    def tokens(self) -> Tensor:
        """Return the number of trained tokens, a scalar."""
        return (self.labels != IGNORED).sum()

    def hits(self) -> Tensor:
        """Return (batch,), bool: whether every token of the completion was the most probable one.

        If prompts are trained too, only the tokens after them count, because a prompt cannot be
        predicted.
        """
        counted = self.labels != IGNORED
        if self.completion is not None:
            counted = counted & self.completion
        with torch.no_grad():
            # On a CPU, this is faster than argmax.
            right = self.logits.max(dim=-1).indices == self.labels
            return (right | ~counted).all(dim=1)


def kept_positions(labels: Tensor) -> int:
    """Return how many of the last positions are needed to predict every trained token."""
    columns = (labels != IGNORED).any(dim=0).nonzero()
    first = int(columns[0]) if len(columns) else labels.shape[1] - 1
    return labels.shape[1] - max(first, 1) + 1


def score(model: nn.Module, batch: Batch) -> Scored:
    """Run a forward pass; compute logits only from the first trained token on, if possible."""
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
    """Return the model inside a PEFT wrapper, or the model itself."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def keeps_logits(model: nn.Module) -> bool:
    """Return whether the model's forward accepts ``logits_to_keep``."""
    inner = unwrapped(model)
    known = inner.__dict__.get("_cltool_keeps_logits")
    if known is None:
        known = "logits_to_keep" in inspect.signature(type(inner).forward).parameters
        inner.__dict__["_cltool_keeps_logits"] = known
    return bool(known)
