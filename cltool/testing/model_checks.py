"""The checks of registered models."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from cltool.lm.language_model import LanguageModel, load_checkpoint, save_checkpoint
from cltool.models.cache import training_tokens
from cltool.models.model import Model
from cltool.testing import decoding_checks
from cltool.testing.material import small_stream
from cltool.testing.suite import Suite

UNSAFE = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")


def check(cls: type[Model]) -> None:
    """See `cltool.testing.check_model`."""
    suite = Suite(cls)
    suite.base_class(Model)
    with suite.during("the constructor"):
        model = cls()
    suite.expect(
        cls.context is None or (isinstance(cls.context, int) and cls.context > 0),
        f"context is {cls.context!r}",
        "Give the longest sequence in tokens, or None.",
    )
    with _empty_cache() as cache:
        folder = _build(suite, model)
        lm = _load(suite, folder)
        _check_files(suite, folder)
        _check_model(suite, model, lm)
        decoding_checks.check(suite, lm, _text(lm))
        _check_saving(suite, lm, cache / "saved")
        if cls.knows_base:
            _check_rebuilding(suite, model, folder, lm)


@contextmanager
def _empty_cache() -> Iterator[Path]:
    """Build in a temporary folder, so that nothing that exists already is used."""
    before = os.environ.get("CLTOOL_CACHE")
    with tempfile.TemporaryDirectory(prefix="cltool-contract-") as folder:
        os.environ["CLTOOL_CACHE"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["CLTOOL_CACHE"]
            else:
                os.environ["CLTOOL_CACHE"] = before


def _build(suite: Suite, model: Model) -> Path:
    before = torch.get_rng_state()
    with suite.during("build()"):
        folder = model.build(small_stream(), reading=False)
    suite.expect(
        torch.equal(before, torch.get_rng_state()),
        "build() changes torch's global random state",
        "Build inside torch.random.fork_rng().",
    )
    written = (folder / "config.json").stat().st_mtime_ns if folder.is_dir() else 0
    with suite.during("build() for the second time"):
        again = model.build(small_stream(), reading=False)
    suite.expect(
        again == folder and (again / "config.json").stat().st_mtime_ns == written,
        "build() builds again what exists already",
        "Return the folder in the cache (cltool.models.cache) if it is complete.",
    )
    return folder


def _load(suite: Suite, folder: Path) -> LanguageModel:
    with suite.during("loading what build() returned"):
        return load_checkpoint(str(folder), device="cpu", dtype="float32")


def _check_files(suite: Suite, folder: Path) -> None:
    unsafe = sorted(path.name for kind in UNSAFE for path in folder.rglob(kind))
    suite.expect(
        not unsafe and any(folder.glob("*.safetensors")),
        f"its weights are not safetensors alone ({', '.join(unsafe) or 'none are'})",
        "Write the checkpoint with save_pretrained.",
    )


def _check_model(suite: Suite, model: Model, lm: LanguageModel) -> None:
    stream = small_stream()
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    encoded = lm.coder.pairs(pairs)
    with suite.during("a forward pass"), torch.no_grad():
        logits = lm.model(torch.tensor([encoded[0].ids])).logits
    suite.expect(
        bool(torch.isfinite(logits).all()),
        "its logits are not all finite",
        "Check the weights that build() writes.",
    )
    if model.context is None:
        return
    suite.expect(
        model.context <= lm.context,
        f"context is {model.context}, but the model takes {lm.context} tokens",
        "Set context to max_position_embeddings of the model's config.",
    )
    with suite.during("coder()"):
        early = model.coder(stream).pairs(pairs)
    suite.expect(
        [one.ids for one in early] == [one.ids for one in encoded],
        "coder() encodes otherwise than the tokenizer of the checkpoint",
        "Return the tokenizer that build() saves.",
    )


def _text(lm: LanguageModel) -> list[int]:
    """Return the tokens of the sentences of the small stream."""
    stream = small_stream()
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    return lm.coder.documents([" ".join(prompt + target for prompt, target in pairs)])[0]


def _check_saving(suite: Suite, lm: LanguageModel, folder: Path) -> None:
    with suite.during("saving and loading the model"):
        save_checkpoint(lm, folder)
        again = load_checkpoint(str(folder), device="cpu", dtype="float32")
    suite.expect(
        again.digest() == lm.digest(),
        "its weights are not the same after save_pretrained and from_pretrained",
        "Register every weight as a parameter or a buffer of the model.",
    )


def _check_rebuilding(suite: Suite, model: Model, folder: Path, lm: LanguageModel) -> None:
    # Half of them: without one fact, training can need one more epoch until all others are known.
    left_out = [fact.key for fact in small_stream().updates[0].learn[::2]]
    with suite.during("build(without=…)"):
        other = model.build(small_stream(), without=left_out, reading=False)
    rebuilt = _load(suite, other)
    shapes = [
        {name: tensor.shape for name, tensor in one.model.named_parameters()}
        for one in (lm, rebuilt)
    ]
    suite.expect(
        shapes[0] == shapes[1] and rebuilt.digest() != lm.digest(),
        "build(without=…) does not give other weights of the same shapes",
        "Teach all base facts but those of the keys in without, with the same tokenizer.",
    )
    with suite.during("reading the cost of building (cltool.models.cache.write_cost)"):
        recorded = min(training_tokens(other), training_tokens(folder)) > 0
    suite.expect(
        recorded,
        "building does not record its training tokens",
        "Record the training tokens with cltool.models.cache.write_cost.",
    )
