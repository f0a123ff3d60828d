"""Trains the embedded model: it memorises the base facts, and learns to read facts in its prompt.

Each step trains on a batch of sentences of the base facts and a batch of pages with reading
exercises. The loss is the mean over all learned tokens of both.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from cltool.core.progress import Progress
from cltool.lm import optimizers
from cltool.lm.batches import Batch, bucketed, collate
from cltool.lm.scoring import score

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from cltool.lm.coder import Coder, Encoded
    from cltool.models.tiny.architecture import SideTraining
    from cltool.models.tiny.reading import Exercises, Page
    from cltool.models.tiny.recipe import Recipe

STEPS_TOGETHER = 8
"""Steps whose pages are drawn together; each step then gets pages of similar length."""


def teach(
    model: PreTrainedModel,
    coder: Coder,
    encoded: Sequence[Encoded],
    exercises: Exercises | None,
    recipe: Recipe,
    seed: int,
    progress: Progress,
    side_training: Callable[[], SideTraining | None] = lambda: None,
) -> int:
    """Train the model until it knows the base facts and has read all exercises.

    Args:
        model: an untrained model (`cltool.models.tiny.architecture`).
        coder: its tokenizer.
        encoded: the sentences of the base facts.
        exercises: reading exercises; None: the model does not learn to read.
        recipe: size and training of the model.
        seed: of the order of the sentences and of the pages.
        progress: receives the progress of the training.
        side_training: returns what trains other weights of the model beside it, if anything.

    Returns:
        The number of tokens in all forward passes, without padding.
    """
    what = "teaching the embedded model the base facts" + (" and reading" * bool(exercises))
    epochs, steps = recipe.plan(len(encoded))
    counts = [recipe.pages_at(step, steps) for step in range(steps)]
    batches = page_batches(exercises, counts, seed)
    optimizer = optimizers.build(model, "muon", recipe.lr, weight_decay=0.0)
    side = side_training()
    done = forwarded = 0
    for epoch in range(epochs):
        right = 0
        for batch in _epoch(coder, encoded, recipe.batch, seed + epoch):
            scored = score(model, batch)
            loss, tokens = scored.loss_sum(), scored.tokens()
            forwarded += int(batch["attention_mask"].sum())
            if pages := next(batches):
                forwarded += sum(len(page.ids) for page in pages)
                page_loss, page_tokens = answer_loss(model, pages, coder.pad)
                loss, tokens = loss + page_loss, tokens + page_tokens
            torch.autograd.backward(loss / tokens)
            if side is not None:
                side.step()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            right += int(scored.hits().sum())
            done += 1
            factor = optimizers.schedule_factor("linear", done, steps, 20)
            optimizers.set_factor(optimizer, factor)
            progress(done, steps, what)
        if exercises is None and right >= recipe.known * len(encoded):
            break
    if side is not None:
        side.end()
    progress(steps, steps, what)
    return forwarded


def _epoch(coder: Coder, encoded: Sequence[Encoded], size: int, seed: int) -> Iterator[Batch]:
    """Return the batches of one epoch over the sentences, each of similar length."""
    generator = torch.Generator().manual_seed(seed)
    for indices in bucketed([len(example) for example in encoded], size, generator):
        yield collate([encoded[index] for index in indices], coder.pad)


def page_batches(
    exercises: Exercises | None, counts: Sequence[int], seed: int
) -> Iterator[list[Page]]:
    """Yield the pages of each step; those of one step have similar lengths.

    Args:
        exercises: draws the pages; None: every step has none.
        counts: pages per step; shuffled within each group of `STEPS_TOGETHER` steps.
        seed: of the order of the steps in a group.
    """
    generator = random.Random(seed)
    for begin in range(0, len(counts), STEPS_TOGETHER):
        sizes = list(counts[begin : begin + STEPS_TOGETHER])
        pages = exercises.pages(sum(sizes)) if exercises is not None else []
        pages.sort(key=lambda page: len(page.ids))
        ends = list(accumulate(sizes))
        batches = [pages[end - size : end] for end, size in zip(ends, sizes, strict=True)]
        generator.shuffle(batches)
        yield from batches


def answer_loss(model: PreTrainedModel, pages: Sequence[Page], pad: int) -> tuple[Tensor, int]:
    """Return the cross entropy in nats, summed over the tokens of all answers, and their number."""
    width = max(len(page.ids) for page in pages)
    ids = torch.tensor([(*page.ids, *[pad] * (width - len(page.ids))) for page in pages])
    learned = torch.zeros(ids.shape, dtype=torch.bool)
    for row, page in zip(learned, pages, strict=True):
        for first, end in page.answers:
            row[first:end] = True
    # No attention mask is needed: padding is at the end, so no learned token attends to it.
    decoder: Any = model.get_decoder()
    head: Any = model.get_output_embeddings()
    states = decoder(input_ids=ids, use_cache=False).last_hidden_state
    logits = head(states[:, :-1][learned[:, 1:]])
    loss = functional.cross_entropy(logits, ids[:, 1:][learned[:, 1:]], reduction="sum")
    return loss, len(logits)
