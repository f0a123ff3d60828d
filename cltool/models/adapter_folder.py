"""Folders of PEFT adapters as ordinary checkpoints: merged into their base, kept in the cache."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from cltool.core.digests import of_json
from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.lm.checkpoint_folder import ADAPTER, TOKENIZERS
from cltool.lm.companions import folder_digests
from cltool.models.cache import cache_folder, cached

WEIGHTS = "adapter_model.safetensors"

FORMAT = 1
"""Version of the merging; if it changes, every adapter is merged again."""


def is_adapter(folder: Path) -> bool:
    """Return whether ``folder`` holds a PEFT adapter."""
    return (folder / ADAPTER).is_file()


def base_of(folder: Path) -> str:
    """Return the base model that an adapter names: a path, or a hub or registered name.

    A relative path is relative to the working folder, or else to the adapter's folder.

    Raises:
        UserError: the adapter's config names no base model, or its weights cannot be used.
    """
    try:
        settings = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
        base = settings.get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise UserError(
            f"the adapter's config cannot be read: {error}", where=str(folder / ADAPTER)
        ) from error
    if not isinstance(base, str) or not base:
        raise UserError(
            "the adapter does not name its base model (base_model_name_or_path)",
            where=str(folder / ADAPTER),
            hint="Add the folder or the name of the model that it was trained on.",
        )
    if not (folder / WEIGHTS).is_file():
        raise UserError(
            f"the adapter has no weights ({WEIGHTS})",
            where=str(folder),
            hint="Save it with PEFT's save_pretrained, which writes safetensors.",
        )
    beside = folder / base
    return str(beside) if not Path(base).exists() and beside.is_dir() else base


def checkpoint(folder: Path, base: Path, progress: Progress = QUIET) -> Path:
    """Return the folder of the checkpoint of the base model with the adapter merged into it.

    The tokenizer is the adapter's if it has one, and otherwise the base's.

    Args:
        folder: holds the adapter.
        base: the folder of the base's checkpoint.
        progress: is told while the adapter is merged.

    Raises:
        UserError: the adapter does not fit the base, or cannot be merged.
    """
    parts = [folder_digests(folder), folder_digests(base), FORMAT]
    key = of_json(parts)

    def write(place: Path) -> None:
        progress(0, 1, f"merging the adapter {folder.name}")
        _merge(folder, base, place)
        progress(1, 1, f"merging the adapter {folder.name}")

    return cached(cache_folder() / "adapters" / key, write, progress)


def _merge(folder: Path, base: Path, place: Path) -> None:
    from peft import PeftModel
    from transformers import AutoTokenizer

    from cltool.lm.language_model import load_checkpoint, silent

    model: Any = load_checkpoint(str(base), device="cpu", dtype="float32").model
    own = any(next(folder.glob(name), None) for name in TOKENIZERS)
    try:
        with silent(), warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*missing adapter keys.*")
            tokenizer: Any = AutoTokenizer.from_pretrained(
                str(folder if own else base), trust_remote_code=False
            )
            if own and len(tokenizer) > model.get_input_embeddings().num_embeddings:
                model.resize_token_embeddings(len(tokenizer))
            adapted: Any = PeftModel.from_pretrained(model, str(folder), use_safetensors=True)
            adapted.merge_and_unload().save_pretrained(place)
            tokenizer.save_pretrained(place)
    except Exception as error:  # whatever a damaged adapter makes the libraries raise
        text = " ".join(str(error).split()) or type(error).__name__
        raise UserError(
            f"the adapter cannot be merged into its base model: {text[:300]}",
            where=str(folder),
            hint=f"Its base model is {base}. An adapter that trains a prompt cannot be merged.",
        ) from error
