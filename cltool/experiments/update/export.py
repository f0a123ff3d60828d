"""Writes a version of an updated model for serving: with adapters merged, or as GGUF."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.swap import replace_folder
from cltool.experiments.update.folder import read_version
from cltool.experiments.update.gguf_tool import to_gguf
from cltool.experiments.update.history import History

MERGED, GGUF = "merged", "gguf"
"""What a version can be exported to."""


def export(
    folder: Path, kind: str, out: Path, number: int | None = None, progress: Progress = QUIET
) -> Path:
    """Write a version for serving.

    Args:
        folder: the folder of an updated model.
        kind: `MERGED`: a checkpoint with all weights, without cltool's own files; `GGUF`: one
            file, by the converter of llama.cpp.
        out: the folder or the file, which must not exist.
        number: the version; None: the current one.
        progress: receives the progress.

    Raises:
        UserError: there is no such version, ``out`` exists, or the converter is not there.
    """
    if out.exists():
        raise UserError("is there already", where=str(out), hint="Choose another name with --out.")
    chosen = int(read_version(folder)["version"]) if number is None else number
    history = History(folder)
    version = history.version(chosen)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as home:
        place = Path(home) / "model"
        history.store.get_tree(version.model, place)
        merged = _merged(place, Path(home) / "merged", progress)
        if kind == MERGED:
            replace_folder(merged, out)
        else:
            part = Path(home) / GGUF / out.name
            part.parent.mkdir()
            to_gguf(merged, part, progress)
            part.rename(out)
    return out


def _merged(place: Path, merged: Path, progress: Progress) -> Path:
    """Return the folder of a checkpoint with all weights."""
    from cltool.lm.language_model import load_checkpoint, save_checkpoint
    from cltool.models import adapter_folder, sources

    if not adapter_folder.is_adapter(place):
        return place
    lm = load_checkpoint(sources.checkpoint(str(place), progress), device="cpu", dtype="float32")
    save_checkpoint(lm, merged)
    return merged
