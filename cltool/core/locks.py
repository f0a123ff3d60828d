"""Locks: one process at a time writes a run folder, the folder of a comparison, or a cache entry.

The lock is one of the operating system (``flock``), on a file in the folder. It ends with its
process, however that ends, so a file that a killed process left does not lock anything. The
file says in JSON who holds the lock.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.file_systems import NETWORK, file_system
from cltool.core.processes import is_running

FILE = ".cltool.lock"
"""The lock file in a locked folder."""

PATIENCE = 3.0
"""Seconds to wait for a lock."""

OTHER_FOLDER = "Wait until it has ended, or choose another folder with --out."
"""The hint of commands that write runs."""

WORKERS_PATIENCE = 20.0
"""Seconds that a worker waits: an earlier one, whose parent was killed, needs a moment to end."""

_HELD_ELSEWHERE = (errno.EAGAIN, errno.EACCES)
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock, as its lock file says.

    Attributes:
        pid: its number.
        host: the machine it runs on.
        command: how it was started.
        since: when it took the lock (UTC, ISO 8601).
        shared: whether it only reads.
    """

    pid: int
    host: str
    command: str
    since: str
    shared: bool = False

    @classmethod
    def of_this_process(cls, shared: bool = False) -> Holder:
        """Return the holder that this process is."""
        name, *arguments = sys.argv or [""]
        command = shlex.join([Path(name).name or "python", *arguments])
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(os.getpid(), os.uname().nodename, command[:200], now, shared)

    def __str__(self) -> str:
        since = self.since.replace("T", " ").replace("+00:00", " UTC")
        return f"process {self.pid} on {self.host} ({self.command}), since {since}"

    @property
    def here(self) -> bool:
        """Whether it runs, or ran, on this machine."""
        return self.host == os.uname().nodename

    @property
    def ended(self) -> bool:
        """Whether it ran on this machine and has ended."""
        return self.here and not is_running(self.pid)


class HeldError(UserError):
    """Another process, or another thread of this one, holds the lock.

    Attributes:
        holder: who holds it; None if the lock file does not say.
    """

    def __init__(self, file: Path, holder: Holder | None, hint: str = "") -> None:
        known = holder is not None and not holder.ended
        who = str(holder) if known else "a process that its lock file does not name"
        does = "uses this folder" if holder is not None and holder.shared else "writes here"
        super().__init__(
            f"another command {does} at the moment: {who}",
            where=str(file.parent if file.name == FILE else file),
            hint=hint or "Wait until it has ended.",
        )
        self.holder = holder


@dataclass
class Lock:
    """A lock that this process holds.

    Attributes:
        file: the lock file.
        handle: its file descriptor.
        shared: whether other processes may hold a shared lock at the same time.
        made: folders that were made for it, the innermost first.
        thread: the thread that holds it.
        depth: how often that thread has taken it.
    """

    file: Path
    handle: int
    shared: bool
    made: list[Path] = field(default_factory=list)
    thread: int = field(default_factory=threading.get_ident)
    depth: int = 1

    def check(self) -> None:
        """Check that the folder is still the one that was locked.

        Raises:
            UserError: the folder, or its lock file, was removed or replaced.
        """
        if not _same_file(self.handle, self.file):
            raise UserError(
                "the folder was removed or replaced while this command was writing it",
                where=str(self.file.parent),
                hint="Nothing more was written there. Give the same command again.",
            )


Waiting = Callable[["Holder | None"], None]
"""Receives the holder of a lock, about once a second while the lock is waited for."""

_held: dict[Path, Lock] = {}
_guard = threading.Lock()


@contextmanager
def folder_lock(
    folder: Path, *, shared: bool = False, patience: float | None = None, hint: str = ""
) -> Iterator[Lock]:
    """Hold the lock of ``folder``, which is made if it does not exist.

    The lock file is removed afterwards, and so is the folder if it was made and is empty.

    Args:
        folder: the folder.
        shared: other processes may hold a shared lock at the same time, but no exclusive one.
        patience: seconds to wait if another process holds the lock; None: `PATIENCE`.
        hint: what to do if it still holds the lock then.

    Raises:
        UserError: another process holds the lock (`HeldError`), or ``folder`` is a file.
        OSError: the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(
            "is a file, but a folder is needed",
            where=str(folder),
            hint="Choose another folder with --out.",
        )
    with file_lock(folder / FILE, shared=shared, patience=patience, hint=hint) as lock:
        yield lock


@contextmanager
def file_lock(
    file: Path,
    *,
    shared: bool = False,
    patience: float | None = None,
    waiting: Waiting | None = None,
    hint: str = "",
) -> Iterator[Lock]:
    """Hold a lock on ``file``, which exists only while a lock on it is held.

    A thread may take a lock that it holds already.

    Args:
        file: the lock file; its folder is made if it does not exist.
        shared, patience, hint: as for `folder_lock`.
        waiting: is told who holds the lock, about once a second.

    Raises:
        UserError: another process holds the lock (`HeldError`).
        OSError: the lock file cannot be written.
    """
    try:
        place = file.parent.resolve() / file.name
    except RuntimeError as error:  # so pathlib says that a link leads to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(file.parent)) from error
    with _guard:
        lock = _held.get(place)
        again = lock is not None and lock.thread == threading.get_ident()
        if again and lock is not None:
            lock.depth += 1
    if lock is None or not again:
        lock = _take(place, shared, PATIENCE if patience is None else patience, waiting, hint)
        if not shared:
            with _guard:
                _held[place] = lock
    try:
        yield lock
    finally:
        lock.depth -= 1
        if not lock.depth:
            _release(lock)


def _take(file: Path, shared: bool, patience: float, waiting: Waiting | None, hint: str) -> Lock:
    """Wait for the lock and return it."""
    made: list[Path] = []
    begun = told = time.monotonic()
    try:
        while True:
            _make_folder(file.parent, made)
            refusal: HeldError | None = None
            try:
                lock = _try(file, shared, made)
            except HeldError as error:
                lock, refusal = None, error
            if lock is not None:
                return lock
            now = time.monotonic()
            if now - begun >= patience:
                raise refusal or HeldError(file, _holder(file), hint)
            if waiting is not None and (now - told >= 1 or told == begun):
                told = now
                waiting(_holder(file))
            time.sleep(0.05)
    except BaseException:
        _remove_folders(made)
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for one in reversed(missing):
        try:
            one.mkdir()
            made.insert(0, one)
        except FileExistsError:
            if not one.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "Not a directory", str(one)) from None


def _try(file: Path, shared: bool, made: list[Path]) -> Lock | None:
    """Take the lock if it is free; return None if it is not."""
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except FileNotFoundError:  # another process has removed the folder again
        return None
    try:
        locked = _lock(handle, file, shared)
        if locked and _same_file(handle, file):
            if not shared:
                _refuse_other_host(file)
            _write_holder(handle, shared)
            return Lock(file, handle, shared, list(made))
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _lock(handle: int, file: Path, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD_ELSEWHERE:
            return False
        if error.errno not in _NO_LOCKS:
            raise
        # This file system has no locks: what the lock file says has to do.
        holder = _holder(file)
        if holder is not None and holder.here and not holder.ended:
            return False
        if holder is not None and not holder.here:
            raise _may_be_held(file, holder) from None
    return True


def _refuse_other_host(file: Path) -> None:
    """Raise a `UserError` if a process of another host may still hold the lock, unseen."""
    holder = _holder(file)
    if holder is not None and not holder.here and file_system(file.parent).startswith(NETWORK):
        raise _may_be_held(file, holder)


def _may_be_held(file: Path, holder: Holder) -> HeldError:
    return HeldError(
        file,
        holder,
        f"Wait until it has ended. If it has ended already, delete {file} and give the command"
        " again.",
    )


def _holder(file: Path) -> Holder | None:
    """Return who holds a lock; None if the lock file does not say."""
    try:
        value: Any = json.loads(file.read_text(encoding="utf-8"))
        host, command, since = (str(value[name]) for name in ("host", "command", "since"))
        shared = value.get("shared") is True
        holder = Holder(int(value["pid"]), host, command, since, shared)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return None if holder.pid < 1 else holder


def _write_holder(handle: int, shared: bool) -> None:
    text = json.dumps(asdict(Holder.of_this_process(shared))) + "\n"
    # On a full disk the lock holds, although the file does not say whose it is.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)


def _same_file(handle: int, file: Path) -> bool:
    try:
        there = file.lstat()
    except OSError:
        return False
    own = os.fstat(handle)
    return (own.st_dev, own.st_ino) == (there.st_dev, there.st_ino)


def _release(lock: Lock) -> None:
    with _guard:
        if _held.get(lock.file) is lock:
            del _held[lock.file]
    try:
        # Others may still hold a shared lock, and the file is theirs as well.
        if _alone(lock) and _same_file(lock.handle, lock.file):
            lock.file.unlink()
    except OSError:
        pass
    finally:
        os.close(lock.handle)
    _remove_folders(lock.made)


def _alone(lock: Lock) -> bool:
    """Return whether no other process holds a shared lock."""
    if not lock.shared:
        return True
    try:
        fcntl.flock(lock.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove_folders(made: list[Path]) -> None:
    for folder in made:
        with suppress(OSError):
            folder.rmdir()


def _forget_in_child() -> None:
    """Close the locks of the parent in a forked child, which does not hold them."""
    global _guard
    _guard = threading.Lock()
    for lock in _held.values():
        with suppress(OSError):
            os.close(lock.handle)
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)
