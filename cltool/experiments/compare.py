"""Compares strategies over seeds: each cell is one run in a worker process.

A cell that fails is reported, and the others continue (`cltool.core.workers`). If the same
comparison is started again, finished cells are kept and unfinished ones resume.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.workers import run_tasks, worker_progress
from cltool.experiments import resolve
from cltool.experiments.worker_setup import load_libraries, make_base_model
from cltool.facts.stream import Stream
from cltool.runs import erasures
from cltool.runs.run import Run, file_name


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy with one seed, and everything that a worker process needs to run it.

    Attributes:
        strategy: the strategy.
        seed: the seed of the run.
        folder: the run folder.
        stream: the stream, or a scenario's name or a path.
        options: the scenario's options, as JSON.
        tables: the settings of the comparison.
        strategies: all strategies of the comparison.
        fresh, keep_checkpoints, purge_checkpoints: as for `cltool.run`.
    """

    strategy: str
    seed: int
    folder: Path
    stream: Stream | str
    options: str = "{}"
    tables: Mapping[str, Any] = field(default_factory=dict)
    strategies: tuple[str, ...] = ()
    fresh: bool = False
    keep_checkpoints: bool | Collection[int] = False
    purge_checkpoints: bool = False

    @property
    def name(self) -> str:
        """Name in progress reports."""
        return f"{self.strategy} seed {self.seed}"

    @property
    def error_file(self) -> Path:
        """A file beside the run folder: a folder with other files could not be resumed."""
        return self.folder.with_name(f"{self.folder.name}.error.txt")


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that did not finish, and the error."""

    strategy: str
    seed: int
    error: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The finished runs and the failures of a comparison, in the order of strategies and seeds."""

    runs: list[Run]
    failures: list[Failure]


def compare(
    stream: Stream | Path | str,
    strategies: Sequence[str],
    *,
    seeds: Sequence[int] = (0,),
    options: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    out: Path | str = "runs/compare",
    workers: int | None = None,
    fresh: bool = False,
    keep_checkpoints: bool | Collection[int] = False,
    purge_checkpoints: bool = False,
    progress: Progress = QUIET,
) -> Comparison:
    """Run every strategy with every seed over one stream.

    Args:
        stream: a stream (`cltool.scenario`), a scenario's name, or a path to a file of facts.
        strategies: names, or compositions (``replay+ewc``).
        seeds: the seeds; every strategy runs once with each.
        options: the scenario's options, if ``stream`` is a name or a path.
        settings: nested tables, as for `cltool.run`.
        out: the folder that holds the run folders.
        workers: number of processes; by default one per core, or one if there is a GPU.
        fresh: replace the runs of all cells.
        keep_checkpoints, purge_checkpoints: as for `cltool.run`.
        progress: receives the progress of each run, as in ``Progress(print)``.

    Raises:
        UserError: a name or a setting is wrong, the facts have bad lines, or the stream cannot
            be sent to worker processes. No cell has run then.
    """
    _check(strategies, seeds, settings or {})
    opened = resolve.as_stream(stream, options) if isinstance(stream, Stream) else str(stream)
    cells = [
        Cell(
            name,
            seed,
            Path(out) / f"{file_name(name)}-seed{seed}",
            opened,
            json.dumps(dict(options or {}), default=str),
            dict(settings or {}),
            tuple(strategies),
            fresh,
            keep_checkpoints,
            purge_checkpoints,
        )
        for name in strategies
        for seed in seeds
    ]
    return _run_all(cells, workers, progress)


def _run_all(cells: Sequence[Cell], workers: int | None, progress: Progress) -> Comparison:
    # Expensive reference strategies usually come last. They start first, so that they do not run
    # alone at the end.
    failed = run_tasks(
        cells[::-1],
        _run_cell,
        prepare=_prepare,
        load=load_libraries,
        workers=workers,
        progress=progress,
    )
    failures = [Failure(one.task.strategy, one.task.seed, one.error) for one in reversed(failed)]
    missing = {one.task.folder for one in failed}
    runs = [Run.open(cell.folder) for cell in cells if cell.folder not in missing]
    erasures.write_references(runs)
    return Comparison(runs, failures)


def _check(strategies: Sequence[str], seeds: Sequence[int], settings: Mapping[str, Any]) -> None:
    """Raise a `UserError` for unknown, missing or repeated arguments and for unused tables."""
    for name in strategies:
        resolve.strategy_names(name)
    resolve.refuse_unused_tables(settings, strategies)
    for what, given in (("strategy", strategies), ("seed", seeds)):
        if not given:
            raise UserError(f"at least one {what} is needed", where="compare")
        if len(set(given)) < len(given):
            raise UserError(f"a {what} is named twice", where=", ".join(map(str, given)))


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


def _prepare(cell: Cell) -> None:
    """Check all settings, and build the base model that all cells start from."""
    stream = _open_stream(cell)
    settings = [resolve.resolve(name, _tables(cell, name)) for name in cell.strategies]
    for one in settings:
        resolve.build(one)  # refuses a bad composition before anything is trained
    make_base_model(stream, settings[0])


def _run_cell(cell: Cell) -> None:
    from cltool.experiments import run

    run.run(
        _open_stream(cell),
        strategy=cell.strategy,
        seed=cell.seed,
        out=cell.folder,
        settings=_tables(cell, cell.strategy),
        fresh=cell.fresh,
        keep_checkpoints=cell.keep_checkpoints,
        purge_checkpoints=cell.purge_checkpoints,
        progress=worker_progress(cell.name),
    )
