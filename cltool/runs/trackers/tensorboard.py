"""TensorBoard: event files in ``tensorboard/`` of the run folder; nothing leaves the machine.

``tensorboard --logdir RUNS`` shows all runs of a folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from cltool.runs.trackers.tracker import Logged

FOLDER = "tensorboard"
"""The folder of the event files in a run folder."""


class TensorBoard:
    """Writes scalars, and the settings as a text."""

    package: ClassVar[str] = "tensorboard"
    install: ClassVar[str] = "pip install tensorboard"
    _writer: Any

    def begin(self, run: Logged) -> str:
        """Open an event file; what earlier files hold of later steps is no longer shown."""
        from torch.utils.tensorboard import SummaryWriter

        place = str(run.folder / FOLDER)
        self._writer = SummaryWriter(place, purge_step=run.first)
        text = json.dumps(run.config, ensure_ascii=False, indent=2)
        # An indented block of Markdown is shown as it is.
        block = "".join(f"    {line}\n" for line in text.splitlines())
        self._writer.add_text("settings", block, run.first)
        return FOLDER

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Write a scalar for each number."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def end(self, finished: bool) -> None:
        """Close the file."""
        self._writer.close()
