"""What is in a folder of runs at the moment: finished steps, and runs in progress."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.runs import harness, heartbeat

RECORDED = ("run.json", "steps.jsonl", "erasures.json", harness.FILE)
"""Files of a run folder that change when there is something new to report."""

Signature = tuple[tuple[str, int, int], ...]
"""Of each file of `RECORDED`: its path in the folder, when it changed, and its size."""


@dataclass(frozen=True, slots=True)
class RunsFolder:
    """A folder of runs, or one run folder; it is only read.

    Attributes:
        path: the folder.
    """

    path: Path

    @classmethod
    def open(cls, path: Path) -> RunsFolder:
        """Return the folder.

        Raises:
            UserError: there is no such folder.
        """
        if not path.is_dir():
            raise UserError(
                "there is no such folder" if not path.exists() else "is not a folder",
                where=str(path),
                hint="Name the folder that `cltool run` or `cltool compare` writes into.",
            )
        return cls(path.resolve())

    def places(self) -> list[Path]:
        """Return the run folders, also of runs that have only begun.

        A link that leads out of the folder is left out: nothing outside is shown.
        """
        if _begun(self.path):
            return [self.path]
        found = [place for place in self._inside() if _begun(place)]
        return sorted(place for place in found if place.resolve().is_relative_to(self.path))

    def runs(self) -> list[Path]:
        """Return the run folders whose run has a record."""
        return [place for place in self.places() if (place / "run.json").is_file()]

    def signature(self) -> Signature:
        """Return what changes when a run is there that was not, or a step was finished."""
        return tuple(self._states())

    def in_progress(self) -> list[dict[str, Any]]:
        """Return the heartbeats of the runs, each with its ``folder`` and whether it ``goes_on``.

        The heartbeat that an ended process left is among them. One that a run left which is
        finished or was stopped in order is not, because such runs have none.
        """
        found = []
        for place in self.places():
            beat = heartbeat.read(place)
            if beat is not None:
                shown = beat.as_json() | {"folder": place.name, "goes_on": beat.goes_on()}
                found.append({name: shown[name] for name in SHOWN})
        return found

    def _inside(self) -> Iterator[Path]:
        with suppress(OSError), os.scandir(self.path) as entries:  # it may have been removed
            yield from (self.path / entry.name for entry in entries if entry.is_dir())

    def _states(self) -> Iterator[tuple[str, int, int]]:
        for place in self.runs():
            for name in RECORDED:
                try:
                    state = (place / name).stat()
                except OSError:
                    continue
                yield f"{place.name}/{name}", state.st_mtime_ns, state.st_size


SHOWN = (
    "folder",
    "strategy",
    "seed",
    "step",
    "steps",
    "label",
    "phase",
    "share",
    "done",
    "tokens_per_second",
    "seconds_left",
    "goes_on",
)
"""What the page is told about a run in progress."""


def _begun(place: Path) -> bool:
    return any((place / name).is_file() for name in ("run.json", heartbeat.FILE))
