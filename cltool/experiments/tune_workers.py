"""Searches in worker processes: the search for one strategy is one task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cltool.core.backend import HERE, LOCAL, Backend
from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.remote.place import Place
from cltool.core.workers import default_workers, run_tasks, worker_progress
from cltool.experiments import resolve
from cltool.experiments.tune import Search
from cltool.experiments.unexpected import explained
from cltool.experiments.worker_setup import load_libraries, make_base_model
from cltool.runs.run import file_name

TOGETHER = 4
"""How many tasks of a cluster search together by default."""


@dataclass(frozen=True, slots=True)
class Job:
    """The search for one strategy, or a part of its trials.

    Attributes:
        strategy: the strategy.
        search: the settings of the search.
        helper: number of the job among those that search together; only 0 tests the result.
    """

    strategy: str
    search: Search
    helper: int = 0

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return f"{self.strategy} ({self.helper + 1})" if self.helper else self.strategy

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        out = Place.of(self.search.out).folder
        return out / f"{file_name(self.strategy)}.error.txt"


def search_all(
    search: Search,
    strategies: Sequence[str],
    workers: int | None,
    progress: Progress,
    backend: Backend = HERE,
) -> None:
    """Run all trials of ``strategies``; `Search.tune` finds the runs on disk afterwards.

    Args:
        search: the settings of all searches.
        strategies: at least one.
        workers, backend: as for `cltool.core.workers.run_tasks`. With a storage, as many
            processes search together; on a cluster, `TOGETHER` if ``workers`` is None.
        progress: receives the progress of each search.

    Raises:
        UserError: a search failed; the others are finished.
    """
    # A display cannot be sent to other processes.
    sent = replace(search, progress=QUIET)
    count = workers or (default_workers() if backend.name == LOCAL else TOGETHER)
    each = math.ceil(count / len(strategies)) if search.storage else 1
    failures = run_tasks(
        [Job(name, sent, helper) for helper in range(each) for name in strategies],
        _search,
        prepare=_prepare,
        load=load_libraries,
        explain=explained,
        workers=workers,
        progress=progress,
        backend=backend,
    )
    for failure in failures:
        raise UserError(failure.error, where=f"strategy {failure.task.strategy}")


# -- in the worker process ---------------------------------------------------------------


def _prepare(job: Job) -> None:
    """Build the base model that all runs start from."""
    search = job.search
    tables = resolve.tables_for(search.settings, job.strategy, search.strategies)
    make_base_model(search.stream, resolve.resolve(job.strategy, tables))


def _search(job: Job) -> None:
    search = replace(job.search, progress=worker_progress(job.name))
    if job.helper:
        search.search(job.strategy)
    else:
        search.tune(job.strategy)
