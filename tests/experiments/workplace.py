"""A small experiment on a random model, for the tests of `cltool reproduce`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cltool.cli.main import main
from cltool.experiments import cells, reproduce
from cltool.experiments.experiment_plan import plan

from .test_experiment_plan import HEAD, ROWS, write

TEXT = """
strategies = ["naive", "frozen"]
seeds = 2
settings.learner.epochs = 2
settings.learner.lr = 3e-3
settings.model.device = "cpu"
"""
NAMES = ("naive-seed0", "frozen-seed0", "naive-seed1", "frozen-seed1")


class Workplace:
    """An experiment in a folder of its own, with a random model."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.root = folder
        self.model = model
        self.folder = Path("reports/group/name")
        self.runs = Path("runs/group/name")

    def write(self, text: str = TEXT, rows: list[dict[str, Any]] = ROWS) -> None:
        model = f"settings.model.name = {json.dumps(str(self.model))}\n"
        write(self.root, HEAD + model + text, rows)

    def reproduce(self, *options: str) -> int:
        return main(["reproduce", str(self.folder), *options])

    def stale(self) -> dict[str, str]:
        return {cell.name: why for cell, why in reproduce.pending(plan(self.folder)).items()}

    def cell(self, name: str) -> dict[str, Any]:
        found = cells.read(cells.file_of(self.folder, name))
        assert found is not None
        return found

    def files(self) -> dict[str, bytes]:
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in sorted(paths)}
