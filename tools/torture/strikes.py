"""What hits a command from inside, just before one of its file operations.

The operations are seen by an audit hook (`sys.addaudithook`) and a wrapped `os.fsync`, in the
forked process of the command and in the worker processes that it starts.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPENED = "open"
CHANGES = (
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.link",
    "os.symlink",
    "shutil.rmtree",
)
NEEDS_SPACE = (OPENED, "os.mkdir", "os.fsync")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

SIGNALS = {
    "kill": signal.SIGKILL,
    "term": signal.SIGTERM,
    "int": signal.SIGINT,
    "stop": signal.SIGSTOP,
}


@dataclass(frozen=True)
class Strike:
    """Something that happens before a file operation, or a limit from the start.

    Attributes:
        what: ``kill``, ``term``, ``int``, ``stop`` (a signal), ``full`` (the disk is full from
            there on), ``full-once``, ``limit`` (no file may be longer than ``at`` bytes) or
            ``count``.
        at: the number of the operation, from 1; or bytes.
        tells: a file that is made when it happens.
        about: only operations on paths that contain this text are counted.
    """

    what: str
    at: int
    tells: Path | None = None
    about: str = ""

    def arm(self, root: Path) -> None:
        """Let it happen in this process, for files below ``root``; this cannot be undone."""
        if self.what == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.at, self.at))
            return
        _Watch(self, str(root)).install()


class _Watch:
    def __init__(self, strike: Strike, root: str) -> None:
        self.strike = strike
        self.root = root
        self.seen = 0
        self.busy = False

    def install(self) -> None:
        sys.addaudithook(self.hook)
        fsync = os.fsync

        def watched(handle: Any) -> None:
            self.operation("os.fsync", None)
            fsync(handle)

        os.fsync = watched

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        """Count an operation that changes files below the root."""
        if event == OPENED:
            path, _, flags = args
            if isinstance(flags, int) and flags & WRITES and self.inside(path):
                self.operation(event, path)
        elif event in CHANGES and self.inside(args[0]):
            self.operation(event, args[0])

    def inside(self, path: Any) -> bool:
        """Return whether ``path`` is below the root; relative ones are."""
        if isinstance(path, int) or path is None:
            return False
        text = os.fsdecode(path)
        if not text.startswith("/"):
            return True
        return text.startswith(self.root)

    def operation(self, event: str, path: Any) -> None:
        """Do what the strike says if it is the turn of this operation."""
        if self.busy or self.strike.about not in str(path):
            return
        what = self.strike.what
        if what in ("term", "int") and os.getpid() != os.getsid(0):
            return  # worker processes leave these to their parent
        if what.startswith("full") and event not in NEEDS_SPACE:
            return
        self.seen += 1
        if what == "full" and self.seen > self.strike.at:
            self._refuse(path)
        if self.seen != self.strike.at:
            return
        if what == "stop" and self.strike.tells and self.strike.tells.exists():
            return  # one of several processes is enough
        self._tell(event, path)
        if what in SIGNALS:
            os.kill(os.getpid(), SIGNALS[what])
        elif what.startswith("full"):
            self._refuse(path)

    def _tell(self, event: str, path: Any) -> None:
        if self.strike.tells is None:
            return
        self.busy = True
        with self.strike.tells.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()} {event} {path}\n")
        self.busy = False

    def _refuse(self, path: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *([] if path is None else [path]))
