"""Searches in worker processes: the search for one strategy is one task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.workers import run_tasks, worker_progress
from cltool.experiments import resolve
from cltool.experiments.tune import Search
from cltool.experiments.worker_setup import load_libraries, make_base_model
from cltool.runs.run import file_name


@dataclass(frozen=True, slots=True)
class Job:
    """The search for one strategy, as plain values that can be sent to a worker process.

    Attributes:
        strategy: the strategy to search.
        scenario: the scenario's name, or the path of a file of facts.
        options: the scenario's options.
        search: arguments of `cltool.experiments.tune.Search` except ``stream`` and ``progress``.
    """

    strategy: str
    scenario: str
    options: Mapping[str, Any]
    search: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return self.strategy

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        return Path(self.search["out"]) / f"{file_name(self.strategy)}.error.txt"


def search_all(jobs: Sequence[Job], workers: int | None, progress: Progress) -> None:
    """Make the runs of all searches, so that `Search.tune` reads them from disk afterwards.

    Args:
        jobs: searches with the same scenario and model.
        workers: number of processes; by default one per core, or one if there is a GPU.
        progress: receives the progress of each search.

    Raises:
        UserError: a search failed; the others are finished before it is raised.
    """
    failures = run_tasks(
        jobs,
        _search,
        prepare=_prepare,
        load=load_libraries,
        workers=workers,
        progress=progress,
    )
    for failure in failures:
        raise UserError(failure.error, where=f"strategy {failure.task.strategy}")


# -- in the worker process ---------------------------------------------------------------


def _make_search(job: Job) -> Search:
    stream = resolve.open_stream(job.scenario, job.options)
    return Search(stream=stream, progress=worker_progress(job.name), **job.search)


def _prepare(job: Job) -> None:
    """Build the base model that all runs start from."""
    search = _make_search(job)
    tables = resolve.tables_for(search.settings, job.strategy, search.strategies)
    make_base_model(search.stream, resolve.resolve(job.strategy, tables))


def _search(job: Job) -> None:
    _make_search(job).tune(job.strategy)
