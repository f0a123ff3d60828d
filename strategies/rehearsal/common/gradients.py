"""Drawing sentences to rehearse, and their gradients and losses."""

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
    """Return ``count`` random ``items``, none twice; all of them if there are fewer."""
    order = torch.randperm(len(items), generator=random).tolist()
    return [items[index] for index in order[:count]]


def draw_rounds(size: int, count: int, random: torch.Generator) -> list[int]:
    """Return ``count`` random indices below ``size``; each occurs once before any occurs twice."""
    order: list[int] = []
    while size and len(order) < count:
        order += torch.randperm(size, generator=random).tolist()
    return order[:count]


def batch_count(learner: Learner, mix: float) -> int:
    """Return the number of sentences to rehearse per step: ``mix`` × the size of a batch."""
    return round(mix * min(learner.settings.batch_size, len(learner.loader.own)))


def micro_batches(learner: Learner, examples: Sequence[Encoded]) -> Iterator[tuple[Batch, int]]:
    """Split ``examples`` into batches for one forward pass each.

    Yields:
        A batch, and the index of its first example in ``examples``.
    """
    size = learner.forward_size.size
    for begin in range(0, len(examples), size):
        yield learner.collate(examples[begin : begin + size]), begin


def learned_tokens(batch: Batch) -> int:
    """Return the number of learned tokens of ``batch``."""
    return int((batch["labels"] != IGNORED).sum())


def mean_gradient(learner: Learner, examples: Sequence[Encoded]) -> dict[str, Tensor]:
    """Return the gradient of the mean cross entropy over the learned tokens of ``examples``.

    The tokens count as training tokens. The result does not depend on the size of micro-batches.

    Returns:
        parameter → gradient, for the trainable parameters that have one.
    """
    parameters = learner.trainable()
    learner.rehearsal.note(examples)
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
    """Return (examples,): cross entropy of each, summed over its learned tokens.

    The model is in evaluation mode, and no gradients are kept. Each token counts as one training
    token, like generated text.
    """
    found = []
    mode = learner.model.training
    learner.model.eval()
    with torch.no_grad():
        for batch, _ in micro_batches(learner, examples):
            found.append(learner.score(batch).loss_per_sample())
    learner.model.train(mode)
    return torch.cat(found) if found else torch.zeros(0, device=learner.device)
