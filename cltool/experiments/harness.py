"""Evaluates the model after a run's last step with EleutherAI's lm-evaluation-harness.

The run is finished before: whatever fails here, nothing of it is lost. If the command of the run is
given again, only what is missing is evaluated.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.locks import Lock
from cltool.core.progress import QUIET, Progress
from cltool.evaluation.harness import OPTION, PACKAGE, Asking, Harness, Task, failed, failure, named
from cltool.runs import harness
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.training.learner import Learner

AGAIN = (
    "Give the same command again: it keeps the run, and evaluates only the tasks without results."
)


def evaluation_of(
    given: Evaluation | Sequence[str] | str | None, limit: int | None = None
) -> Evaluation | None:
    """Return what the harness is to measure; None if nothing is given.

    Args:
        given: the evaluation itself, which has a limit of its own, or its tasks.
        limit: most documents of each task; None: all.

    Raises:
        UserError: as `Evaluation`, or there is a limit that has no effect.
    """
    if limit is not None and given is None:
        raise UserError(
            f"the option has no effect without {OPTION}",
            where=f"{OPTION}-limit",
            hint=f"Name the tasks: {OPTION} TASKS.",
        )
    if limit is not None and isinstance(given, Evaluation):
        raise UserError(
            "an Evaluation has a limit of its own",
            where="lm_eval_limit",
            hint="Give it there: Evaluation(tasks, limit).",
        )
    if given is None or isinstance(given, Evaluation):
        return given
    return Evaluation(given, limit)


class Evaluation:
    """What the harness is to measure after the last step of a run.

    Args:
        tasks: as for `cltool.evaluation.harness.named`; or one text, with commas between them.
        limit: most documents of each task; None: all.

    Attributes:
        limit: as given.

    Raises:
        UserError: as `named`, or the limit is less than 1.
    """

    def __init__(self, tasks: Sequence[str] | str, limit: int | None = None) -> None:
        if limit is not None and limit < 1:
            raise UserError("at least one document is needed", where=f"{OPTION}-limit")
        self.limit = limit
        self._tasks = named(tasks.split(",") if isinstance(tasks, str) else tasks)
        self._harness: Harness | None = None

    def missing(self, folder: Path, fresh: bool = False) -> list[Task]:
        """Return the tasks of which the run in ``folder`` has no results with this limit.

        Args:
            folder: the run folder; it need not exist.
            fresh: the run that the folder holds does not count.

        Raises:
            UserError: the file of its results is damaged.
        """
        run = Run(folder)
        kept = run.settings_file.is_file() and not fresh
        found = harness.read(folder, run.id) if kept else {}
        return [task for task in self._tasks if not self._is_measured(task, found)]

    def _is_measured(self, task: Task, found: dict[str, dict[str, Any]]) -> bool:
        kept = found.get(task.name, {})
        return bool(kept) and (kept.get("limit"), kept.get("digest")) == (self.limit, task.digest)

    def open(self, tasks: Sequence[Task]) -> None:
        """Open tasks, before anything is trained.

        Raises:
            UserError: the harness is not installed, has no such task, or cannot open one.
        """
        self._harness = Harness(tasks) if tasks else None

    def evaluate(
        self, run: Run, learner: Learner, lock: Lock, system: str | None, progress: Progress = QUIET
    ) -> None:
        """Evaluate what is missing, and write the results of each task as soon as it is done.

        A task that fails becomes a warning of the run.

        Args:
            run: the finished run.
            learner: its learner, after the last step.
            lock: the lock of the run folder.
            system: the text of a system turn.
            progress: receives the progress.
        """
        missing = self.missing(run.folder)
        failures: list[str] = []
        for number, task in enumerate(missing):
            part = progress.part(number, len(missing), run.strategy)
            start = time.perf_counter()
            try:
                opened = self._harness or Harness(missing)
                found = opened.evaluate(learner.lm, task, Asking(self.limit, system), part)
            except Exception as error:  # whatever the code of a task and its data raise
                failures.append(f"{failure(task, error)} {AGAIN}")
                continue
            lock.check()
            how = {"limit": self.limit, "digest": task.digest}
            seconds = round(time.perf_counter() - start, 3)
            kept = harness.read(run.folder, run.id)
            # The warning first: if the process is ended in between, no result is without it.
            _warn(run, _alone(learner))
            harness.write(
                run.folder, run.id, {**kept, task.name: {**how, **found, "seconds": seconds}}
            )
        if missing:
            lock.check()
            _warn(run, failures, [failed(task) for task in missing])
            progress(1, 1, f"{run.strategy}: finished")


def _alone(learner: Learner) -> list[str]:
    """Return a sentence if strategies add to prompts what the harness does not."""
    names = [name for name, part in learner.strategies.parts.items() if part.reads]
    put = "puts" if len(names) == 1 else "put"
    text = f"{PACKAGE} asked the model alone, without the facts that {' and '.join(names)} {put}"
    return [f"{text} before prompts."] if names else []


def _warn(run: Run, sentences: Sequence[str], instead: Sequence[str] = ()) -> None:
    """Add ``sentences`` to the run's warnings, in place of those that begin with ``instead``."""
    kept = [text for text in run.record["warnings"] if not text.startswith(tuple(instead))]
    run.change_record(warnings=[*kept, *(text for text in sentences if text not in kept)])
