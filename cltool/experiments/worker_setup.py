"""Prepares worker processes: loads libraries and builds the base model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core import threads
from cltool.core.workers import worker_progress
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.experiments.resolve import Settings
    from cltool.facts.stream import Stream

MOST = 1024
"""Largest number of threads that a record is believed."""


def load_libraries() -> None:
    """Import the libraries that a run needs."""
    import cltool.evaluation.prober  # noqa: F401


def make_base_model(stream: Stream, settings: Settings) -> None:
    """Build the model that all runs start from, with the number of threads that is set."""
    from cltool.experiments.base_model import prepare

    progress = worker_progress("model")
    prepare(stream, settings, progress)
    progress(1, 1, "ready")


@contextmanager
def recorded_threads(folder: Path) -> Iterator[None]:
    """Compute inside with as many threads as the unfinished run in ``folder`` did before.

    Its results would otherwise differ in the last digits. A number that the user has set is kept.

    Args:
        folder: the run folder; it need not exist.
    """
    import torch

    before = torch.get_num_threads()
    number = _recorded(folder) if threads.chosen_by_cltool() else None
    if number is not None:
        torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _recorded(folder: Path) -> int | None:
    if not (folder / "run.json").is_file():
        return None
    run = Run.open(folder)
    versions = run.record.get("versions")
    text = str(versions.get("threads", "")) if isinstance(versions, Mapping) else ""
    known = text.isascii() and text.isdigit() and 0 < int(text) <= MOST
    return int(text) if known and run.steps_done() else None
