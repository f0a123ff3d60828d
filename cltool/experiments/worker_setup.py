"""Prepares worker processes: loads libraries and builds the base model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cltool.core.workers import worker_progress

if TYPE_CHECKING:
    from cltool.experiments.resolve import Settings
    from cltool.facts.stream import Stream


def load_libraries() -> None:
    """Import the libraries that a run needs."""
    import cltool.evaluation.prober  # noqa: F401


def make_base_model(stream: Stream, settings: Settings) -> None:
    """Build the model that all runs start from; use all cores, since other workers wait for it."""
    import torch

    from cltool.experiments.base_model import prepare

    progress = worker_progress("model")
    threads = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        prepare(stream, settings, progress)
    finally:
        torch.set_num_threads(threads)
    progress(1, 1, "ready")
