"""The folder of models that were built, and what building each of them cost."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from cltool.core.cache_folder import cache_folder as cache_folder
from cltool.core.digests import FILE as DIGESTS
from cltool.core.digests import damage, write_digests
from cltool.core.errors import UserError
from cltool.core.files import disk_errors, give_default_modes, remove, write_json
from cltool.core.locks import Holder, file_lock
from cltool.core.printable import one_line
from cltool.core.progress import QUIET, Progress

COST = "cost.json"
"""The file beside a built model's weights that holds the cost of building it."""


def write_cost(folder: Path, tokens: int) -> None:
    """Record how many tokens the model in ``folder`` was trained on."""
    write_json(folder / COST, {"tokens": tokens})


def training_tokens(folder: Path) -> int:
    """Return how many tokens the built model in ``folder`` was trained on."""
    return int(json.loads((folder / COST).read_text(encoding="utf-8"))["tokens"])


def cached(
    folder: Path,
    write: Callable[[Path], None],
    progress: Progress = QUIET,
    *,
    what: str = "built model",
    needed: str = "config.json",
) -> Path:
    """Return ``folder``; call ``write`` to fill it if it is not whole yet.

    ``write`` receives an empty folder beside ``folder``, which is renamed when it is complete.
    If another process is filling it, this one waits. Every use compares the files with their
    digests; a damaged entry is written again, and `rebuilt` is told.

    Args:
        folder: an entry of the cache.
        write: writes the entry.
        progress: is told which process is waited for.
        what: what the entry is, for messages.
        needed: a file without which it is not whole.

    Raises:
        UserError: the cache cannot be read or written.
    """
    try:
        if _is_whole(folder, needed):
            return folder
    except OSError as error:
        raise UserError(
            f"the cache cannot be read: {error.strerror or error}",
            where=str(error.filename or folder),
            hint="Ask the owner of the cache, or name a folder of your own: CLTOOL_CACHE=DIR.",
        ) from error

    def waiting(holder: Holder | None) -> None:
        who = "another process" if holder is None else f"process {holder.pid} on {holder.host}"
        gone = "" if holder is None or holder.here else f" (if it has ended, delete {lock})"
        progress(0, 1, f"waiting for {who} to make the {what}{gone}")

    lock = folder.with_name(f".{folder.name}.lock")
    try:
        with disk_errors(folder), file_lock(lock, patience=math.inf, waiting=waiting):
            if not _is_whole(folder, needed):
                _fill(folder, write, what, needed)
    except OSError as error:
        raise UserError(
            f"the {what} cannot be stored: {error.strerror or error}",
            where=str(error.filename or folder),
            hint="Make room there, or name a folder that you can write: CLTOOL_CACHE=DIR.",
        ) from error
    return folder


@contextmanager
def rebuilt() -> Iterator[list[str]]:
    """Collect a sentence about each damaged model that is built again inside.

    A collection around this one gets the sentences, too.
    """
    sentences: list[str] = []
    around = _REBUILT.get()
    token = _REBUILT.set(sentences)
    try:
        yield sentences
    finally:
        _REBUILT.reset(token)
        if around is not None:
            around += sentences


_REBUILT: ContextVar[list[str] | None] = ContextVar("rebuilt", default=None)


def _is_whole(folder: Path, needed: str) -> bool:
    # The digests are written last.
    return all((folder / name).is_file() for name in (needed, DIGESTS)) and not damage(folder)


def _remove_damaged(folder: Path, what: str, needed: str) -> None:
    """Remove a damaged entry, and say so."""
    found = ["a file is in place of its folder"]
    if folder.is_dir():
        found = damage(folder)
        found += [
            f"{name} is missing" for name in (needed, DIGESTS) if not (folder / name).is_file()
        ]
        found = [*dict.fromkeys(found)]
    sentence = (
        f"A {what} in the cache was damaged ({'; '.join(found)}), so it was made again: {folder}."
    )
    print(one_line(sentence), file=sys.stderr)
    sentences = _REBUILT.get()
    if sentences is not None:
        sentences.append(sentence)
    remove(folder)


def _fill(folder: Path, write: Callable[[Path], None], what: str, needed: str) -> None:
    """Fill an entry whose lock is held."""
    if any(folder.iterdir()) if folder.is_dir() else os.path.lexists(folder):
        _remove_damaged(folder, what, needed)
    # Whoever left a temporary folder has ended: this process holds the lock.
    left = re.compile(rf"\.*{re.escape(folder.name)}\.\d+\.partial(\.partial)?")
    for path in folder.parent.iterdir():
        if left.fullmatch(path.name):
            remove(path)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    partial.mkdir()
    try:
        write(partial)
        give_default_modes(partial)
        write_digests(partial)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
