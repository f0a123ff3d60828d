"""Compares strategies over seeds: each cell is one run in a worker process.

A cell that fails is reported, and the others continue (`cltool.core.workers`). If the same
comparison is started again, finished cells are kept and unfinished ones resume.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.backend import HERE, LOCAL, Backend
from cltool.core.errors import UserError
from cltool.core.files import remove
from cltool.core.progress import QUIET, Progress
from cltool.core.remote.copies import reading_copy, working_copy
from cltool.core.remote.held import held, refresh
from cltool.core.remote.place import Place
from cltool.core.workers import run_tasks, worker_progress
from cltool.experiments import general, resolve
from cltool.experiments.compare_checks import check_arguments, check_streams
from cltool.experiments.harness import Evaluation, evaluation_of
from cltool.experiments.manifest import identity
from cltool.experiments.resume import refuse_others
from cltool.experiments.run_locks import worker_lock
from cltool.experiments.unexpected import explained
from cltool.experiments.worker_setup import (
    REBUILT,
    load_libraries,
    make_base_model,
    note_rebuilt,
    recorded_threads,
    told_of_rebuilt,
)
from cltool.facts.stream import Stream
from cltool.runs import erasures, notebook, tables
from cltool.runs.run import Run, file_name
from cltool.runs.tracking import trackers_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy with one seed on one stream, and all that a worker process needs to run it.

    Attributes:
        strategy: the strategy.
        seed: the seed of the run.
        place: of the run folder.
        stream: the stream, or a scenario's name or a path.
        options: the scenario's options, as JSON.
        tables: the settings of the comparison.
        strategies: all strategies of the comparison.
        fresh, keep_checkpoints, purge_checkpoints, accept_changed_code: as for `cltool.run`.
        stream_seed: the seed of the stream, if the comparison has several streams.
        evaluation: what EleutherAI's harness is to measure of the last model.
        log: names of trackers.
    """

    strategy: str
    seed: int
    place: Place
    stream: Stream | str
    options: str = "{}"
    tables: Mapping[str, Any] = field(default_factory=dict)
    strategies: tuple[str, ...] = ()
    fresh: bool = False
    keep_checkpoints: bool | Collection[int] = False
    purge_checkpoints: bool = False
    accept_changed_code: bool = False
    stream_seed: int | None = None
    evaluation: Evaluation | None = None
    log: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return _name(self.strategy, self.stream_seed, self.seed)

    @property
    def folder(self) -> Path:
        """The run folder, on the machine that asks."""
        return self.place.folder

    @property
    def error_file(self) -> Path:
        """A file beside the run folder: a folder with other files could not be resumed."""
        return self.folder.with_name(f"{self.folder.name}.error.txt")


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that did not finish, the error, and its run if it diverged."""

    strategy: str
    seed: int
    error: str
    stream_seed: int | None = None
    diverged: Run | None = None

    @property
    def name(self) -> str:
        """Name in messages."""
        return _name(self.strategy, self.stream_seed, self.seed)

    def row(self) -> dict[str, Any]:
        """Return ``strategy``, ``stream`` (if there are several), ``seed`` and ``error``."""
        stream = {} if self.stream_seed is None else {"stream": self.stream_seed}
        return {"strategy": self.strategy, **stream, "seed": self.seed, "error": self.error}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The runs and the failures of a comparison, in the order of strategies and seeds.

    Attributes:
        runs: the finished runs.
        failures: the cells that did not finish.
    """

    runs: list[Run]
    failures: list[Failure]

    @property
    def shown(self) -> list[Run]:
        """The runs of tables and reports: those that diverged stand there, without scores."""
        return [*self.runs, *(one.diverged for one in self.failures if one.diverged is not None)]

    def table(self) -> pd.DataFrame:
        """Return the strategies compared: `cltool.runs.tables.comparison`."""
        return tables.comparison(self.shown, self._failed())

    def per_seed(self) -> pd.DataFrame:
        """Return the scores and the status of every run: `cltool.runs.tables.per_seed`."""
        return tables.per_seed(self.shown, self._failed())

    def _repr_html_(self) -> str:
        """Return the comparison as a table, which notebooks show."""
        lines = [f"{one.name}: {one.error}" for one in self.failures]
        try:
            return notebook.of_comparison(self.table(), lines)
        except UserError as error:  # nothing was run, or a folder is damaged
            return notebook.failed([*lines, str(error)])

    def _failed(self) -> list[dict[str, Any]]:
        return [one.row() for one in self.failures if one.diverged is None]

    def paired(self, reference: str) -> pd.DataFrame:
        """Return the differences from ``reference``: `cltool.runs.tables.paired`."""
        return tables.paired(self.shown, reference)


def compare(
    stream: Stream | Path | str,
    strategies: Sequence[str],
    *,
    seeds: Sequence[int] = (0,),
    stream_seeds: Sequence[int] | None = None,
    options: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    out: Path | str | Place = "runs/compare",
    workers: int | None = None,
    backend: Backend = HERE,
    fresh: bool = False,
    accept_changed_code: bool = False,
    keep_checkpoints: bool | Collection[int] = False,
    purge_checkpoints: bool = False,
    lm_eval: Evaluation | Sequence[str] | str | None = None,
    lm_eval_limit: int | None = None,
    log: Sequence[str] | str = (),
    progress: Progress = QUIET,
) -> Comparison:
    """Run every strategy with every seed over one stream, or over several of one scenario.

    Args:
        stream: a stream (`cltool.scenario`), a scenario's name, or a path to a file of facts.
        strategies: names, or compositions (``replay+ewc``).
        seeds: the seeds of the training; every strategy runs once with each, on every stream.
        stream_seeds: seeds of streams of the scenario; by default there is one stream.
        options: the scenario's options, if ``stream`` is a name or a path.
        settings: nested tables, as for `cltool.run`.
        out: the folder that holds the run folders, or a URL of fsspec.
        workers, backend: as for `cltool.core.workers.run_tasks`.
        fresh: replace the runs of all cells.
        accept_changed_code, keep_checkpoints, purge_checkpoints, lm_eval, lm_eval_limit, log: as
            for `cltool.run`.
        progress: receives the progress of each run, as in ``Progress(print)``.

    Raises:
        UserError: a name or a setting is wrong, the facts have bad lines, the stream cannot be
            sent to worker processes, ``out`` holds runs with other settings or of other code, or
            something that is needed cannot be opened. No cell has run then.
    """
    check_arguments(strategies, seeds, settings or {})
    evaluation, trackers = evaluation_of(lm_eval, lm_eval_limit), trackers_of(log)
    opened = resolve.as_stream(stream, options) if isinstance(stream, Stream) else str(stream)
    if stream_seeds is not None:
        check_streams(opened, options or {}, stream_seeds)

    def cell(place: Place, name: str, stream_seed: int | None, seed: int) -> Cell:
        return Cell(
            name, seed, place / folder_of(name, seed, stream_seed), sent[stream_seed],
            json.dumps({**(options or {}), **_seeded(stream_seed)}, default=str),
            dict(settings or {}), tuple(strategies), fresh, keep_checkpoints, purge_checkpoints,
            accept_changed_code, stream_seed, evaluation, trackers,
        )  # fmt: skip

    streams = (None,) if stream_seeds is None else stream_seeds
    sent = {one: _sent(opened, {**(options or {}), **_seeded(one)}, backend) for one in streams}
    with held(Place.of(out), shared=backend.name != LOCAL) as place:
        cells = [cell(place, *three) for three in itertools.product(strategies, streams, seeds)]
        return _run_locked(cells, workers, backend, progress)


def folder_of(strategy: str, seed: int, stream_seed: int | None = None) -> str:
    """Return the name of the run folder of a cell."""
    stream = "" if stream_seed is None else f"-stream{stream_seed}"
    return f"{file_name(strategy)}{stream}-seed{seed}"


def _name(strategy: str, stream_seed: int | None, seed: int) -> str:
    stream = "" if stream_seed is None else f"stream {stream_seed} "
    return f"{strategy} {stream}seed {seed}"


def _seeded(stream_seed: int | None) -> dict[str, int]:
    return {} if stream_seed is None else {"seed": stream_seed}


def _sent(stream: Stream | str, options: Mapping[str, Any], backend: Backend) -> Stream | str:
    """Return what tasks receive: on a cluster the stream, since its files are on this machine."""
    if backend.name == LOCAL or isinstance(stream, Stream):
        return stream
    return resolve.open_stream(stream, options)


def _run_locked(
    cells: Sequence[Cell], workers: int | None, backend: Backend, progress: Progress
) -> Comparison:
    reused = {cell.folder for cell in cells if not cell.fresh and _is_done(cell)}
    # Expensive reference strategies usually come last. They start first, so that they do not run
    # alone at the end.
    failed = run_tasks(
        cells[::-1],
        _run_cell,
        prepare=partial(_prepare, cells=tuple(cells)),
        load=load_libraries,
        explain=explained,
        workers=workers,
        progress=progress,
        backend=backend,
    )
    refresh(cells[0].place)
    if not failed:
        remove(cells[0].folder.parent / REBUILT)
    failures = [_failure(one.task, one.error) for one in reversed(failed)]
    missing = {one.task.folder for one in failed}
    folders = [cell.folder for cell in cells if cell.folder not in missing]
    runs = [Run(Run.open(folder).folder, reused=folder in reused) for folder in folders]
    erasures.write_references(runs)
    return Comparison(runs, failures)


def _is_done(cell: Cell) -> bool:
    with suppress(UserError):  # its record may be damaged
        evaluated = cell.evaluation is None or not cell.evaluation.missing(cell.folder)
        return evaluated and Run.open(cell.folder).record.get("status") == "finished"
    return False


def _failure(cell: Cell, error: str) -> Failure:
    run, diverged = Run(cell.folder), None
    with suppress(UserError):  # its record may be damaged
        diverged = run if run.diverged else None
    return Failure(cell.strategy, cell.seed, error, cell.stream_seed, diverged)


# -- in the worker process ---------------------------------------------------------------


def _open_stream(cell: Cell) -> Stream:
    if isinstance(cell.stream, Stream):
        return cell.stream
    return _stream_of(cell.stream, cell.options)


@lru_cache(maxsize=1)
def _stream_of(scenario: str, options: str) -> Stream:
    return resolve.open_stream(scenario, json.loads(options))


def _tables(cell: Cell, strategy: str) -> dict[str, Any]:
    """Return the settings without those that only other strategies of the comparison have."""
    return resolve.tables_for(cell.tables, strategy, cell.strategies)


def _prepare(cell: Cell, cells: Sequence[Cell]) -> None:
    """Check all settings and folders, and build the base models that the cells start from.

    Args:
        cell: any of ``cells``.
        cells: all cells of the comparison.
    """
    settings = {name: resolve.resolve(name, _tables(cell, name)) for name in cell.strategies}
    for one in settings.values():
        resolve.build(one)  # refuses a bad composition before anything is trained
        general.sources(one)  # refuses bad questions and texts
    with reading_copy(cell.place.parent):
        _prepare_here(cell, settings, cells)


def _prepare_here(
    cell: Cell, settings: Mapping[str, resolve.Settings], cells: Sequence[Cell]
) -> None:
    streams = {one.options: _open_stream(one) for one in cells}
    begun = [one for one in cells if not one.fresh and (one.folder / "run.json").is_file()]
    asked = (
        identity(streams[one.options], one.strategy, one.seed, settings[one.strategy])
        for one in begun
    )
    folders = (one.folder for one in begun)
    refuse_others(zip(folders, asked, strict=True), cell.accept_changed_code)
    if cell.evaluation is not None:
        tasks = [cell.evaluation.missing(one.folder, one.fresh) for one in cells]
        cell.evaluation.open(list(dict.fromkeys(task for held in tasks for task in held)))
    for stream in streams.values():
        told = make_base_model(stream, settings[cell.strategies[0]])
        note_rebuilt(cell.folder.parent, told)


def _run_cell(cell: Cell) -> None:
    from cltool.experiments import run

    with (
        worker_lock(cell.folder, cell.fresh),
        working_copy(cell.place, lambda: cell.fresh or not _is_done(cell)) as send,
        recorded_threads(cell.folder),
        told_of_rebuilt(cell.folder),
    ):
        run.run(
            _open_stream(cell),
            strategy=cell.strategy,
            seed=cell.seed,
            out=cell.folder,
            settings=_tables(cell, cell.strategy),
            fresh=cell.fresh,
            accept_changed_code=cell.accept_changed_code,
            keep_checkpoints=cell.keep_checkpoints,
            purge_checkpoints=cell.purge_checkpoints,
            lm_eval=cell.evaluation,
            log=cell.log,
            stored=send,
            progress=worker_progress(cell.name),
        )
