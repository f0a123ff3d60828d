"""Locks of run folders: of one that is written, and of a finished run that is only shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from cltool.core import locks
from cltool.experiments.resume import code_note, open_folder
from cltool.runs.run import Run


@contextmanager
def run_lock(
    folder: Path,
    record: Mapping[str, Any],
    writes: bool,
    accept_changed_code: bool = False,
    purges: bool = False,
) -> Iterator[locks.Lock | None]:
    """Hold the lock of a run folder; None if it holds the finished run, and nothing is written.

    Others may read such a folder at the same time, and it need not be writable.

    Args:
        folder: the run folder; it need not exist.
        record: the requested run, as `cltool.experiments.manifest.identity` returned it.
        writes: the folder is written even if the run in it is finished.
        accept_changed_code: as for `open_folder`.
        purges: earlier checkpoints of a finished run are removed.

    Raises:
        UserError: another process holds the lock.
        OSError: the folder cannot be written, and has to be.
    """
    with ExitStack() as stack:

        def ended() -> bool:
            if writes or not is_finished(folder):
                return False
            return open_folder(folder, record, False, accept_changed_code) == len(record["labels"])

        if ended() and not purges and not code_note(Run(folder), record, 0):
            with suppress(OSError):
                stack.enter_context(locks.folder_lock(folder, shared=True, hint=locks.OTHER_FOLDER))
            if ended():
                yield None
                return
            stack.close()
        try:
            lock = stack.enter_context(locks.folder_lock(folder, hint=locks.OTHER_FOLDER))
        except OSError:
            if not ended():
                raise
            lock = None
        yield lock


@contextmanager
def worker_lock(folder: Path, fresh: bool = False) -> Iterator[None]:
    """Hold the lock of a run folder in a worker. A finished run that is kept needs none.

    A worker of the same command, killed a moment ago, may still hold the lock. Others may read a
    finished run for hours.

    Args:
        folder: the run folder; it need not exist.
        fresh: a finished run is replaced.

    Raises:
        UserError: another process holds the lock.
    """
    if is_finished(folder) and not fresh:
        yield
        return
    with locks.folder_lock(folder, patience=locks.WORKERS_PATIENCE):
        yield


def is_finished(folder: Path) -> bool:
    """Return whether a folder holds a run whose record says that it is finished.

    Raises:
        UserError: the record is damaged.
    """
    if not (folder / "run.json").is_file():
        return False
    return bool(Run(folder).record.get("status") == "finished")
