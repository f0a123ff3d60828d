"""Tasks of workers, in the process of the test: workers of their own take long to start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cltool.core.errors import UserError
from cltool.core.workers import AnyTask, Failure


def run_tasks(
    tasks: Sequence[AnyTask],
    work: Callable[[AnyTask], None],
    *,
    prepare: Callable[[AnyTask], None],
    **unused: Any,
) -> list[Failure[AnyTask]]:
    """Stands for `cltool.core.workers.run_tasks`."""
    prepare(tasks[0])
    failed = []
    for task in tasks:
        try:
            work(task)
        except UserError as error:
            failed.append(Failure(task, str(error)))
    return failed
