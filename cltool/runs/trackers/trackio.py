"""Trackio: its database on this machine, unless ``TRACKIO_SPACE_ID`` or the like names a server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

from cltool.runs.trackers.tracker import PROJECT, Logged


class Trackio:
    """Logs to a run of Trackio, which is continued with the run under its name."""

    package: ClassVar[str] = "trackio"
    install: ClassVar[str] = "pip install trackio"
    _run: Any

    def begin(self, run: Logged) -> str:
        """Begin or continue the run of Trackio; return its name."""
        # Gradio, which it is built on, reports its use to its makers unless it is told not to.
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        self._run = import_module("trackio").init(
            project=os.environ.get("TRACKIO_PROJECT") or PROJECT,
            name=run.known or run.name,
            group=run.group,
            config=dict(run.config),
            resume="allow" if run.known else "never",
        )
        return str(self._run.name)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Log the numbers as one step."""
        self._run.log(dict(values), step=step)

    def end(self, finished: bool) -> None:
        """Finish the run of Trackio."""
        import_module("trackio").finish()
