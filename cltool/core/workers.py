"""Tasks in worker processes; a worker that dies fails only the task it was working on.

Workers end with their parent process, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from pickle import PicklingError
from typing import Any, Generic, Protocol, TypeVar

from loky import ProcessPoolExecutor
from loky.backend import resource_tracker
from loky.process_executor import TerminatedWorkerError

from cltool.core import interrupts, threads
from cltool.core.backend import HERE, LOCAL, Backend
from cltool.core.errors import Unexpected, UserError, in_words
from cltool.core.outcomes import DIED, Outcome, in_one_text, not_sent, outcome
from cltool.core.progress import QUIET, Progress

PR_SET_PDEATHSIG = 1
"""Linux: the signal that a process gets when its parent ends."""


class Task(Protocol):
    """Work for a worker process; holds only values that can be pickled."""

    @property
    def name(self) -> str:
        """Name in progress reports."""
        ...

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        ...


AnyTask = TypeVar("AnyTask", bound=Task)


@dataclass(frozen=True, slots=True)
class Failure(Generic[AnyTask]):
    """A task that did not finish, and why."""

    task: AnyTask
    error: str


def run_tasks(
    tasks: Sequence[AnyTask],
    work: Callable[[AnyTask], None],
    *,
    prepare: Callable[[AnyTask], None],
    load: Callable[[], None],
    explain: Callable[[BaseException], UserError],
    workers: int | None,
    progress: Progress,
    backend: Backend = HERE,
) -> list[Failure[AnyTask]]:
    """Run ``work`` on every task in worker processes.

    Tasks start in their order. The worker of a task that kills it is replaced.

    Args:
        tasks: at least one.
        work: a module-level function.
        prepare: does what all tasks need, on the first task, before any of them starts.
        load: imports the libraries of ``work``; runs in the other workers meanwhile.
        explain: a module-level function that says what an unexpected error of a worker means.
        workers: number of processes; None: one for each core, or one if there is a GPU. On a
            cluster, the most tasks at once; None: as many as it has room for.
        progress: receives the progress of each task; ``work`` reports it to `worker_progress`.
        backend: where the tasks run.

    Returns:
        The tasks that failed, in the order of ``tasks``.

    Raises:
        UserError: ``prepare`` raised it, its worker died, or a task cannot be pickled; a cluster
            cannot be used.
        Unexpected: ``prepare`` raised another error.
    """
    if backend.name != LOCAL:
        elsewhere: Any = import_module(f"cltool.core.backends.{backend.name}")
        done: list[Failure[AnyTask]] = elsewhere.run_tasks(
            tasks, work, prepare=prepare, explain=explain, most=workers, progress=progress,
            backend=backend,
        )  # fmt: skip
        return done
    pool = _Pool[AnyTask](min(workers or default_workers(), len(tasks)), explain, progress)
    try:
        pool.prepare(prepare, tasks[0], load)
        return pool.run(work, tasks)
    finally:
        pool.close()


def default_workers() -> int:
    """Return the number of cores, or 1 if there is a GPU."""
    # Asking torch would import it in this process; the driver's device file is enough.
    if Path("/dev/nvidiactl").exists():
        return 1
    return threads.cores()


class _Pool(Generic[AnyTask]):
    """Worker processes, each with its own executor: one that dies breaks no other."""

    def __init__(
        self, count: int, explain: Callable[[BaseException], UserError], progress: Progress
    ) -> None:
        self.explain = explain
        self.progress = progress
        self._environment = {
            **threads.environment(count),
            # Models make processes grow; loky would take that for a leak and restart them.
            "LOKY_MAX_MEMORY_LEAK_SIZE": "1e15",
        }
        _start_tracker()
        self._reader, self._writer = multiprocessing.Pipe(duplex=False)
        self._begun: set[int] = set()
        self._executors = [self._start() for _ in range(count)]

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, initializer=_initialize, initargs=(self._writer, os.getpid()), env=self._environment
        )

    def prepare(
        self, work: Callable[[AnyTask], None], task: AnyTask, load: Callable[[], None]
    ) -> None:
        """Run ``work`` in one worker, and ``load`` in the others."""
        future = self._submit(0, work, task)
        for worker in range(1, len(self._executors)):
            self._submit(worker, load)
        self._wait([future])
        try:
            future.result()
        except BrokenProcessPool as error:
            raise UserError(
                "the worker process died while the model was prepared",
                hint="It may have been out of memory: use fewer workers or a smaller model.",
            ) from error
        except PicklingError as error:
            raise _not_sent(task, error) from error

    def run(
        self, work: Callable[[AnyTask], None], tasks: Sequence[AnyTask]
    ) -> list[Failure[AnyTask]]:
        """Run ``work`` on every task; return the failures in the order of ``tasks``.

        A worker can die when it has nothing to do and be given a task before that is noticed. So
        a task whose worker died before the task began is given once more.
        """
        waiting = deque(enumerate(tasks))
        again: set[int] = set()
        idle = deque(range(len(self._executors)))
        running: dict[Future[None], tuple[int, int]] = {}
        failures: dict[int, Failure[AnyTask]] = {}
        while waiting or running:
            while waiting and idle:
                number, task = waiting.popleft()
                worker = idle.popleft()
                running[self._submit(worker, partial(_begin, number, work), task)] = number, worker
            for future in self._wait(running):
                number, worker = running.pop(future)
                idle.append(worker)
                if _died(future) and not {number} & (self._begun | again):
                    again.add(number)
                    waiting.appendleft((number, tasks[number]))
                    continue
                error = _error_of(tasks[number], future)
                self.progress.task(tasks[number].name)(1, 1, "failed" if error else "finished")
                if error:
                    failures[number] = Failure(tasks[number], error)
        return [failures[number] for number in sorted(failures)]

    def _submit(self, worker: int, work: Callable[..., None], *arguments: AnyTask) -> Future[None]:
        # A process that is started here keeps SIGINT blocked: only the parent handles Ctrl-C.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            future: Future[None] = self._executors[worker].submit(
                _guarded, self.explain, work, *arguments
            )
        except BrokenProcessPool:  # its process died, at work or idle
            self._executors[worker] = self._start()
            future = self._executors[worker].submit(_guarded, self.explain, work, *arguments)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return future

    def _wait(self, futures: Collection[Future[None]]) -> set[Future[None]]:
        """Show reports until a future is done; return those that are."""
        while True:
            done, _ = wait(futures, timeout=0.2, return_when=FIRST_COMPLETED)
            while self._reader.poll():
                report = self._reader.recv()
                if isinstance(report, int):
                    self._begun.add(report)
                else:
                    self.progress.show(*report)
            if done:
                return done

    def close(self) -> None:
        """End the workers, also those that are at work."""
        for executor in self._executors:
            executor.shutdown(kill_workers=True)


def _start_tracker() -> None:
    """Start loky's resource tracker without warnings; it removes what killed processes leave."""
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, [before, "ignore:resource_tracker"]))
    try:
        resource_tracker.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def _died(future: Future[None]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def _not_sent(task: Task, error: PicklingError) -> UserError:
    # The cause is a traceback as text, in quotes; its last line says what cannot be pickled.
    reason = str(error.__cause__ or error).strip('"\n').splitlines()[-1]
    return not_sent(task.name, reason)


def _error_of(task: Task, future: Future[None]) -> str:
    """Return why a task failed, or an empty string; keep the traceback of an unexpected error."""
    found: Outcome = None
    try:
        future.result()
    except TerminatedWorkerError:
        return DIED
    except PicklingError as error:
        return str(_not_sent(task, error))
    except (UserError, Unexpected) as error:
        found = error
    except Exception as error:  # of the pool; the other tasks go on
        found = Unexpected(UserError(in_words(error)), "".join(traceback.format_exception(error)))
    return in_one_text(found, task.error_file)


# -- in the worker process ---------------------------------------------------------------


class Reports(Protocol):
    """Receives the reports of a task."""

    def send(self, obj: Any, /) -> None:
        """Receive (task, done, of, what)."""
        ...


_reports: Reports | None = None


@contextmanager
def reporting_to(reports: Reports) -> Iterator[None]:
    """Send the reports of `worker_progress` to ``reports`` inside."""
    global _reports
    before, _reports = _reports, reports
    try:
        yield
    finally:
        _reports = before


def _initialize(reports: Connection, parent: int) -> None:
    global _reports
    _reports = reports
    interrupts.expect_none()
    _end_with(parent)


def _end_with(parent: int) -> None:
    """End this process when its parent ends, also if that is killed."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it has ended before
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _begin(number: int, work: Callable[..., None], *arguments: Any) -> None:
    """Tell the parent that the task with this number begins, and run ``work``."""
    if _reports is not None:
        _reports.send(number)
    work(*arguments)


def _guarded(
    explain: Callable[[BaseException], UserError], work: Callable[..., None], *arguments: Any
) -> None:
    """Run ``work``; also what would end the process is an error of the task.

    Raises:
        UserError: ``work`` raised it.
        Unexpected: ``work`` raised anything else, such as SystemExit.
    """
    found = outcome(explain, work, *arguments)
    if found is not None:
        raise found from None


def worker_progress(name: str) -> Progress:
    """Return the progress of a task in a worker process; it sends at most ten reports a second."""
    reports, last = _reports, 0.0
    if reports is None:
        return QUIET.task(name)

    def send(task: str, done: int, of: int, what: str) -> None:
        nonlocal last
        if time.monotonic() - last > 0.1 or done >= of:
            last = time.monotonic()
            # A short message is written at once, so no lock is needed that a killed worker holds.
            reports.send((task, done, of, what))

    return Progress(send, name)
