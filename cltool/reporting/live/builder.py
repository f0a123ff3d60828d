"""Keeps the page of a folder of runs up to date: it is made anew when a step has finished."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from cltool.core.errors import UserError
from cltool.reporting.live.folder import RunsFolder, Signature
from cltool.reporting.live.page import Served, served

LOOKS = 1.0
"""Seconds between two looks at the folder."""

PATIENCE = 20.0
"""Seconds after which a report that could not be made is tried again."""

MODULE = "cltool.reporting.live.build"


class BuildProcess:
    """Makes reports, each in a process of its own."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._ended = False

    def __call__(self, folder: Path) -> str:
        """Return the page of the runs in ``folder``.

        Raises:
            UserError: it cannot be made, or `end` was called.
        """
        with TemporaryDirectory(prefix="cltool-dashboard-") as place:
            file = Path(place) / "page.html"
            # In a session of its own it is not reached by the Ctrl-C that ends the server.
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(folder), str(file)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            if self._ended:
                self.end()
            _, said = self._process.communicate()
            if self._process.returncode:
                raise UserError(_last_paragraph(said) or "its process was ended")
            return file.read_text(encoding="utf-8")

    def end(self) -> None:
        """End the process, if one is at work; none starts any more."""
        self._ended = True
        if self._process is not None:
            self._process.kill()


class Builder:
    """Looks at a folder and keeps its page.

    Args:
        folder: the folder of runs.
        build: returns the page of a folder, or raises a `UserError`.
    """

    def __init__(self, folder: RunsFolder, build: Callable[[Path], str]) -> None:
        self.folder = folder
        self._build = build
        self._built: Signature | None = None
        self._rests_until = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="builder", daemon=True)
        self.page: Served | None = None
        self.error: str | None = None
        self.building = False

    def start(self) -> None:
        """Begin to look at the folder, in a thread."""
        self._thread.start()

    def end(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Make the page anew if something has changed; return whether that was so."""
        found = self.folder.signature()
        if found == self._built or not found:
            return False
        self._built, begun = found, time.monotonic()
        self.building = True
        try:
            self.page, self.error = served(self._build(self.folder.path)), None
        except UserError as error:
            self.error = error.what
        except OSError as error:
            self.error = str(error)
        finally:
            self.building = False
        now = time.monotonic()
        # Reports of many large runs take long: the runs get at least half of the time.
        self._rests_until = now + (now - begun)
        if self.error is not None:
            # A run may have been in the middle of a change.
            self._built = None
            self._rests_until += PATIENCE
        return True

    def _go_on(self) -> None:
        while not self._ended.is_set():
            if time.monotonic() >= self._rests_until:
                self.look()
            self._ended.wait(LOOKS)


def _last_paragraph(text: str) -> str:
    """Return the last lines that a process wrote on stderr, as one line."""
    return " ".join(text.strip().split("\n\n")[-1].split())[-500:]
