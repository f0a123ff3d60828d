"""The embedded model: a small Llama made from a scenario's base knowledge, at first use.

It is an ordinary `transformers` checkpoint in the user's cache folder, under a hash of
everything that made it. Its tokenizer is a byte-level BPE, so names that only later
updates bring are spelt from pieces. Muon on the matrices lets it memorise its base
knowledge in a few passes (see `MuonWithAdamW`). Beside that it learns to answer from facts
that stand before the question (see `reading`); its weights begin as induction heads, without
which that would take ten times as long (see `induction`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core.progress import QUIET, Progress
from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import Wordings
from cltool.lm.coder import Coder
from cltool.models.cache import cache_folder, cached, write_cost
from cltool.models.tiny.reading import Exercises

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

FIRST = 0.4
"""Pages of the first step, of what a step has on average; the last one has 2 − FIRST of it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that makes an embedded model, beside the facts.

    Attributes:
        hidden: width of the residual stream.
        inner: width of the MLP.
        layers: number of blocks.
        vocabulary: size of the BPE.
        context: longest sequence, in tokens.
        epochs: most passes over the base knowledge.
        steps: a base of few facts gets more passes, until it has had so many steps.
        batch: sequences a step.
        lr: AdamW's learning rate; Muon's is 20/3 of it.
        pages: exercises in reading, spread over all steps; 0: none.
        page_batch: pages a step on average, where the base knowledge does not need more steps.
        known: stop when this share of the training sentences is completed right; never before
            all pages were read.
        format: raised when the code below changes what it makes.
    """

    hidden: int = 96
    inner: int = 256
    layers: int = 2
    vocabulary: int = 1536
    context: int = 256
    epochs: int = 10
    steps: int = 300
    batch: int = 32
    lr: float = 3e-3
    pages: int = 20_000
    page_batch: int = 20
    known: float = 0.999
    format: int = 2

    @classmethod
    def for_facts(cls, count: int, *, reading: bool = True) -> Recipe:
        """A recipe with room for ``count`` facts (about one bit a parameter at 100 exposures)."""
        if count <= 700:
            recipe = cls()
        elif count <= 2_000:
            recipe = cls(hidden=128, inner=384)
        else:
            hidden = 256 if count <= 20_000 else 512
            recipe = cls(hidden=hidden, inner=3 * hidden, layers=4, vocabulary=4096, batch=64)
        # The more is known by heart, the more pages until what is read goes before it.
        return replace(recipe, pages=16_000 + 16 * min(count, 2_000) if reading else 0)

    def plan(self, sentences: int) -> tuple[int, int]:
        """(most epochs over the base's ``sentences``, steps in all)."""
        batches = -(-sentences // self.batch)
        epochs = max(self.epochs, -(-max(self.steps, self.pages // self.page_batch) // batches))
        return epochs, epochs * batches

    def pages_at(self, step: int, steps: int) -> int:
        """How many pages ``step`` (from 0) of ``steps`` has.

        Ever more: first steps need little to go by, last ones the mean over many.
        """

        def read(done: int) -> int:
            share = done / steps
            return round(self.pages * share * (FIRST + (1 - FIRST) * share))

        return read(step + 1) - read(step)


def digest(
    facts: Sequence[Fact], wordings: Wordings, recipe: Recipe, seed: int, spelling: str = ""
) -> str:
    """A hash of everything that makes the model.

    Args:
        facts: what it is taught.
        wordings: in which.
        recipe: see `Recipe`.
        seed: of all that is random.
        spelling: the tokenizer, where it is not made from ``facts``.
    """
    hasher = hashlib.sha256(json.dumps([asdict(recipe), seed]).encode())
    for fact in facts:
        hasher.update(json.dumps([fact.key, wordings.examples(fact)]).encode())
    if recipe.pages:
        # Exercises also use wordings that no base fact is taught in.
        hasher.update(wordings.digest().encode())
    hasher.update(spelling.encode())
    return hasher.hexdigest()[:20]


def build(
    facts: Sequence[Fact],
    wordings: Wordings,
    *,
    without: Collection[Key] = (),
    reading: bool = True,
    seed: int = 0,
    progress: Progress = QUIET,
) -> Path:
    """The folder of the embedded model that knows ``facts``; trained if it is not there yet.

    Args:
        facts: the base knowledge.
        wordings: in which it is taught.
        without: keys of which it is taught nothing. Tokenizer and recipe stay those of all
            facts, so that its weights can take the place of the whole base's.
        reading: whether the model also learns to answer from facts in its prompt.
        seed: of its weights, and of the order of what it is taught.
        progress: receives the progress of the training.
    """
    recipe = Recipe.for_facts(len(facts), reading=reading)
    taught = [fact for fact in facts if fact.key not in without]
    spelt = facts if len(taught) < len(facts) else taught
    spelling = "" if spelt is taught else _spelling(_tokenizer(_pairs(spelt, wordings), recipe))
    folder = cache_folder() / "embedded" / digest(taught, wordings, recipe, seed, spelling)
    return cached(
        folder,
        lambda place: make(
            taught, wordings, recipe, place, spelt=spelt, seed=seed, progress=progress
        ),
    )


def coder(facts: Sequence[Fact], wordings: Wordings) -> Coder:
    """The tokenizer that ``build`` would make for ``facts``, without the model."""
    return Coder(_tokenizer(_pairs(facts, wordings), Recipe.for_facts(len(facts))))


def _pairs(facts: Sequence[Fact], wordings: Wordings) -> list[tuple[str, str]]:
    return [pair for fact in facts for pair in wordings.examples(fact)]


def _spelling(tokenizer: PreTrainedTokenizerFast) -> str:
    """All that a tokenizer does, as text."""
    return str(tokenizer.backend_tokenizer.to_str())


def _tokenizer(pairs: Sequence[tuple[str, str]], recipe: Recipe) -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocabulary,
        special_tokens=["<pad>", "<bos>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator((prompt + target for prompt, target in pairs), trainer)
    inner.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", inner.token_to_id("<bos>"))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        bos_token="<bos>",
        eos_token="<eos>",
        model_max_length=recipe.context,
    )


def make(
    facts: Sequence[Fact],
    wordings: Wordings,
    recipe: Recipe,
    folder: Path,
    *,
    spelt: Sequence[Fact] | None = None,
    seed: int = 0,
    progress: Progress = QUIET,
) -> None:
    """Train the model of ``recipe`` and save it, with its tokenizer, into ``folder``.

    The tokenizer is made from ``spelt``, or else from ``facts``.
    """
    import torch
    from transformers.utils import logging

    from cltool.models.tiny import train

    logging.disable_progress_bar()
    pairs = _pairs(facts, wordings)
    tokenizer = _tokenizer(pairs if spelt is None else _pairs(spelt, wordings), recipe)
    coder = Coder(tokenizer)
    exercises = Exercises(facts, wordings, coder, recipe.context, seed) if recipe.pages else None
    with torch.random.fork_rng(range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        model = train.fresh(coder, recipe)
        spent = train.teach(model, coder, coder.pairs(pairs), exercises, recipe, seed, progress)
    model.eval()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_cost(folder, spent)
