"""The embedded model: a small Llama made from a scenario's base knowledge, at first use.

It is an ordinary `transformers` checkpoint in the user's cache folder, under a hash of
everything that made it. Its tokenizer is a byte-level BPE, so names that only later
updates bring are spelt from pieces. Muon on the matrices lets it memorise its base
knowledge in a few passes (see `MuonWithAdamW`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.facts import Fact
from cltool.lm.coder import Coder, Encoded
from cltool.wordings import Wordings

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

Report = Callable[[int, int, str], None]
"""Progress: (done, of, what)."""


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
        known: stop when this share of the training sentences is completed right.
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
    known: float = 0.999
    format: int = 1

    @classmethod
    def for_facts(cls, count: int) -> Recipe:
        """A recipe with room for ``count`` facts (about one bit a parameter at 100 exposures)."""
        if count <= 700:
            return cls()
        if count <= 2_000:
            return cls(hidden=128, inner=384)
        hidden = 256 if count <= 20_000 else 512
        return cls(hidden=hidden, inner=3 * hidden, layers=4, vocabulary=4096, batch=64)


def cache_folder() -> Path:
    """Where embedded models are kept: ``$CLTOOL_CACHE``, or the user's cache folder."""
    own = os.environ.get("CLTOOL_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "cltool"


def digest(facts: Sequence[Fact], wordings: Wordings, recipe: Recipe, seed: int) -> str:
    """A hash of everything that makes the model."""
    hasher = hashlib.sha256(json.dumps([asdict(recipe), seed]).encode())
    for fact in facts:
        hasher.update(json.dumps([fact.key, wordings.examples(fact)]).encode())
    return hasher.hexdigest()[:20]


def build(
    facts: Sequence[Fact], wordings: Wordings, *, seed: int = 0, report: Report | None = None
) -> Path:
    """The folder of the embedded model that knows ``facts``; trained if it is not there yet."""
    recipe = Recipe.for_facts(len(facts))
    folder = cache_folder() / "embedded" / digest(facts, wordings, recipe, seed)
    if (folder / "config.json").is_file():
        return folder
    pairs = [pair for fact in facts for pair in wordings.examples(fact)]
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        tokenizer = _tokenizer(pairs, recipe)
        _train(Coder(tokenizer), pairs, recipe, seed, partial, report)
        tokenizer.save_pretrained(partial)
        _publish(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def coder(facts: Sequence[Fact], wordings: Wordings) -> Coder:
    """The tokenizer that ``build`` would make for ``facts``, without the model."""
    pairs = [pair for fact in facts for pair in wordings.examples(fact)]
    return Coder(_tokenizer(pairs, Recipe.for_facts(len(facts))))


def _publish(partial: Path, folder: Path) -> None:
    """Rename into place; when another process was first, its model is the same one."""
    try:
        partial.rename(folder)
    except OSError:
        if not (folder / "config.json").is_file():
            raise


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


def _train(
    coder: Coder,
    pairs: Sequence[tuple[str, str]],
    recipe: Recipe,
    seed: int,
    folder: Path,
    report: Report | None,
) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.utils import logging

    from cltool.lm import optimizers

    logging.disable_progress_bar()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
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
            )
        )
        encoded = coder.pairs(pairs)
        batches = -(-len(encoded) // recipe.batch)
        epochs = max(recipe.epochs, -(-recipe.steps // batches))
        steps = epochs * batches
        optimizer = optimizers.build(model, "muon", recipe.lr, weight_decay=0.0)
        done = 0
        for epoch in range(epochs):
            right = 0
            for hits in _epoch(model, coder, encoded, optimizer, recipe, seed + epoch):
                right += hits
                done += 1
                optimizers.set_factor(
                    optimizer, optimizers.schedule_factor("linear", done, steps, 20)
                )
                if report is not None:
                    report(done, steps, "teaching the embedded model its base knowledge")
            if right >= recipe.known * len(encoded):
                break
        if report is not None:
            report(steps, steps, "teaching the embedded model its base knowledge")
    model.eval()
    model.save_pretrained(folder)


def _epoch(
    model: torch.nn.Module,
    coder: Coder,
    encoded: Sequence[Encoded],
    optimizer: torch.optim.Optimizer,
    recipe: Recipe,
    seed: int,
) -> Iterator[int]:
    """One pass; yields after each step how many of its sentences were completed right."""
    import torch

    from cltool.lm.batches import bucketed, collate
    from cltool.lm.scoring import score

    generator = torch.Generator().manual_seed(seed)
    lengths = [len(example) for example in encoded]
    for indices in bucketed(lengths, recipe.batch, generator):
        scored = score(model, collate([encoded[index] for index in indices], coder.pad))
        torch.autograd.backward(scored.loss_sum() / scored.tokens())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield int(scored.hits().sum())
