"""The heartbeat of a run that goes on: a small file in its folder that says how far it is.

It is no part of the run: it is written about once a second while a process works on the run, and
removed at the end. One that a killed process left is recognised by its process, which is gone.
"""

from __future__ import annotations

import json
import math
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cltool.core.processes import is_running

FILE = "heartbeat.json"
"""The heartbeat in a run folder."""

FORMAT = 1

PREPARING = "preparing"
TRAINING = "training"
ERASING = "erasing"
PROBING = "probing"
SAVING = "saving"
EVALUATING = "evaluating"

KEYS = {
    "strategy": "name of the strategy, or of several composed",
    "seed": "seed of the run",
    "step": "number of the step that is being made; 0 is the base",
    "steps": "number of steps of the stream, with the base",
    "label": "label of the step",
    "phase": "preparing, training, erasing, probing, saving or evaluating",
    "share": "share of the phase that is done, from 0 to 1; null if it is not known",
    "done": "share of the run that is done, from 0 to 1",
    "tokens_per_second": "training tokens a second in this phase; null outside of training",
    "seconds_left": "estimate of the seconds until the last step ends; null if it is not known yet",
    "begun": "when the process began to work on the run, in seconds since 1970 (UTC)",
    "time": "when the file was written, on the same clock",
    "pid": "number of the process",
    "host": "name of the machine that it runs on",
}
"""Key of the file -> what it means."""

SILENT = 120.0
"""Seconds without a heartbeat after which its process is taken to be gone."""


@dataclass(frozen=True, slots=True)
class Beat:
    """How far a run is.

    `KEYS` says what each attribute means.
    """

    strategy: str
    seed: int
    step: int
    steps: int
    label: str
    phase: str
    share: float | None
    done: float
    tokens_per_second: float | None
    seconds_left: float | None
    begun: float
    time: float
    pid: int
    host: str

    def goes_on(self, now: float | None = None) -> bool:
        """Return whether the process still works on the run.

        Args:
            now: seconds since 1970; None: the present time.
        """
        if self.host == os.uname().nodename and not is_running(self.pid):
            return False
        # A number of a process may have been given to another one since, and the processes of
        # other machines cannot be seen.
        return (time.time() if now is None else now) - self.time < SILENT

    def as_json(self) -> dict[str, Any]:
        """Return the content of the file."""
        return {"format": FORMAT, **asdict(self)}


def read(folder: Path) -> Beat | None:
    """Return the heartbeat in a run folder; None if there is none, or it cannot be read."""
    from pydantic import TypeAdapter

    try:
        value: Any = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            return None
        found = {name: value[name] for name in KEYS}
        beat = TypeAdapter(Beat).validate_python(found, strict=False)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    numbers = (beat.share, beat.done, beat.tokens_per_second, beat.seconds_left, beat.begun)
    sound = all(one is None or math.isfinite(one) for one in (*numbers, beat.time))
    return beat if sound and beat.pid > 0 else None


def write(folder: Path, beat: Beat) -> None:
    """Write the heartbeat as a whole file; a folder that is not there is not made.

    Raises:
        OSError: it cannot be written.
    """
    partial = folder / f".{FILE}.{os.getpid()}.partial"
    try:
        # It is not flushed to the disk: after a power cut the process is gone, whatever it says.
        partial.write_text(json.dumps(beat.as_json()) + "\n", encoding="utf-8")
        partial.replace(folder / FILE)
    finally:
        partial.unlink(missing_ok=True)


def discard(folder: Path) -> None:
    """Remove the heartbeat, if there is one and the folder can be written."""
    with suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def discard_left(folder: Path) -> None:
    """Remove the heartbeat that an ended process left, if the folder can be written."""
    if (folder / FILE).exists():
        beat = read(folder)
        if beat is None or not beat.goes_on():
            discard(folder)
