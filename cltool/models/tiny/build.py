"""Builds embedded models: small models that are trained on a stream's base facts at first use.

The result is an ordinary `transformers` checkpoint in the user's cache folder, named by a hash of
everything that determines it. The tokenizer is a byte-level BPE trained on the base facts, so it
can also spell names that appear only in later updates. The model is a Llama by default; the recipe
takes other architectures, too (`cltool.models.tiny.architecture`). Muon on the weight matrices lets
the model memorise the base facts in a few epochs (`cltool.lm.optimizers.MuonWithAdamW`). The model
also learns to answer from facts in its prompt (`cltool.models.tiny.reading`). For this a Llama
starts with induction heads in its weights; without them, the same training takes ten times as long
(`cltool.models.tiny.induction`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core.digests import SHORT, code_digest
from cltool.core.errors import Diverged
from cltool.core.progress import QUIET, Progress
from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import Wordings
from cltool.lm.coder import Coder
from cltool.models.cache import cache_folder, cached, write_cost
from cltool.models.tiny.architecture import Architecture, Llama
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CODE = (
    "cltool.models.tiny",
    "cltool.lm.batches",
    "cltool.lm.coder",
    "cltool.lm.optimizers",
    "cltool.lm.scoring",
)
"""The code on which the weights and the tokenizer depend, whatever the architecture."""

LLAMA = Llama()
"""The architecture of ``tiny``."""


def digest(
    facts: Sequence[Fact],
    wordings: Wordings,
    recipe: Recipe,
    seed: int,
    tokenizer: str = "",
    architecture: Architecture = LLAMA,
) -> str:
    """Return a hash of everything that determines the model.

    Args:
        facts: the facts that it is taught.
        wordings: the wordings of these facts.
        recipe: its size and training.
        seed: of initialisation and training.
        tokenizer: the serialised tokenizer, if it is not trained on ``facts``.
        architecture: what it is made of.
    """
    everything = [asdict(recipe), seed, code_digest(CODE), architecture.identity()]
    hasher = hashlib.sha256(json.dumps(everything).encode())
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
    architecture: Architecture = LLAMA,
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
        architecture: what it is made of.
        progress: receives the progress of the training.
    """
    recipe = architecture.recipe(len(facts), reading=reading)
    taught = [fact for fact in facts if fact.key not in without]
    spelling_facts = facts if len(taught) < len(facts) else None
    tokenizer = ""
    if spelling_facts is not None:
        trained = _train_tokenizer(_pairs(spelling_facts, wordings), recipe)
        tokenizer = str(trained.backend_tokenizer.to_str())
    name = digest(taught, wordings, recipe, seed, tokenizer, architecture)

    def write(folder: Path) -> None:
        make(
            taught,
            wordings,
            recipe,
            folder,
            spelling_facts=spelling_facts,
            seed=seed,
            architecture=architecture,
            progress=progress,
        )

    return cached(cache_folder() / "embedded" / name, write, progress)


def coder(
    facts: Sequence[Fact], wordings: Wordings, *, architecture: Architecture = LLAMA
) -> Coder:
    """Return the tokenizer that ``build`` makes for ``facts``, without training the model."""
    return Coder(_train_tokenizer(_pairs(facts, wordings), architecture.recipe(len(facts))))


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
    architecture: Architecture = LLAMA,
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
        architecture: what it is made of.
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
    exercises = None
    if recipe.pages:
        exercises = architecture.exercises(facts, wordings, coder, recipe, seed)
    with torch.random.fork_rng(range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        model = architecture.new_model(coder, recipe)
        encoded = coder.pairs(pairs)
        side = partial(architecture.side_training, model)
        tokens = train.teach(model, coder, encoded, exercises, recipe, seed, progress, side)
    if bad := finite.in_words(model):
        raise Diverged(
            f"the embedded model diverged while it was made: {bad}",
            hint="Give the command again; if this repeats, use another model (--model).",
        )
    model.eval()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_cost(folder, tokens)
