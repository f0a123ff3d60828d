"""Opens tasks of lm-eval in a process of its own, before a first run that does not need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cltool.core.progress import Progress
from cltool.core.workers import run_tasks
from cltool.evaluation.harness import PACKAGE, Task
from cltool.experiments.harness import Evaluation
from cltool.experiments.unexpected import explained


@dataclass(frozen=True, slots=True)
class _Opening:
    """Tasks that a worker process is to open.

    Attributes:
        evaluation: the evaluation that needs them.
        tasks: the tasks.
        out: the folder of the runs.
    """

    evaluation: Evaluation
    tasks: tuple[Task, ...]
    out: Path

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return PACKAGE

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        return self.out / f"{PACKAGE}.error.txt"


def open_tasks(
    evaluation: Evaluation | None, folders: Sequence[Path], fresh: bool, progress: Progress
) -> None:
    """Open the tasks that the runs in ``folders`` still need.

    This process does not load the libraries, which need much memory.

    Args:
        evaluation: what is to be measured; None: nothing.
        folders: the run folders; they need not exist.
        fresh: what the folders hold does not count.
        progress: receives the progress.

    Raises:
        UserError: as `Evaluation.missing` and `Evaluation.open`.
    """
    if evaluation is None:
        return
    missing = [task for folder in folders for task in evaluation.missing(folder, fresh)]
    if missing:
        opening = _Opening(evaluation, tuple(dict.fromkeys(missing)), folders[0].parent)
        run_tasks(
            [opening], _nothing, prepare=_open, load=_load, explain=explained, workers=1,
            progress=progress,
        )  # fmt: skip


def _open(opening: _Opening) -> None:
    opening.evaluation.open(opening.tasks)


def _nothing(opening: _Opening) -> None:
    """The tasks are open already."""


def _load() -> None:
    """There is no other worker."""
