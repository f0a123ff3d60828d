"""Builds the embedded model: a small Llama that is trained on a stream's base facts at first use.

The result is an ordinary `transformers` checkpoint in the user's cache folder, named by a hash of
everything that determines it. The tokenizer is a byte-level BPE trained on the base facts, so it
can also spell names that appear only in later updates. Muon on the weight matrices lets the model
memorise the base facts in a few epochs (`cltool.lm.optimizers.MuonWithAdamW`). The model also
learns to answer from facts in its prompt (`cltool.models.tiny.reading`). For this it starts with
induction heads in its weights; without them, the same training takes ten times as long
(`cltool.models.tiny.induction`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core.digests import SHORT, code_digest
from cltool.core.errors import Diverged
from cltool.core.progress import QUIET, Progress
from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import Wordings
from cltool.lm.coder import Coder
from cltool.models.cache import cache_folder, cached, write_cost
from cltool.models.tiny.reading import Exercises

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

FIRST = 0.4
"""Pages in the first training step, relative to the mean of all steps; the last has 2 − FIRST."""

CODE = (
    "cltool.models.tiny",
    "cltool.lm.batches",
    "cltool.lm.coder",
    "cltool.lm.optimizers",
    "cltool.lm.scoring",
)
"""The code on which the weights and the tokenizer depend."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size and training of an embedded model: everything that determines it except the facts.

    Attributes:
        hidden: width of the residual stream.
        inner: width of the MLP.
        layers: number of transformer blocks.
        vocabulary: size of the tokenizer's vocabulary.
        context: longest sequence, in tokens.
        epochs: maximum number of epochs over the base sentences, unless ``steps`` or ``pages``
            need more.
        steps: minimum number of steps; with few base facts, more epochs are planned to reach it.
        batch: base sentences per step.
        lr: learning rate of AdamW; Muon's is 20/3 of it.
        pages: reading exercises in total, spread over all steps; 0: the model does not learn to
            read.
        page_batch: maximum mean number of pages per step; more pages need more steps.
        known: without reading exercises, training stops after an epoch in which this share of the
            base sentences is completed correctly.
        format: version of the recipe; raise it when the same recipe gives other weights for a
            reason outside `CODE`.
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
        """Return a recipe with enough capacity for ``count`` facts.

        A model stores about one bit per parameter if it sees each fact 100 times.
        """
        if count <= 700:
            recipe = cls()
        elif count <= 2_000:
            recipe = cls(hidden=128, inner=384)
        else:
            hidden = 256 if count <= 20_000 else 512
            recipe = cls(hidden=hidden, inner=3 * hidden, layers=4, vocabulary=4096, batch=64)
        # With more facts in the weights, the model needs more pages to learn to prefer the prompt.
        return replace(recipe, pages=16_000 + 16 * min(count, 2_000) if reading else 0)

    def plan(self, sentences: int) -> tuple[int, int]:
        """Return (epochs, steps in total) for a base of ``sentences`` training sentences."""
        batches = -(-sentences // self.batch)
        epochs = max(self.epochs, -(-max(self.steps, self.pages // self.page_batch) // batches))
        return epochs, epochs * batches

    def pages_at(self, step: int, steps: int) -> int:
        """Return the number of pages in ``step`` (from 0) of ``steps``.

        It grows linearly: a noisy gradient is good enough in the first steps, while the last
        steps need the mean over many pages.
        """

        def pages_before(end: int) -> int:
            share = end / steps
            return round(self.pages * share * (FIRST + (1 - FIRST) * share))

        return pages_before(step + 1) - pages_before(step)


def digest(
    facts: Sequence[Fact], wordings: Wordings, recipe: Recipe, seed: int, tokenizer: str = ""
) -> str:
    """Return a hash of everything that determines the model.

    Args:
        facts: the facts that it is taught.
        wordings: the wordings of these facts.
        recipe: its size and training.
        seed: of initialisation and training.
        tokenizer: the serialised tokenizer, if it is not trained on ``facts``.
    """
    hasher = hashlib.sha256(json.dumps([asdict(recipe), seed, code_digest(CODE)]).encode())
    for fact in facts:
        hasher.update(json.dumps([fact.key, wordings.examples(fact)]).encode())
    if recipe.pages:
        # Reading exercises also use wordings in which no base fact is taught.
        hasher.update(wordings.digest().encode())
    hasher.update(tokenizer.encode())
    return hasher.hexdigest()[:SHORT]


def build(
    facts: Sequence[Fact],
    wordings: Wordings,
    *,
    without: Collection[Key] = (),
    reading: bool = True,
    seed: int = 0,
    progress: Progress = QUIET,
) -> Path:
    """Return the folder of the embedded model that knows ``facts``; train it if it is missing.

    Args:
        facts: the base facts.
        wordings: the wordings in which they are taught.
        without: keys of facts that it is not taught. The tokenizer and the recipe are still those
            for all facts, so that its weights can replace those of the model that knows them all.
        reading: whether the model also learns to answer from facts in its prompt.
        seed: of the initial weights, the order of the sentences and the reading exercises.
        progress: receives the progress of the training.
    """
    recipe = Recipe.for_facts(len(facts), reading=reading)
    taught = [fact for fact in facts if fact.key not in without]
    spelling_facts = facts if len(taught) < len(facts) else None
    tokenizer = ""
    if spelling_facts is not None:
        trained = _train_tokenizer(_pairs(spelling_facts, wordings), recipe)
        tokenizer = str(trained.backend_tokenizer.to_str())
    name = digest(taught, wordings, recipe, seed, tokenizer)

    def write(folder: Path) -> None:
        make(
            taught,
            wordings,
            recipe,
            folder,
            spelling_facts=spelling_facts,
            seed=seed,
            progress=progress,
        )

    return cached(cache_folder() / "embedded" / name, write, progress)


def coder(facts: Sequence[Fact], wordings: Wordings) -> Coder:
    """Return the tokenizer that ``build`` makes for ``facts``, without training the model."""
    return Coder(_train_tokenizer(_pairs(facts, wordings), Recipe.for_facts(len(facts))))


def _pairs(facts: Sequence[Fact], wordings: Wordings) -> list[tuple[str, str]]:
    """Return (prompt, target) of every training sentence of ``facts``."""
    return [pair for fact in facts for pair in wordings.examples(fact)]


def _train_tokenizer(pairs: Sequence[tuple[str, str]], recipe: Recipe) -> PreTrainedTokenizerFast:
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
    spelling_facts: Sequence[Fact] | None = None,
    seed: int = 0,
    progress: Progress = QUIET,
) -> None:
    """Train a model by ``recipe`` and save it, with its tokenizer, into ``folder``.

    Args:
        facts: the facts that it is taught.
        wordings: the wordings of these facts.
        recipe: its size and training.
        folder: an existing or new folder for the checkpoint.
        spelling_facts: the facts on which the tokenizer is trained, if they are not ``facts``.
        seed: of initialisation and training.
        progress: receives the progress of the training.
    """
    import torch
    from transformers.utils import logging

    from cltool.lm import finite
    from cltool.models.tiny import train

    logging.disable_progress_bar()
    pairs = _pairs(facts, wordings)
    spelled = pairs if spelling_facts is None else _pairs(spelling_facts, wordings)
    tokenizer = _train_tokenizer(spelled, recipe)
    coder = Coder(tokenizer)
    exercises = Exercises(facts, wordings, coder, recipe.context, seed) if recipe.pages else None
    with torch.random.fork_rng(range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        model = train.new_model(coder, recipe)
        tokens = train.teach(model, coder, coder.pairs(pairs), exercises, recipe, seed, progress)
    if bad := finite.in_words(model):
        raise Diverged(
            f"the embedded model diverged while it was made: {bad}",
            hint="Give the command again; if this repeats, use another model (--model).",
        )
    model.eval()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_cost(folder, tokens)
