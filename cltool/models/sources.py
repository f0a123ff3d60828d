"""Turns what a user gives as a model into the folder of an ordinary checkpoint."""

from __future__ import annotations

from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.lm.checkpoint_folder import find
from cltool.models import adapter_folder, gguf, packaged

MOST_LAYERS = 4
"""Most adapters that may be stacked on one another."""


def checkpoint(name: str, progress: Progress = QUIET) -> str:
    """Return the checkpoint of ``name``: a folder, or a hub name as it is.

    Args:
        name: the folder of a checkpoint, a hub name, a GGUF file, or the folder of a PEFT adapter,
            whose base may be any of these, too.
        progress: is told while a file is converted or an adapter is merged.

    Raises:
        UserError: the file or the adapter cannot be used.
    """
    return _checkpoint(name, progress, MOST_LAYERS)


def _checkpoint(name: str, progress: Progress, layers: int) -> str:
    if name in packaged.PACKAGES:
        if not packaged.is_language_model(name):
            raise UserError(
                "it is not a language model",
                where=name,
                hint=f"It is {packaged.PACKAGES[name].kind}.",
            )
        return str(packaged.folder(name))
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # the home folder of ~ is not known
        return name
    if gguf.is_gguf(path):
        return str(gguf.checkpoint(path, progress))
    if not adapter_folder.is_adapter(path):
        return name
    if not layers:
        raise UserError("too many adapters are stacked on one another", where=name)
    base = _checkpoint(adapter_folder.base_of(path), progress, layers - 1)
    return str(adapter_folder.checkpoint(path, find(base), progress))
