"""Searches in worker processes: each strategy's is one task, and its runs lie on disk."""

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
    """One strategy's search; plain values only.

    Attributes:
        strategy: what is searched.
        scenario: its name, or a file of facts.
        options: of the scenario.
        search: of `cltool.experiments.tune.Search`, all but the stream and the progress.
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
    """Make all runs of ``jobs``; `Search.tune` finds them on disk afterwards.

    Args:
        jobs: of one scenario and model.
        workers: processes; by default one a core, and one where there is a GPU.
        progress: receives the progress of each search.

    Raises:
        UserError: a search failed; the others are made all the same.
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


def _made(job: Job) -> Search:
    stream = resolve.open_stream(job.scenario, job.options)
    return Search(stream=stream, progress=worker_progress(job.name), **job.search)


def _prepare(job: Job) -> None:
    """Make the base model that all runs begin from."""
    search = _made(job)
    tables = resolve.tables_for(search.settings, job.strategy, search.strategies)
    make_base_model(search.stream, resolve.resolve(job.strategy, tables))


def _search(job: Job) -> None:
    _made(job).tune(job.strategy)
