"""GGUF files as ordinary checkpoints: dequantised once, and kept in the cache."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.lm.companions import file_digest
from cltool.models.cache import cache_folder, cached

MAGIC = b"GGUF"
"""The first bytes of a GGUF file."""

FORMAT = 1
"""Version of the conversion; if it changes, every file is converted again."""


def is_gguf(path: Path) -> bool:
    """Return whether ``path`` is a GGUF file, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def checkpoint(file: Path, progress: Progress = QUIET) -> Path:
    """Return the folder of the checkpoint with the dequantised weights of a GGUF file.

    The weights have the values with which programs that run the file compute, as float32. The
    tokenizer and the chat template are those in the file.

    Args:
        file: the GGUF file.
        progress: is told while the file is converted, which takes seconds to minutes.

    Raises:
        UserError: the file is damaged, or `transformers` cannot convert its architecture.
    """
    digest = file_digest(file)["weights"]

    def write(folder: Path) -> None:
        progress(0, 1, f"converting {file.name}")
        convert(file, folder)
        progress(1, 1, f"converting {file.name}")

    return cached(cache_folder() / "gguf" / f"{digest}-{FORMAT}", write, progress)


def convert(file: Path, folder: Path) -> None:
    """Write the checkpoint of a GGUF file into ``folder``.

    Raises:
        UserError: the file is damaged, or `transformers` cannot convert its architecture.
    """
    from cltool.lm.language_model import silent

    try:
        # The converter writes a progress bar of its own to stderr.
        with silent(), redirect_stderr(io.StringIO()):
            model, tokenizer = _read(file)
            _plain(model).save_pretrained(folder)
            rows = model.get_input_embeddings().num_embeddings
            _without_invented(tokenizer, rows).save_pretrained(folder)
    except Exception as error:  # whatever a damaged file makes the libraries raise
        text = " ".join(str(error).split()) or type(error).__name__
        raise UserError(
            f"the GGUF file cannot be converted: {text[:300]}",
            where=str(file),
            hint="Download it again, or give the checkpoint that it was made from.",
        ) from error


def _read(file: Path) -> tuple[Any, Any]:
    """Return the model, with float32 weights, and the tokenizer in ``file``."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where, name = str(file.parent), file.name
    options = {"gguf_file": name, "local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(where, **options)
    model = AutoModelForCausalLM.from_pretrained(where, dtype=torch.float32, **options)
    return model, tokenizer


def _plain(model: Any) -> Any:
    """Return the same model with a config that does not say that it was quantised.

    `transformers` refuses to save a model whose config says so.
    """
    settings = model.config.to_dict()
    settings.pop("quantization_config", None)
    plain = type(model)(type(model.config)(**settings))
    plain.load_state_dict(model.state_dict())
    plain.generation_config = model.generation_config
    return plain


def _without_invented(tokenizer: Any, rows: int) -> Any:
    """Return the tokenizer without tokens beyond the ``rows`` of the embedding.

    For some kinds of tokenizer `transformers` adds special tokens that the file does not have.
    """
    if len(tokenizer) <= rows:
        return tokenizer
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    inner = json.loads(tokenizer.backend_tokenizer.to_str())
    inner["added_tokens"] = [one for one in inner["added_tokens"] if one["id"] < rows]
    special = {
        name: token
        for name in ("bos_token", "eos_token", "pad_token", "unk_token")
        if (token := getattr(tokenizer, name)) is not None
        and tokenizer.convert_tokens_to_ids(token) < rows
    }
    made = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(inner)), **special
    )
    made.chat_template = tokenizer.chat_template
    return made
