"""Strategies × seeds, each cell a run of its own, in worker processes that may die.

A cell that fails is reported and the others go on (see `lanes`). Finished cells are kept, and
unfinished ones resumed, when the same comparison is asked for again.
"""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.workers import Lanes, default_count, worker_progress
from cltool.experiments import resolve
from cltool.facts.stream import Stream
from cltool.runs import erasures
from cltool.runs.run import Run, file_name

_PICKLED = ".cltool-stream"
"""How the file ends in which a stream is sent to worker processes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy with one seed."""

    strategy: str
    seed: int
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.strategy} seed {self.seed}"

    @property
    def error_file(self) -> Path:
        """Beside the folder: one that holds something, but no run, could not be resumed."""
        return self.folder.with_name(f"{self.folder.name}.error.txt")


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a worker needs for a cell; plain values only.

    Attributes:
        scenario: a name, or a path to a file of facts or (`_sendable`) to a pickled stream.
    """

    scenario: str
    options: tuple[tuple[str, Any], ...]
    tables: dict[str, Any]
    cell: Cell | None = None
    strategies: tuple[str, ...] = ()
    fresh: bool = False
    keep_checkpoints: bool | Collection[int] = False
    purge_checkpoints: bool = False

    @property
    def there(self) -> Cell:
        """The cell."""
        if self.cell is None:
            raise RuntimeError("a job without a cell cannot be run")
        return self.cell

    @property
    def name(self) -> str:
        return self.there.name

    @property
    def error_file(self) -> Path:
        return self.there.error_file


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that did not finish, and why."""

    strategy: str
    seed: int
    error: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of a comparison: finished runs, in the order of strategies and seeds."""

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
        seeds: of the runs.
        options: the scenario's options, where ``stream`` is a name or a path.
        settings: nested tables, as for `cltool.run`.
        out: a folder for the runs, one folder each.
        workers: processes; by default one a core, and one where there is a GPU.
        fresh: begin every cell anew.
        keep_checkpoints, purge_checkpoints: as for `cltool.run`.
        progress: receives the progress of each run, as in ``Progress(print)``.

    Raises:
        UserError: a name or a setting is wrong, the facts are not clean, or the stream cannot
            be sent to worker processes; nothing ran.
    """
    for name in strategies:
        resolve.strategy_names(name)
    resolve.refuse_strangers(settings or {}, strategies)
    for what, given in (("strategy", strategies), ("seed", seeds)):
        if not given:
            raise UserError(f"at least one {what} is needed", where="compare")
        if len(set(given)) < len(given):
            raise UserError(f"a {what} is named twice", where=", ".join(map(str, given)))
    pairs = [(name, seed) for name in strategies for seed in seeds]
    cells = [Cell(*pair, Path(out) / f"{file_name(pair[0])}-seed{pair[1]}") for pair in pairs]
    with _sendable(stream, options) as scenario:
        job = Job(
            scenario,
            tuple(json.loads(json.dumps(dict(options or {}), default=str)).items()),
            dict(settings or {}),
            strategies=tuple(strategies),
            fresh=fresh,
            keep_checkpoints=keep_checkpoints,
            purge_checkpoints=purge_checkpoints,
        )
        count = min(workers or default_count(), len(cells))
        with Lanes[Job](count, progress, _warm) as lanes:
            failures = _all(lanes, job, cells)
    failed = {(failure.strategy, failure.seed) for failure in failures}
    runs = [Run.open(cell.folder) for cell in cells if (cell.strategy, cell.seed) not in failed]
    erasures.write_references(runs)
    return Comparison(runs, failures)


@contextmanager
def _sendable(stream: Stream | Path | str, options: Mapping[str, Any] | None) -> Iterator[str]:
    """Give a name or a path as it is, and a stream as a path to its pickle.

    The file is there until the context ends. A stream that makes its updates when they are read
    is pickled as what makes them, so it is small.
    """
    if not isinstance(stream, Stream):
        yield str(stream)
        return
    resolve.as_stream(stream, options)
    with tempfile.TemporaryDirectory(prefix="cltool-stream-") as folder:
        file = Path(folder) / f"stream{_PICKLED}"
        try:
            with file.open("wb") as handle:
                pickle.dump(stream, handle)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise UserError(
                f"the stream cannot be sent to worker processes: {error}",
                where=f"stream {stream.name}",
                hint="Define functions that it uses, such as extra_probes, at the top of a module,"
                " or compare by the scenario's name.",
            ) from error
        yield str(file)


def _all(lanes: Lanes[Job], job: Job, cells: Sequence[Cell]) -> list[Failure]:
    """Prepare once, then hand out the cells."""
    lanes.first(_prepare, job)
    # The costly references stand last by custom; begun first, they do not trail alone.
    failed = lanes.work(_run_cell, [_with(job, cell) for cell in reversed(cells)])
    found = [(one.task.there, one.error) for one in reversed(failed)]
    return [Failure(cell.strategy, cell.seed, error) for cell, error in found]


def _with(job: Job, cell: Cell) -> Job:
    return replace(job, cell=cell)


# -- in the worker process ---------------------------------------------------------------


def _warm() -> None:
    import cltool.evaluation.prober  # noqa: F401


@lru_cache(maxsize=1)
def _stream(scenario: str, options: str) -> Stream:
    if scenario.endswith(_PICKLED):
        with Path(scenario).open("rb") as handle:
            return resolve.as_stream(pickle.load(handle))  # noqa: S301 - compare wrote it
    return resolve.open_stream(scenario, json.loads(options))


def _open_stream(job: Job) -> Stream:
    return _stream(job.scenario, json.dumps(dict(job.options)))


def _prepare(job: Job) -> None:
    """Check every setting, and make the base model that all cells begin from."""
    stream = _open_stream(job)
    import torch

    from cltool.experiments.base_model import prepare

    settings = [resolve.resolve(name, _for(job.tables, name, job)) for name in job.strategies]
    for one in settings:
        resolve.build(one)  # what cannot be composed is refused before anything is trained
    threads = torch.get_num_threads()
    # The other lanes wait for the base model, so their cores are free.
    torch.set_num_threads(os.cpu_count() or 1)
    progress = worker_progress("model")
    try:
        prepare(stream, settings[0], progress)
    finally:
        torch.set_num_threads(threads)
    progress(1, 1, "ready")


def _run_cell(job: Job) -> None:
    from cltool.experiments import run

    cell = job.there
    run.run(
        _open_stream(job),
        strategy=cell.strategy,
        seed=cell.seed,
        out=cell.folder,
        settings=_for(job.tables, cell.strategy, job),
        fresh=job.fresh,
        keep_checkpoints=job.keep_checkpoints,
        purge_checkpoints=job.purge_checkpoints,
        progress=worker_progress(cell.name),
    )


def _for(tables: Mapping[str, Any], strategy: str, job: Job) -> dict[str, Any]:
    """The tables without settings that only other strategies of the comparison have."""
    return resolve.tables_for(tables, strategy, job.strategies)
