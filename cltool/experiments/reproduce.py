"""Runs the cells of an experiment that are missing or out of date, in worker processes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from cltool.core.backend import HERE, LOCAL, Backend
from cltool.core.errors import UserError
from cltool.core.files import write_json, write_text
from cltool.core.locks import WORKERS_PATIENCE, folder_lock
from cltool.core.progress import Progress
from cltool.core.remote.copies import working_copy
from cltool.core.remote.held import held, refresh
from cltool.core.remote.place import Place
from cltool.core.workers import Failure, run_tasks, worker_progress
from cltool.experiments import cells, resolve
from cltool.experiments.cell_code import by_other_code, out_of_date
from cltool.experiments.experiment_plan import Plan, PlannedCell
from cltool.experiments.resume import clear, holds_nothing
from cltool.experiments.run_locks import is_finished
from cltool.experiments.tune import Search
from cltool.experiments.unexpected import explained
from cltool.experiments.worker_setup import load_libraries, make_base_model, recorded_threads
from cltool.facts.stream import Stream
from cltool.runs import erasures
from cltool.runs.run import Run, run_folders


@dataclass(frozen=True, slots=True)
class Job:
    """One cell for a worker process; plain values only.

    Attributes:
        cell: what runs.
        experiment: the folder of the experiment.
        place: of the run folder; of a search, of the folder of its runs.
        away: other machines may make the cell, or the runs are at a URL: its result is written
            beside the run folder, and taken over from there.
        scenario: a name, or the path of a file of facts; or the stream.
        options: of the scenario, as JSON.
        keep_checkpoints: steps whose checkpoints are kept.
        search: for a search, its attributes without the stream and the progress.
        fresh: whether a run that is there is replaced.
    """

    cell: PlannedCell
    experiment: Path
    place: Place
    away: bool
    scenario: str | Stream
    options: str
    keep_checkpoints: Sequence[int]
    search: Mapping[str, Any]
    fresh: bool

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return self.cell.name

    @property
    def folder(self) -> Path:
        """The run folder, on the machine that asks."""
        return self.place.folder

    @property
    def cell_file(self) -> Path:
        """Where the result of the cell is written."""
        if self.away:
            return self.folder.with_name(f"{self.folder.name}.cell.json")
        return cells.file_of(self.experiment, self.cell.name)

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        return self.folder.with_name(f"{self.folder.name}.error.txt")

    @property
    def digest_file(self) -> Path:
        """Beside the run folder; says which settings, facts and code the run began with."""
        return self.folder.with_name(f"{self.folder.name}.digest.json")


def pending(
    plan: Plan,
    only: Collection[str] = (),
    *,
    renew: bool = False,
    every: bool = False,
    share: tuple[int, int] = (1, 1),
) -> Mapping[PlannedCell, str]:
    """Return the cells that have to run, with the reason.

    Args:
        plan: the experiment.
        only: strategies or variants; none: all.
        renew: cells that other code made have to run too.
        every: all cells have to run.
        share: (I, N): only every N-th cell of the experiment, from the I-th on.

    Raises:
        UserError: ``only`` names one that the experiment does not have.
    """
    known = {name for cell in plan.cells for name in (cell.strategy, cell.variant)}
    for name in only:
        if name not in known:
            raise UserError(
                f"the experiment has no strategy {name!r}",
                where="--only",
                hint=f"There are: {', '.join(dict.fromkeys(cell.variant for cell in plan.cells))}.",
            )
    found: dict[PlannedCell, str] = {}
    mine = {cell.name for cell in plan.cells[share[0] - 1 :: share[1]]}
    for cell, there in cells.read_all(plan).items():
        if cell.name not in mine:
            continue
        if not only or not {cell.strategy, cell.variant}.isdisjoint(only):
            reason = out_of_date(there, cell)
            if renew and by_other_code(there, cell):
                reason = "made by other code"
            if reason or every:
                found[cell] = reason
    return found


def run_cells(
    plan: Plan,
    chosen: Sequence[PlannedCell],
    out: Path | Place,
    *,
    fresh: bool = False,
    workers: int | None = None,
    backend: Backend = HERE,
    alone: bool = True,
    progress: Progress,
) -> list[Failure[Job]]:
    """Run cells, each of which is written as soon as it is finished.

    An unfinished run in ``out`` that began with the same settings, facts and code is resumed.

    Args:
        plan: the experiment.
        chosen: its cells that run.
        out: folder of the run folders.
        fresh: replace runs that are there.
        workers, backend: as for `cltool.core.workers.run_tasks`.
        alone: no other command may run cells in ``out`` at the same time.
        progress: receives the progress of each cell.

    Returns:
        The cells that failed.
    """
    if not chosen:
        return []
    with held(Place.of(out), shared=backend.name != LOCAL, alone=alone) as place:
        away = place.is_remote or backend.name != LOCAL
        jobs = [_job(plan, cell, place, fresh, away) for cell in chosen]
        jobs = [job for job in jobs if fresh or not _taken_over(job)]
        if not jobs:
            return []
        failures = run_tasks(
            jobs,
            _run_cell if plan.experiment.tune is None else _search,
            prepare=_prepare,
            load=load_libraries,
            explain=explained,
            workers=workers,
            progress=progress,
            backend=backend,
        )
        refresh(place)
        for job in jobs:
            _taken_over(job)
        return failures


def _taken_over(job: Job) -> bool:
    """Copy the result of a cell from beside its run folder; return whether there is a right one."""
    found = cells.read(job.cell_file) if job.away else None
    if found is None or found["digest"] != dict(job.cell.digest):
        return False
    target = cells.file_of(job.experiment, job.cell.name)
    write_text(target, job.cell_file.read_text(encoding="utf-8"))
    return True


def runs_on_disk(plan: Plan, out: Path | Place) -> Mapping[PlannedCell, Run]:
    """Return the finished runs in ``out`` of cells that are up to date; none of a search."""
    if plan.experiment.tune is not None:
        return {}
    found = {}
    for cell in plan.cells:
        job = _job(plan, cell, Place.of(out))
        if not (job.folder / "run.json").is_file() or _begun_with(job) != dict(cell.digest):
            continue
        run = Run.open(job.folder)
        if run.record["status"] == "finished":
            found[cell] = run
    erasures.write_references(list(found.values()))
    return found


def _job(plan: Plan, cell: PlannedCell, out: Place, fresh: bool = False, away: bool = False) -> Job:
    search = None if plan.experiment.tune is None else plan.search(out)
    given = (
        {} if search is None else {one.name: getattr(search, one.name) for one in fields(search)}
    )
    return Job(
        cell,
        plan.folder,
        out / cell.name if search is None else search.place(cell.strategy),
        away,
        plan.stream if away else plan.scenario,
        json.dumps(dict(plan.options), default=str),
        plan.experiment.keep_checkpoints,
        {name: value for name, value in given.items() if name not in ("stream", "progress")},
        fresh,
    )


def _begun_with(job: Job) -> Any:
    """Return the digest with which the run in the folder began; None where nothing says it."""
    try:
        return json.loads(job.digest_file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _clear_other_run(job: Job) -> None:
    """Remove what the folder holds, unless it began with the settings, facts and code of the cell.

    Raises:
        UserError: another command made the run in the folder.
    """
    begun = _begun_with(job)
    if begun is None and not job.fresh and not holds_nothing(job.folder):
        raise UserError(
            "cltool reproduce did not make what this folder holds",
            where=str(job.folder),
            hint="Name another folder with --out, or replace it with --fresh.",
        )
    if job.fresh or begun != dict(job.cell.digest):
        for folder in run_folders(job.folder):
            if (folder / "run.json").is_file():
                clear(Run.open(folder))
        write_json(job.digest_file, dict(job.cell.digest))


# -- in the worker process ---------------------------------------------------------------


@lru_cache(maxsize=1)
def _open_stream(scenario: str, options: str, facts: str) -> Stream:
    """Return the stream; ``facts`` is its digest, for a file that changes between two calls."""
    return resolve.open_stream(scenario, json.loads(options))


def _stream(job: Job) -> Stream:
    if isinstance(job.scenario, Stream):
        return job.scenario
    return _open_stream(job.scenario, job.options, job.cell.digest["facts"])


def _prepare(job: Job) -> None:
    make_base_model(_stream(job), resolve.resolve(job.cell.strategy, job.cell.tables))


def _run_cell(job: Job) -> None:
    from cltool.experiments import run

    cell = job.cell
    with (
        folder_lock(job.folder, patience=WORKERS_PATIENCE),
        working_copy(job.place, lambda: not _is_done(job)) as send,
    ):
        _clear_other_run(job)
        send()
        with recorded_threads(job.folder):
            finished = run.run(
                _stream(job),
                strategy=cell.strategy,
                seed=cell.seed or 0,
                out=job.folder,
                settings=cell.tables,
                keep_checkpoints=job.keep_checkpoints,
                stored=send,
                progress=worker_progress(job.name),
            )
        cells.write_run(job.cell_file, cell, finished)


def _is_done(job: Job) -> bool:
    """Return whether the run in the folder is that of the cell, and finished."""
    if job.fresh or _begun_with(job) != dict(job.cell.digest):
        return False
    return is_finished(job.folder)


def _search(job: Job) -> None:
    from cltool.experiments.manifest import versions

    def others() -> bool:
        # Those are removed, with their checkpoints. Each run of the search fetches its own.
        return job.fresh or _begun_with(job) != dict(job.cell.digest)

    with (
        folder_lock(job.folder, patience=WORKERS_PATIENCE),
        working_copy(job.place, others) as send,
    ):
        _clear_other_run(job)
        send()
        search = Search(stream=_stream(job), progress=worker_progress(job.name), **job.search)
        cells.write_search(job.cell_file, job.cell, search.tune(job.cell.strategy), versions())
