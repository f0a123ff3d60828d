"""Copies of checkpoints, for tests that damage them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .damaged_checkpoints import Checkpoint


@pytest.fixture
def copied(checkpoint: Checkpoint, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that copies the random checkpoint of an architecture."""

    def copy(name: str = "llama") -> Path:
        return Path(shutil.copytree(checkpoint(name), tmp_path / "model"))

    return copy
