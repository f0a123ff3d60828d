"""What strategies that rehearse share: drawing sentences, and the gradient they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import torch

from cltool.lm.batches import IGNORED, Batch

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

Item = TypeVar("Item")


def draw(items: Sequence[Item], count: int, random: torch.Generator) -> list[Item]:
    """``count`` of ``items`` at random, none twice; all of them where they are no more."""
    order = torch.randperm(len(items), generator=random).tolist()
    return [items[place] for place in order[:count]]


def batch_count(learner: Learner, mix: float) -> int:
    """How many sentences a step rehearses: ``mix`` for each of the update's in a full batch."""
    return round(mix * min(learner.settings.batch_size, len(learner.loader.own)))


def micro_batches(learner: Learner, examples: Sequence[Encoded]) -> Iterator[tuple[Batch, int]]:
    """``examples`` in batches as large as the learner's forward passes.

    Yields:
        a batch, and where its first example stands in ``examples``.
    """
    size = learner.settings.micro_batch_size or learner.settings.batch_size
    for begin in range(0, len(examples), size):
        yield learner.collate(examples[begin : begin + size]), begin


def learned_tokens(batch: Batch) -> int:
    """How many tokens of ``batch`` are learned."""
    return int((batch["labels"] != IGNORED).sum())


def mean_gradient(learner: Learner, examples: Sequence[Encoded]) -> dict[str, Tensor]:
    """Gradient of the mean cross entropy over the learned tokens of ``examples``.

    Its tokens count as training tokens. It does not depend on the size of micro-batches.

    Returns:
        parameter → gradient, for the trainable ones that have one.
    """
    parameters = learner.trainable()
    total: dict[str, Tensor] = {}
    tokens = 0
    for batch, _ in micro_batches(learner, examples):
        tokens += learned_tokens(batch)
        loss = learner.score(batch).loss_sum()
        grads = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        for name, grad in zip(parameters, grads, strict=True):
            if grad is not None:
                total[name] = total[name] + grad if name in total else grad
    return {name: grad / max(tokens, 1) for name, grad in total.items()}


def losses(learner: Learner, examples: Sequence[Encoded]) -> Tensor:
    """(examples,): cross entropy of each, summed over its learned tokens, in evaluation mode.

    Nothing is kept for a backward pass, yet its tokens count, as those of generated text do.
    """
    found = []
    mode = learner.model.training
    learner.model.eval()
    with torch.no_grad():
        for batch, _ in micro_batches(learner, examples):
            found.append(learner.score(batch).loss_per_sample())
            learner.spend(int(batch["attention_mask"].sum()))
    learner.model.train(mode)
    return torch.cat(found) if found else torch.zeros(0, device=learner.device)
