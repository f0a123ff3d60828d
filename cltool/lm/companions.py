"""The files of a checkpoint beside its weights: their digests, and copying them to a new one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cltool.core.digests import SHORT
from cltool.lm.checkpoint_folder import ADAPTER, CONFIG, GENERATION, TOKENIZERS

PARTS: dict[str, tuple[str, ...]] = {
    "config": (CONFIG, ADAPTER),
    "generation_config": (GENERATION,),
    "chat_template": ("chat_template.*", "additional_chat_templates/*"),
    "tokenizer": (
        *TOKENIZERS,
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "merges.txt",
    ),
}
"""The parts of a model that have files of their own, and the names of these files."""

_MACHINE = ("transformers_version", "_name_or_path", "name_or_path", "_commit_hash")


@dataclass(frozen=True)
class Companions:
    """The files of a checkpoint beside its weights, as they were when it was loaded.

    Attributes:
        files: path relative to the folder, and content.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Companions:
        """Read the files of the checkpoint in ``folder``."""
        found = sorted(
            {file for names in PARTS.values() for name in names for file in folder.glob(name)}
        )
        return cls(
            {
                file.relative_to(folder).as_posix(): file.read_bytes()
                for file in found
                if file.is_file()
            }
        )

    def digests(self) -> dict[str, str]:
        """Return a hash of each part of `PARTS`; the hash of a part without files is constant.

        What saving a model writes about the machine (such as the version of `transformers`) does
        not count.
        """
        hashes = {}
        for part, names in PARTS.items():
            hasher = hashlib.sha256()
            for file, content in sorted(self.files.items()):
                if any(Path(file).match(name) for name in names):
                    hasher.update(file.encode() + b"\0" + _canonical(content) + b"\0")
            hashes[part] = hasher.hexdigest()[:SHORT]
        return hashes

    def settings(self, name: str) -> dict[str, Any]:
        """Return the JSON object in the file ``name``; empty if there is none."""
        try:
            value = json.loads(self.files.get(name, b"{}"))
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def ends(self, name: str) -> list[int]:
        """Return the ids of the end tokens in the file ``name``."""
        value = self.settings(name).get("eos_token_id")
        values = value if isinstance(value, list) else [value]
        return [one for one in values if isinstance(one, int) and not isinstance(one, bool)]

    def write(self, folder: Path, end: int | None) -> None:
        """Write the files into ``folder``, except the model's config.

        Args:
            folder: holds a checkpoint of the same model with other weights.
            end: the token with which cltool trains the model to end a text. It is added to the
                end tokens of the generation settings if they lack it, so that generation stops.
        """
        for name, content in self.files.items():
            if name not in (CONFIG, GENERATION):
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(content)
        generation = self.settings(GENERATION)
        ends = self.ends(GENERATION) or self.ends(CONFIG)
        if end is None or end in ends:
            content = self.files.get(GENERATION, b"")
        else:
            generation["eos_token_id"] = [*ends, end] if ends else end
            content = (json.dumps(generation, indent=2) + "\n").encode()
        (folder / GENERATION).unlink(missing_ok=True)
        if content:
            (folder / GENERATION).write_bytes(content)


def folder_digests(folder: Path) -> dict[str, str]:
    """Return a hash of each part of the checkpoint in ``folder``, without loading it.

    The keys are those of `LanguageModel.parts`; the hash of the weights is another one, because it
    is that of their files.
    """
    weights = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        state = file.stat()
        content = _file_hash(file, state.st_size, state.st_mtime_ns)
        weights.update(f"{file.name}\0{content}\0".encode())
    return {"weights": weights.hexdigest()[:SHORT], **Companions.read(folder).digests()}


def file_digest(file: Path) -> dict[str, str]:
    """Return the hash of a model that is one file, as `folder_digests` does for a folder."""
    state = file.stat()
    return {"weights": _file_hash(file, state.st_size, state.st_mtime_ns)[:SHORT]}


@lru_cache(maxsize=64)
def _file_hash(file: Path, size: int, changed: int) -> str:
    """Return the SHA-256 of a file; its size and time tell whether it has to be read again."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _canonical(content: bytes) -> bytes:
    """Return JSON in one form, without what describes the machine; other content unchanged."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if isinstance(value, dict):
        value = {key: one for key, one in value.items() if key not in _MACHINE}
    return json.dumps(value, sort_keys=True).encode()
