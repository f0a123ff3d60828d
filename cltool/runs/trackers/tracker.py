"""What a tracker is given, and what it must be able to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

PROJECT = "cltool"
"""Name of the project, or of the experiment, unless the tool is set up with another one."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A run that is logged.

    Attributes:
        name: name of the run folder.
        folder: the run folder.
        group: what the run belongs to: its scenario.
        config: the settings of the run, as nested plain JSON values.
        first: the step that is logged first.
        known: what `Tracker.begin` returned when the run began, if this continues it; else empty.
    """

    name: str
    folder: Path
    group: str
    config: Mapping[str, Any]
    first: int = 0
    known: str = ""


class Tracker(Protocol):
    """An adapter of one tool. Its methods may raise anything: the run goes on without it."""

    package: ClassVar[str]
    """Name under which the tool is imported."""

    install: ClassVar[str]
    """The command that installs it."""

    def begin(self, run: Logged) -> str:
        """Begin a run, or continue one; return how the tool calls it, to continue it later."""
        ...

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Log finite numbers of a step."""
        ...

    def end(self, finished: bool) -> None:
        """End the run; it failed or was stopped unless it is ``finished``."""
        ...
