"""Starts cltool commands in processes of their own, and judges their messages and exit codes."""

from __future__ import annotations

import atexit
import os
import re
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cltool.core import exit_codes
from tools.torture.strikes import Strike

LIMIT = 180.0
"""Seconds until a command counts as hanging; two cores may be shared by many."""

CODES = set(exit_codes.MEANINGS)
_RAW = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Outcome:
    """How a command ended.

    Attributes:
        argv: its arguments.
        code: its exit code; a signal that ended it as a negative number.
        out, err: what it printed.
        hung: whether it had to be ended because it took too long.
    """

    argv: Sequence[str]
    code: int
    out: str
    err: str
    hung: bool = False

    @property
    def improper(self) -> str:
        """What is wrong with its end: a traceback, no message, a code outside the table; or ``""``.

        An end by a signal is not judged.
        """
        shown = f"cltool {' '.join(self.argv)}: code {self.code}"
        tail = "\n".join(self.err.splitlines()[-12:])
        if self.hung:
            return f"{shown}: it hangs\n{tail}"
        if "Traceback (most recent call last)" in self.out + self.err:
            return f"{shown}: a traceback\n{tail}"
        if "unexpected error: " in self.err:
            return f"{shown}: an error that cltool does not expect\n{tail}"
        if found := _RAW.search(self.out + self.err):
            return f"{shown}: a raw control character {found[0]!r}\n{tail}"
        if self.code >= 0 and self.code not in CODES:
            return f"{shown}: not an exit code of the table\n{tail}"
        named = [line for line in self.err.splitlines() if line.startswith(("cltool", "usage:"))]
        if self.code in (exit_codes.BAD_INPUT, exit_codes.INTERRUPTED) and not named:
            return f"{shown}: no message\n{tail}"
        return ""


@dataclass
class Started:
    """A command that runs, as the leader of its own session."""

    argv: Sequence[str]
    pid: int
    out: Path
    err: Path

    def send(self, number: int, *, to_all: bool = False) -> None:
        """Send a signal, if it still runs; ``to_all`` of its processes, or to the first one."""
        with suppress(ProcessLookupError):
            (os.killpg if to_all else os.kill)(self.pid, number)

    def wait(self, seconds: float = LIMIT) -> Outcome:
        """Wait until it ends; end it if it takes longer than ``seconds``."""
        status = self.poll(seconds)
        hung = status is None
        if hung:
            self.send(signal.SIGCONT)
            self.send(signal.SIGKILL)
            status = self.poll(LIMIT)
        code = os.waitstatus_to_exitcode(status or 0)
        out, err = (
            file.read_bytes().decode("utf-8", "replace") if file.exists() else ""
            for file in (self.out, self.err)
        )
        return Outcome(self.argv, code, out, err, hung=hung)

    def poll(self, seconds: float) -> int | None:
        """Wait at most ``seconds``; return the status if it has ended."""
        until = time.monotonic() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return status
            if time.monotonic() > until:
                return None
            time.sleep(0.005)

    def orphans(self, seconds: float = 20.0) -> list[str]:
        """Return the processes of its session that have not ended after ``seconds``."""
        until = time.monotonic() + seconds
        while (left := _session(self.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return [f"process {pid}: {name}" for pid, name in left.items()]


class Commands:
    """Starts commands that work in ``folder``; what they print goes to files beside it.

    Args:
        folder: the working folder of the commands.
        variables: environment variables, besides ``CLTOOL_CACHE`` and ``HOME``.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.log = folder.parent / "log"
        self.log.mkdir(parents=True, exist_ok=True)
        self.count = 0
        self.environment = {
            "CLTOOL_CACHE": str(folder / "cache"),
            "HOME": str(folder / "home"),
            **(variables or {}),
        }

    def start(
        self, argv: Sequence[str], strike: Strike | None = None, stdout: str | None = None
    ) -> Started:
        """Start a command in a fork of this process.

        Args:
            argv: without ``cltool``.
            strike: what hits it.
            stdout: a file for its output in place of the log.
        """
        started = self._started(argv)
        sys.stdout.flush()
        sys.stderr.flush()
        started.pid = os.fork()
        if not started.pid:
            self._child(started, strike, stdout)
        return started

    def start_fresh(self, argv: Sequence[str]) -> Started:
        """Start a command in a new interpreter."""
        started = self._started(argv)
        with started.out.open("wb") as out, started.err.open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "cltool", *argv],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **self.environment},
                start_new_session=True,
            )
        process.returncode = 0  # `Started` waits for it
        started.pid = process.pid
        return started

    def run(self, argv: Sequence[str], strike: Strike | None = None) -> Outcome:
        """Run a command to its end."""
        return self.start(argv, strike).wait()

    def _started(self, argv: Sequence[str]) -> Started:
        self.count += 1
        out, err = (self.log / f"{self.count:03d}.{name}" for name in ("out", "err"))
        return Started(argv, 0, out, err)

    def _child(self, started: Started, strike: Strike | None, stdout: str | None) -> None:
        try:
            os.setsid()
            os.chdir(self.folder)
            os.environ.update(self.environment)
            _redirect(0, os.devnull, os.O_RDONLY)
            _redirect(1, stdout or str(started.out), os.O_WRONLY | os.O_CREAT)
            _redirect(2, str(started.err), os.O_WRONLY | os.O_CREAT)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            atexit._clear()
            if strike is not None:
                strike.arm(self.folder)
        except BaseException:
            traceback.print_exc()
            os._exit(99)
        _interpreter(started.argv)


def _interpreter(argv: Sequence[str]) -> None:
    """Run the command and end the process as the interpreter would."""
    from cltool.cli.main import main

    code = 1
    try:
        sys.argv = ["cltool", *argv]
        try:
            code = main()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        try:
            atexit._run_exitfuncs()
            sys.stdout.flush()
        except BaseException:
            traceback.print_exc()
            code = 120
        with suppress(Exception):
            sys.stderr.flush()
    finally:
        os._exit(code)


def _redirect(handle: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o644)
    os.dup2(opened, handle)
    os.close(opened)


def _session(leader: int) -> dict[int, str]:
    """Return the processes of a session that still run, with their names."""
    found = {}
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            name, _, rest = (place / "stat").read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()  # state, parent, group, session, …
        if int(fields[3]) == leader and fields[0] not in "ZX":
            found[int(place.name)] = name.partition("(")[2]
    return found
