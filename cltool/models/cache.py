"""The folder of models that were built, and what building each of them cost."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from cltool.core.files import write_json

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


def cached(folder: Path, write: Callable[[Path], None]) -> Path:
    """Return ``folder``; call ``write`` to fill it if it does not hold a model yet.

    ``write`` receives an empty folder beside ``folder``, which is renamed when it is complete.
    If another process finishes first, its model is kept.
    """
    if (folder / "config.json").is_file():
        return folder
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        write(partial)
        partial.rename(folder)
    except OSError:
        if not (folder / "config.json").is_file():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder
