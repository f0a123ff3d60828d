"""How the embedded model is taught: its base knowledge by heart, and to read.

Every step learns a batch of the base's sentences and a batch of pages, each learned token
weighing the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from cltool.core.progress import Progress
from cltool.lm import optimizers
from cltool.lm.batches import Batch, bucketed, collate
from cltool.lm.scoring import score
from cltool.models.tiny import induction

if TYPE_CHECKING:
    from cltool.lm.coder import Coder, Encoded
    from cltool.models.tiny.build import Recipe
    from cltool.models.tiny.reading import Exercises, Page

STRETCH = 8
"""Steps whose pages are drawn together, and shared out by length."""


def fresh(coder: Coder, recipe: Recipe) -> LlamaForCausalLM:
    """The model before it is taught anything. Draws from the global generator."""
    reads: dict[str, Any] = {}
    if recipe.pages:
        # Slow rotary frequencies are for what is compared, biases for where to look.
        reads = {
            "attention_bias": True,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
        }
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(coder.tokenizer),
            hidden_size=recipe.hidden,
            intermediate_size=recipe.inner,
            num_hidden_layers=recipe.layers,
            num_attention_heads=max(4, recipe.hidden // 64),
            max_position_embeddings=recipe.context,
            tie_word_embeddings=True,
            pad_token_id=coder.pad,
            bos_token_id=coder.prompts([""])[0][0],
            eos_token_id=coder.eos,
            **reads,
        )
    )
    if recipe.pages:
        embeddings: Any = model.get_input_embeddings()
        torch.nn.init.normal_(embeddings.weight, std=0.1)
        induction.write(model)
    return model


def teach(
    model: LlamaForCausalLM,
    coder: Coder,
    encoded: Sequence[Encoded],
    exercises: Exercises | None,
    recipe: Recipe,
    seed: int,
    progress: Progress,
) -> int:
    """Train until the base is known and all exercises are read.

    Args:
        model: as `fresh` makes it.
        coder: its tokenizer.
        encoded: the sentences of the base knowledge.
        exercises: in reading; none: the model does not learn to read.
        recipe: what the model was made by.
        seed: of the order of the sentences.
        progress: receives the progress of the training.

    Returns:
        How many tokens went through the model, padding not counted.
    """
    what = "teaching the embedded model its base knowledge" + (", and to read" * bool(exercises))
    epochs, steps = recipe.plan(len(encoded))
    pages = _pages(exercises, [recipe.pages_at(step, steps) for step in range(steps)], seed)
    optimizer = optimizers.build(model, "muon", recipe.lr, weight_decay=0.0)
    done = spent = 0
    for epoch in range(epochs):
        right = 0
        for batch in _epoch(coder, encoded, recipe.batch, seed + epoch):
            scored = score(model, batch)
            loss, tokens = scored.loss_sum(), scored.tokens()
            spent += int(batch["attention_mask"].sum())
            if read_now := next(pages):
                spent += sum(len(page.ids) for page in read_now)
                read, more = _read(model, read_now, coder.pad)
                loss, tokens = loss + read, tokens + more
            torch.autograd.backward(loss / tokens)
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
    progress(steps, steps, what)
    return spent


def _epoch(coder: Coder, encoded: Sequence[Encoded], size: int, seed: int) -> Iterator[Batch]:
    """One pass."""
    generator = torch.Generator().manual_seed(seed)
    for indices in bucketed([len(example) for example in encoded], size, generator):
        yield collate([encoded[index] for index in indices], coder.pad)


def _pages(exercises: Exercises | None, counts: Sequence[int], seed: int) -> Iterator[list[Page]]:
    """As many pages as ``counts`` says, step by step; those of one step are of like length."""
    chance = random.Random(seed)
    for begin in range(0, len(counts), STRETCH):
        ours = list(counts[begin : begin + STRETCH])
        drawn = exercises.pages(sum(ours)) if exercises is not None else []
        drawn.sort(key=lambda page: len(page.ids))
        ends = list(accumulate(ours))
        batches = [drawn[end - count : end] for end, count in zip(ends, ours, strict=True)]
        chance.shuffle(batches)
        yield from batches


def _read(model: LlamaForCausalLM, pages: Sequence[Page], pad: int) -> tuple[Tensor, int]:
    """Cross entropy summed over the answers' tokens, in nats, and how many tokens these are."""
    width = max(len(page.ids) for page in pages)
    ids = torch.tensor([(*page.ids, *[pad] * (width - len(page.ids))) for page in pages])
    learned = torch.zeros(ids.shape, dtype=torch.bool)
    for row, page in zip(learned, pages, strict=True):
        for first, end in page.answers:
            row[first:end] = True
    # Padding stands at the end, where nothing that is learned can look.
    states = model.model(input_ids=ids, use_cache=False).last_hidden_state
    logits = model.lm_head(states[:, :-1][learned[:, 1:]])
    loss = functional.cross_entropy(logits, ids[:, 1:][learned[:, 1:]], reduction="sum")
    return loss, len(logits)
