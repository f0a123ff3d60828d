"""Searches in worker processes: the search for one strategy is one task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.workers import run_tasks, worker_progress
from cltool.experiments import resolve
from cltool.experiments.tune import Search
from cltool.experiments.unexpected import explained
from cltool.experiments.worker_setup import load_libraries, make_base_model
from cltool.runs.run import file_name


@dataclass(frozen=True, slots=True)
class Job:
    """The search for one strategy."""

    strategy: str
    search: Search

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return self.strategy

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        return self.search.out / f"{file_name(self.strategy)}.error.txt"


def search_all(
    search: Search, strategies: Sequence[str], workers: int | None, progress: Progress
) -> None:
    """Run all trials of ``strategies``; `Search.tune` finds the runs on disk afterwards.

    Args:
        search: the settings of all searches.
        strategies: at least one.
        workers: number of processes; None: one for each core, or one if there is a GPU.
        progress: receives the progress of each search.

    Raises:
        UserError: a search failed; the others are finished.
    """
    # A display cannot be sent to other processes.
    sent = replace(search, progress=QUIET)
    failures = run_tasks(
        [Job(name, sent) for name in strategies],
        _search,
        prepare=_prepare,
        load=load_libraries,
        explain=explained,
        workers=workers,
        progress=progress,
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
    replace(job.search, progress=worker_progress(job.name)).tune(job.strategy)
