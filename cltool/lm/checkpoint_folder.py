"""Finds the folder of a checkpoint, and what is wrong with its files before they are loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cltool.core.errors import UserError
from cltool.lm.architectures import register

CONFIG = "config.json"
GENERATION = "generation_config.json"
WEIGHTS = "model.safetensors"
INDEX = f"{WEIGHTS}.index.json"
ADAPTER = "adapter_config.json"

CONTEXTS = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "max_seq_len",
    "max_target_positions",
)
"""Settings of `CONFIG` that hold the longest sequence, in tokens."""

TOKENIZERS = (
    "tokenizer.json",
    "tokenizer.model",
    "spiece.model",
    "sentencepiece.bpe.model",
    "vocab.json",
    "vocab.txt",
    "tekken.json",
    "*.tiktoken",
)
"""Files of which a tokenizer has at least one."""

PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
"""Weights in formats that can run code when they are read."""

LFS_POINTER = b"version https://git-lfs"
"""How a file begins that Git LFS has not downloaded yet."""


class Problem(NamedTuple):
    """Something that is wrong with a checkpoint, and what to do about it."""

    what: str
    hint: str


def refuse(source: str, problems: list[Problem]) -> None:
    """Raise a `UserError` that tells all ``problems`` of the checkpoint; return if there are none.

    Raises:
        UserError: there is a problem.
    """
    if not problems:
        return
    hint = " ".join(dict.fromkeys(problem.hint for problem in problems if problem.hint))
    if len(problems) == 1:
        raise UserError(f"the model cannot be used: {problems[0].what}", where=source, hint=hint)
    raise UserError(
        f"the model cannot be used, for {len(problems)} reasons",
        where=source,
        details=[problem.what for problem in problems],
        hint=hint,
    )


def find(source: str) -> Path:
    """Return the folder of a checkpoint.

    Args:
        source: a folder, or a hub name; a hub name is downloaded unless the hub's cache holds it.

    Raises:
        UserError: there is no such folder and no such hub name, or the hub cannot be reached.
    """
    try:
        path = Path(source).expanduser()
    except RuntimeError:  # the home folder of ~ is not known
        path = Path(source)
    if path.is_dir():
        return path
    if path.exists():
        gguf = _starts_with(path, b"GGUF")
        what = "it is a GGUF file" if gguf else "it is a file, not the folder of a checkpoint"
        refuse(source, [Problem(what, _GGUF_HINT if gguf else _FOLDER_HINT)])
    if source.startswith((".", "/", "~")) or source.count("/") > 1 or "\\" in source:
        refuse(source, [Problem("there is no such folder", _FOLDER_HINT)])
    from cltool.lm.hub import snapshot

    return snapshot(source)


def inspect(folder: Path) -> list[Problem]:
    """Return what is wrong with the files in the folder of a checkpoint; no weights are loaded."""
    try:
        if (folder / ADAPTER).is_file():
            return [_adapter(folder)]
        if next(folder.glob("*.gguf"), None) and not (folder / CONFIG).is_file():
            return [Problem("it holds a GGUF file, not a checkpoint", _GGUF_HINT)]
        if not (folder / CONFIG).is_file() and not _weight_files(folder):
            return [Problem(f"there is no model in this folder (no {CONFIG})", _FOLDER_HINT)]
        return [*_config(folder), *_tokenizer(folder), *_weights(folder)]
    except OSError as error:
        return [Problem(f"a file cannot be read: {error}", "Make its files readable.")]


_FOLDER_HINT = (
    "Give the folder of a checkpoint, a hub name such as ORG/NAME, or a name that "
    "`cltool list models` shows."
)
_GGUF_HINT = "Give the path of the GGUF file itself, not of its folder."
_DOWNLOAD_HINT = "Copy or download the checkpoint again."
CAUSAL_HINT = "Give a causal (decoder-only) language model."


def _adapter(folder: Path) -> Problem:
    try:
        settings = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
        kind, base = settings.get("peft_type"), settings.get("base_model_name_or_path")
    except (ValueError, AttributeError):
        kind = base = None
    return Problem(
        f"it holds an adapter ({kind or 'of an unknown kind'}) for the model "
        f"{base or 'that it was trained on'}, not a whole model",
        "Merge the adapter into its model (merge_and_unload of PEFT), save the result, and give "
        "that folder.",
    )


def _config(folder: Path) -> Iterator[Problem]:
    if not (folder / CONFIG).is_file():
        yield Problem(f"there is no {CONFIG}", _DOWNLOAD_HINT)
    for name in (CONFIG, GENERATION):
        if not (folder / name).is_file():
            continue
        try:
            settings = json.loads((folder / name).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            yield Problem(f"{name} is not JSON: {error}", _DOWNLOAD_HINT)
            continue
        if not isinstance(settings, dict):
            yield Problem(f"{name} is not a JSON object", _DOWNLOAD_HINT)
        elif name == CONFIG:
            yield from _architecture(settings)
            yield from _settings(settings)


def _settings(config: dict[str, Any]) -> Iterator[Problem]:
    method = config.get("quantization_config")
    if method is not None:
        name = method.get("quant_method") if isinstance(method, dict) else method
        yield Problem(
            f"its weights are quantised ({name}), so they cannot be trained",
            "Give the checkpoint before quantisation.",
        )
    for name in CONTEXTS:
        value = config.get(name)
        if isinstance(value, int) and value <= 0:
            yield Problem(
                f"{CONFIG} says that the model takes {value} tokens ({name})",
                "Use the config.json that the checkpoint was saved with.",
            )


def _architecture(config: dict[str, Any]) -> Iterator[Problem]:
    import transformers
    from transformers import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind = config.get("model_type")
    if register(kind):
        return
    if not isinstance(kind, str) or not kind:
        yield Problem(
            f"{CONFIG} does not name the architecture (model_type)", f"Add it. {CAUSAL_HINT}"
        )
    elif kind not in CONFIG_MAPPING:
        code = config.get("auto_map")
        yield Problem(
            f"its architecture {kind!r} "
            + (
                "needs code from the checkpoint (trust_remote_code), which cltool never runs"
                if code
                else f"is unknown to transformers {transformers.__version__}"
            ),
            "Give a model of an architecture that transformers has itself"
            + (", or install a newer transformers." if not code else "."),
        )
    elif config.get("is_encoder_decoder") is True:
        yield Problem(f"{kind!r} is an encoder-decoder model, not a causal one", CAUSAL_HINT)
    elif kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        yield Problem(f"{kind!r} is not a causal language model", CAUSAL_HINT)


def _tokenizer(folder: Path) -> Iterator[Problem]:
    if not any(next(folder.glob(name), None) for name in TOKENIZERS):
        yield Problem(
            "there is no tokenizer in this folder",
            "Save the model's tokenizer there (tokenizer.save_pretrained).",
        )


def _weight_files(folder: Path) -> list[Path]:
    return sorted(file for kind in ("*.safetensors", *PICKLES) for file in folder.glob(kind))


def _weights(folder: Path) -> Iterator[Problem]:
    if (folder / WEIGHTS).is_file():
        yield from _damage(folder / WEIGHTS)
    elif (folder / INDEX).is_file():
        yield from _shards(folder)
    elif pickles := [file.name for kind in PICKLES for file in folder.glob(kind)]:
        yield Problem(
            f"its weights are in {', '.join(sorted(pickles)[:3])}, a format that can run code when "
            f"it is read; there is no {WEIGHTS}",
            "If you trust the checkpoint, convert it with transformers: "
            "AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW), and copy the "
            "tokenizer.",
        )
    elif parts := _parts(folder):
        there, of = parts
        yield Problem(
            f"it holds {len(there)} of {of} parts of the weights"
            f" ({', '.join(sorted(there)[:3])}), and no {INDEX}",
            "Copy or download all parts of the checkpoint, and the index.",
        )
    else:
        others = ", ".join(file.name for file in _weight_files(folder)[:3])
        beside = f"; the folder has {others}" if others else ""
        yield Problem(f"there are no weights ({WEIGHTS}{beside})", _DOWNLOAD_HINT)


def _parts(folder: Path) -> tuple[list[str], int] | None:
    """Return the parts of weights in several files that are there, and how many there should be."""
    found = [_PART.fullmatch(file.name) for file in _weight_files(folder)]
    parts = [match for match in found if match is not None]
    return ([match[0] for match in parts], int(parts[0][1])) if parts else None


_PART = re.compile(r"\w+-\d+-of-(\d+)\.safetensors")


def _shards(folder: Path) -> Iterator[Problem]:
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        names = sorted(set(index["weight_map"].values()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Problem(f"{INDEX} is damaged: {error!r}", _DOWNLOAD_HINT)
        return
    for name in names:
        if not isinstance(name, str) or name != Path(name).name:
            yield Problem(f"{INDEX} names a file outside the folder: {name!r}", _DOWNLOAD_HINT)
        elif not (folder / name).is_file():
            yield Problem(f"{INDEX} names a file that is missing: {name}", _DOWNLOAD_HINT)
        else:
            yield from _damage(folder / name)


def _damage(file: Path) -> Iterator[Problem]:
    """Return what is wrong with the header or the size of a safetensors file."""
    from safetensors import SafetensorError, safe_open

    if _starts_with(file, LFS_POINTER):
        yield Problem(f"{file.name} is a pointer of Git LFS, not weights", "Run `git lfs pull`.")
        return
    try:
        with safe_open(file, framework="pt") as tensors:
            kinds = {
                name: tensors.get_slice(name).get_dtype()
                for name in sorted(tensors.keys())
                if name.endswith(".weight")
            }
    except (SafetensorError, ValueError) as error:
        yield Problem(f"{file.name} is damaged or cut off: {error}", _DOWNLOAD_HINT)
        return
    whole = [name for name, kind in kinds.items() if kind.startswith(("I", "U", "BOOL"))]
    if whole:
        yield Problem(
            f"{file.name} has weights that are whole numbers, as quantisation makes them: "
            f"{whole[0]} ({kinds[whole[0]]})"
            + (f" and {len(whole) - 1} more" if len(whole) > 1 else ""),
            "Give the checkpoint before quantisation.",
        )


def _starts_with(file: Path, start: bytes) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        return handle.read(len(start)) == start
