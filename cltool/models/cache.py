"""The folder of models that were built, and what building each of them cost."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.files import disk_errors, remove, write_json
from cltool.core.locks import Holder, file_lock
from cltool.core.progress import QUIET, Progress

COST = "cost.json"
"""The file beside a built model's weights that holds the cost of building it."""


def cache_folder() -> Path:
    """Return the folder of built models: ``$CLTOOL_CACHE``, or the user's cache folder."""
    own = os.environ.get("CLTOOL_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "cltool"


def write_cost(folder: Path, tokens: int) -> None:
    """Record how many tokens the model in ``folder`` was trained on."""
    write_json(folder / COST, {"tokens": tokens})


def training_tokens(folder: Path) -> int:
    """Return how many tokens the built model in ``folder`` was trained on."""
    return int(json.loads((folder / COST).read_text(encoding="utf-8"))["tokens"])


def cached(folder: Path, write: Callable[[Path], None], progress: Progress = QUIET) -> Path:
    """Return ``folder``; call ``write`` to fill it if it does not hold a model yet.

    ``write`` receives an empty folder beside ``folder``, which is renamed when it is complete.
    If another process is filling it, this one waits.

    Args:
        folder: an entry of the cache.
        write: writes the model.
        progress: is told which process is waited for.

    Raises:
        UserError: the cache cannot be written.
    """
    if _is_whole(folder):
        return folder

    def waiting(holder: Holder | None) -> None:
        who = "another process" if holder is None else f"process {holder.pid} on {holder.host}"
        progress(0, 1, f"waiting for {who} to build the model")

    lock = folder.with_name(f".{folder.name}.lock")
    try:
        with disk_errors(folder), file_lock(lock, patience=math.inf, waiting=waiting):
            if not _is_whole(folder):
                _fill(folder, write)
    except OSError as error:
        raise UserError(
            f"the model that was built cannot be stored: {error.strerror or error}",
            where=str(error.filename or folder),
            hint="Make room there, or name a folder that you can write: CLTOOL_CACHE=DIR.",
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    return (folder / "config.json").is_file()


def _fill(folder: Path, write: Callable[[Path], None]) -> None:
    """Fill an entry whose lock is held."""
    # Whoever left a temporary folder has ended: this process holds the lock.
    left = re.compile(rf"\.*{re.escape(folder.name)}\.\d+\.partial(\.partial)?")
    for path in folder.parent.iterdir():
        if left.fullmatch(path.name):
            remove(path)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    partial.mkdir()
    try:
        write(partial)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
