"""Which slots of a model's product-key memories texts read, and how specific they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cltool.lm.batches import by_length
from cltool.lm.modes import evaluating
from cltool.lm.product_keys import accesses, memories

if TYPE_CHECKING:
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

TOGETHER = 64
"""Texts in a forward pass."""


@torch.no_grad()
def slot_reads(learner: Learner, documents: Sequence[Sequence[Encoded]]) -> dict[str, Tensor]:
    """Return memory → (documents, slots), bool: whether a token of a document reads a slot.

    Padding does not count. All tokens that the model reads count as training tokens.

    Args:
        learner: its model reads.
        documents: the texts of each document.
    """
    found = _sums(learner, documents, weighted=False)
    return {name: reads > 0 for name, reads in found.items()}


def slot_weights(learner: Learner, documents: Sequence[Sequence[Encoded]]) -> dict[str, Tensor]:
    """Return memory → (documents, slots): how much the loss of each document depends on a slot.

    It is the sum over all reads of their weight times ‖∂L/∂y‖, with L the loss of the text and y
    what the memory returns for the token that reads. Tokens on which no trained token depends add
    nothing. All tokens that the model reads count as training tokens.

    Args:
        learner: its model reads.
        documents: the sentences of each document.
    """
    return _sums(learner, documents, weighted=True)


def _sums(
    learner: Learner, documents: Sequence[Sequence[Encoded]], *, weighted: bool
) -> dict[str, Tensor]:
    owners = [number for number, texts in enumerate(documents) for _ in texts]
    texts = [text for own in documents for text in own]
    known = memories(learner.model)
    sizes = {name: memory.values.num_embeddings for name, memory in known.items()}
    sums = {name: torch.zeros(len(documents), size) for name, size in sizes.items()}
    for chosen in by_length([len(text) for text in texts], TOGETHER):
        batch = learner.collate([texts[number] for number in chosen])
        mask = batch["attention_mask"].bool()
        rows = torch.tensor([owners[number] for number in chosen])
        with (
            evaluating(learner.model),
            accesses(learner.model) as seen,
            _returned(known.values()) as outputs,
        ):
            scored = learner.score(batch)
            sizes_of = [torch.ones(mask.shape)] * len(known)
            if weighted:
                gradients = torch.autograd.grad(scored.loss_sum(), outputs)
                sizes_of = [one.float().norm(dim=-1).cpu() for one in gradients]
        for (name, found), size in zip(seen.items(), sizes_of, strict=True):
            # Some models flatten batch and length before the feed-forward part.
            slots, read = (one.cpu().reshape(*mask.shape, -1)[mask] for one in found[0])
            weights = read.float() * size.reshape(mask.shape)[mask].unsqueeze(1)
            owner = rows.unsqueeze(1).expand_as(mask)[mask].unsqueeze(1)
            flat = (owner * sizes[name] + slots).flatten()
            sums[name].view(-1).index_add_(0, flat, weights.flatten())
    return sums


@contextmanager
def _returned(modules: Iterable[nn.Module]) -> Iterator[list[Tensor]]:
    """Collect what the modules return inside, in the order in which they run."""
    outputs: list[Tensor] = []
    handles = [
        module.register_forward_hook(lambda _, __, output: outputs.append(output))
        for module in modules
    ]
    try:
        yield outputs
    finally:
        for handle in handles:
            handle.remove()


def tf_idf(weights: Tensor, used: Tensor, count: int) -> Tensor:
    """Return how specific each slot is to each document, (documents, slots).

    Lin et al. (2025), "Continual Learning via Sparse Memory Finetuning": with c(i) the reads of
    slot i in the document, and B the background's documents,

        score(i) = c(i) / Σ_j c(j) · log((|B| + 1) / (|{b ∈ B: c_b(i) > 0}| + 1))

    Args:
        weights: (documents, slots): c.
        used: (slots,): number of the background's documents that read each slot.
        count: |B|; without a background, the score is the first factor.
    """
    shares = weights / weights.sum(dim=1, keepdim=True).clamp_min(1e-12)
    return shares * torch.log((count + 1) / (used.float() + 1)) if count else shares


def most_specific(scores: Tensor, top: int) -> Tensor:
    """Return (slots,), bool: whether a slot is among the ``top`` of any document, above zero."""
    best, slots = scores.topk(min(top, scores.shape[1]), dim=1)
    chosen = torch.zeros(scores.shape[1], dtype=torch.bool)
    chosen[slots[best > 0]] = True
    return chosen
