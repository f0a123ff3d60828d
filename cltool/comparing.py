"""Strategies × seeds, each cell a run of its own, in worker processes that may die.

Every lane is one worker process. A cell that fails is reported and the others go on; a
worker that is killed takes only its cell with it. Finished cells are kept, and unfinished
ones resumed, when the same comparison is asked for again.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from cltool import assemble, erasures
from cltool.atomic import write_text
from cltool.errors import UserError
from cltool.records import Run, file_name
from cltool.stream import Stream

Report = Callable[[str, int, int, str], None]
"""Progress of one cell: (cell, done, of, what)."""


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
    """Everything a worker needs for a cell; plain values only."""

    scenario: str
    options: tuple[tuple[str, Any], ...]
    tables: dict[str, Any]
    cell: Cell | None = None
    strategies: tuple[str, ...] = ()
    fresh: bool = False
    purge_checkpoints: bool = False


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
    scenario: str,
    strategies: Sequence[str],
    *,
    seeds: Sequence[int] = (0,),
    options: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    out: Path | str = "runs/compare",
    workers: int | None = None,
    fresh: bool = False,
    purge_checkpoints: bool = False,
    report: Report | None = None,
) -> Comparison:
    """Run every strategy with every seed over one scenario.

    Args:
        scenario: a name, or a path to a file of facts.
        strategies: names, or compositions (``replay+ewc``).
        seeds: of the runs.
        options: the scenario's options.
        settings: nested tables, as for `cltool.run`.
        out: a folder for the runs, one folder each.
        workers: processes; by default one a core, and one where there is a GPU.
        fresh: begin every cell anew.
        purge_checkpoints: as for `cltool.run`; a cell keeps only its last step's in any case.
        report: told of progress.

    Raises:
        UserError: a name or a setting is wrong, or the facts are not clean; nothing ran.
    """
    for name in strategies:
        assemble.strategy_names(name)
    assemble.refuse_strangers(settings or {}, strategies)
    for what, given in (("strategy", strategies), ("seed", seeds)):
        if not given:
            raise UserError(f"at least one {what} is needed", where="compare")
        if len(set(given)) < len(given):
            raise UserError(f"a {what} is named twice", where=", ".join(map(str, given)))
    pairs = [(name, seed) for name in strategies for seed in seeds]
    cells = [Cell(*pair, Path(out) / f"{file_name(pair[0])}-seed{pair[1]}") for pair in pairs]
    job = Job(
        scenario,
        tuple(json.loads(json.dumps(dict(options or {}), default=str)).items()),
        dict(settings or {}),
        strategies=tuple(strategies),
        fresh=fresh,
        purge_checkpoints=purge_checkpoints,
    )
    count = min(workers or _default_workers(), len(cells))
    lanes = _Lanes(count, report or (lambda cell, done, of, what: None))
    try:
        failures = lanes.work(job, cells)
    finally:
        lanes.close()
    failed = {(failure.strategy, failure.seed) for failure in failures}
    runs = [Run.open(cell.folder) for cell in cells if (cell.strategy, cell.seed) not in failed]
    erasures.write_references(runs)
    return Comparison(runs, failures)


@dataclass
class _Lane:
    """One worker process, its line of progress, and what it is at."""

    executor: ProcessPoolExecutor
    progress: Any
    cell: Cell | None = None


@dataclass
class _Lanes:
    """The worker processes of one comparison."""

    count: int
    report: Report
    lanes: list[_Lane] = field(default_factory=list)

    def work(self, job: Job, cells: Sequence[Cell]) -> list[Failure]:
        """Prepare once, then hand out the cells."""
        self.lanes = [self._open() for _ in range(self.count)]
        for lane in self.lanes[1:]:
            lane.executor.submit(_warm)
        self._prepare(job)
        # The costly references stand last by custom; begun first, they do not trail alone.
        waiting = deque(reversed(cells))
        running: dict[Future[None], _Lane] = {}
        failures: list[Failure] = []
        while waiting or running:
            busy = [id(lane) for lane in running.values()]
            for place, lane in enumerate(self.lanes):
                if waiting and id(lane) not in busy:
                    future = self._begin(place, _with(job, waiting.popleft()))
                    running[future] = self.lanes[place]
            done, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            self._drain()
            for future in done:
                lane = running.pop(future)
                failure = self._outcome(lane, future)
                if failure is not None:
                    failures.append(failure)
        order = {(cell.strategy, cell.seed): place for place, cell in enumerate(cells)}
        return sorted(failures, key=lambda one: order[one.strategy, one.seed])

    def close(self) -> None:
        """End the workers."""
        for lane in self.lanes:
            lane.executor.shutdown(wait=True, cancel_futures=True)

    def _prepare(self, job: Job) -> None:
        future = self.lanes[0].executor.submit(_prepare, job)
        while not wait([future], timeout=0.2).done:
            self._drain()
        self._drain()
        try:
            future.result()
        except BrokenProcessPool as error:
            raise UserError(
                "the worker process died while the model was prepared",
                hint="It may have been out of memory: use a smaller model.",
            ) from error

    def _begin(self, place: int, job: Job) -> Future[None]:
        """Hand a cell to a worker; one that died while it was idle is replaced."""
        try:
            future = self.lanes[place].executor.submit(_run_cell, job)
        except BrokenProcessPool:
            self.lanes[place].executor.shutdown(wait=False)
            self.lanes[place] = self._open()
            future = self.lanes[place].executor.submit(_run_cell, job)
        self.lanes[place].cell = job.cell
        return future

    def _outcome(self, lane: _Lane, future: Future[None]) -> Failure | None:
        cell = lane.cell
        if cell is None:
            raise RuntimeError("a lane without a cell cannot finish one")
        try:
            future.result()
        except BrokenProcessPool:
            lane.executor.shutdown(wait=False)
            self.lanes[self.lanes.index(lane)] = self._open()
            error = "the worker process died (killed, or out of memory)"
        except UserError as caught:
            error = str(caught)
        except Exception as caught:  # a cell may fail in any way; the others go on
            write_text(cell.error_file, "".join(traceback.format_exception(caught)))
            error = f"{type(caught).__name__}: {caught} (see {cell.error_file})"
        else:
            cell.error_file.unlink(missing_ok=True)
            self.report(cell.name, 1, 1, "finished")
            return None
        self.report(cell.name, 1, 1, "failed")
        return Failure(cell.strategy, cell.seed, error)

    def _open(self) -> _Lane:
        context = multiprocessing.get_context("spawn")
        progress = context.SimpleQueue()
        threads = max(1, (os.cpu_count() or 1) // self.count)
        executor = ProcessPoolExecutor(
            1, mp_context=context, initializer=_start, initargs=(progress, threads)
        )
        return _Lane(executor, progress)

    def _drain(self) -> None:
        for lane in self.lanes:
            while not lane.progress.empty():
                self.report(*lane.progress.get())


def _with(job: Job, cell: Cell) -> Job:
    return replace(job, cell=cell)


def _default_workers() -> int:
    # Asking torch would import it here; the driver's device file tells as much.
    if Path("/dev/nvidiactl").exists():
        return 1
    return os.cpu_count() or 1


# -- in the worker process ---------------------------------------------------------------

_progress: Any = None


def _start(progress: Any, threads: int) -> None:
    global _progress
    _progress = progress
    os.environ["OMP_NUM_THREADS"] = str(threads)


def _warm() -> None:
    import cltool.experiment
    import cltool.learner
    import cltool.prober  # noqa: F401


def _tell(name: str) -> Callable[[int, int, str], None]:
    import time

    last = 0.0

    def tell(done: int, of: int, what: str) -> None:
        nonlocal last
        if time.monotonic() - last > 0.1 or done >= of:
            last = time.monotonic()
            _progress.put((name, done, of, what))

    return tell


@lru_cache(maxsize=1)
def _stream(scenario: str, options: str) -> Stream:
    return assemble.open_stream(scenario, json.loads(options))


def _open_stream(job: Job) -> Stream:
    return _stream(job.scenario, json.dumps(dict(job.options)))


def _prepare(job: Job) -> None:
    """Check every setting, and make the base model that all cells begin from."""
    stream = _open_stream(job)
    import torch

    from cltool.base_model import prepare

    settings = [assemble.resolve(name, _for(job.tables, name, job)) for name in job.strategies]
    for one in settings:
        assemble.build(one)  # what cannot be composed is refused before anything is trained
    threads = torch.get_num_threads()
    # The other lanes wait for the base model, so their cores are free.
    torch.set_num_threads(os.cpu_count() or 1)
    tell = _tell("model")
    try:
        prepare(stream, settings[0], tell)
    finally:
        torch.set_num_threads(threads)
    tell(1, 1, "ready")


def _run_cell(job: Job) -> None:
    from cltool import experiment

    cell = job.cell
    if cell is None:
        raise RuntimeError("a job without a cell cannot be run")
    experiment.run(
        _open_stream(job),
        strategy=cell.strategy,
        seed=cell.seed,
        out=cell.folder,
        settings=_for(job.tables, cell.strategy, job),
        fresh=job.fresh,
        purge_checkpoints=job.purge_checkpoints,
        report=_tell(cell.name),
    )


def _for(tables: Mapping[str, Any], strategy: str, job: Job) -> dict[str, Any]:
    """The tables without settings that only other strategies of the comparison have."""
    return assemble.tables_for(tables, strategy, job.strategies)
