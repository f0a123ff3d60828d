"""Short runs on a model with random weights, and what they left on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cltool.runs.run import Run

SHORT = {"learner": {"epochs": 2, "batch_size": 8}, "model": {"device": "cpu"}}


class Killed(BaseException):
    """Simulates a power cut."""


Start = Callable[..., Run]


def answers(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "answers").iterdir())}


def states(folder: Path) -> dict[str, bytes]:
    """Return the content of all files of the last checkpoint."""
    place = max((folder / "checkpoints").glob("step-*"))
    return {file.name: file.read_bytes() for file in sorted(place.iterdir())}
