"""Tasks in worker processes that may die.

Every lane is one worker process. If a task fails, its error is reported and the others continue.
If a worker is killed, only its task fails, and a new worker takes its place. Ctrl-C and SIGTERM
in the parent process end all workers.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from cltool.core.errors import UserError
from cltool.core.files import write_text
from cltool.core.progress import Progress


class Task(Protocol):
    """What a worker is given: plain values only."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    @property
    def error_file(self) -> Path:
        """Where the traceback of a bug is kept."""
        ...


Given = TypeVar("Given", bound=Task)


@dataclass(frozen=True, slots=True)
class Failure(Generic[Given]):
    """A task that did not finish, and why."""

    task: Given
    error: str


@dataclass
class Lane(Generic[Given]):
    """One worker process, its line of progress, and what it is at."""

    executor: ProcessPoolExecutor
    progress: Any
    task: Given | None = None


@dataclass
class Lanes(Generic[Given]):
    """Some worker processes; use as a context manager.

    Attributes:
        count: how many.
        progress: receives the progress of each task.
        warm: imports what a worker will need, while others are busy.
    """

    count: int
    progress: Progress
    warm: Callable[[], None]
    lanes: list[Lane[Given]] = field(default_factory=list)

    def __enter__(self) -> Lanes[Given]:
        self.lanes = [self._open() for _ in range(self.count)]
        for lane in self.lanes[1:]:
            _submit(lane, self.warm)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and not issubclass(kind, Exception):
            for lane in self.lanes:
                # Python 3.14 has a public method for this: kill_workers().
                for process in list((lane.executor._processes or {}).values()):
                    process.terminate()
        for lane in self.lanes:
            lane.executor.shutdown(wait=True, cancel_futures=True)

    def first(self, do: Callable[[Given], None], task: Given) -> None:
        """Let one worker do what all others need, before anything else.

        Raises:
            UserError: the worker died, or the task raised one.
        """
        future = _submit(self.lanes[0], do, task)
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

    def work(self, do: Callable[[Given], None], tasks: Sequence[Given]) -> list[Failure[Given]]:
        """Hand out ``tasks`` in their order; those that failed, in theirs."""
        waiting = deque(tasks)
        running: dict[Future[None], Lane[Given]] = {}
        failures: dict[int, Failure[Given]] = {}
        while waiting or running:
            busy = [id(lane) for lane in running.values()]
            for place, lane in enumerate(self.lanes):
                if waiting and id(lane) not in busy:
                    future = self._begin(place, do, waiting.popleft())
                    running[future] = self.lanes[place]
            done, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            self._drain()
            for future in done:
                failure = self._outcome(running.pop(future), future)
                if failure is not None:
                    failures[id(failure.task)] = failure
        return [failures[id(task)] for task in tasks if id(task) in failures]

    def _begin(self, place: int, do: Callable[[Given], None], task: Given) -> Future[None]:
        """Hand a task to a worker; one that died while it was idle is replaced."""
        try:
            future = _submit(self.lanes[place], do, task)
        except BrokenProcessPool:
            self.lanes[place].executor.shutdown(wait=False)
            self.lanes[place] = self._open()
            future = _submit(self.lanes[place], do, task)
        self.lanes[place].task = task
        return future

    def _outcome(self, lane: Lane[Given], future: Future[None]) -> Failure[Given] | None:
        task = lane.task
        if task is None:
            raise RuntimeError("a lane without a task cannot finish one")
        try:
            future.result()
        except BrokenProcessPool:
            lane.executor.shutdown(wait=False)
            self.lanes[self.lanes.index(lane)] = self._open()
            error = "the worker process died (killed, or out of memory)"
        except UserError as caught:
            error = str(caught)
        except Exception as caught:  # a task may fail in any way; the others go on
            error = f"{type(caught).__name__}: {caught}"
            with suppress(OSError):
                write_text(task.error_file, "".join(traceback.format_exception(caught)))
                error += f" (see {task.error_file})"
        else:
            with suppress(OSError):
                task.error_file.unlink(missing_ok=True)
            self.progress.task(task.name)(1, 1, "finished")
            return None
        self.progress.task(task.name)(1, 1, "failed")
        return Failure(task, error)

    def _open(self) -> Lane[Given]:
        context = multiprocessing.get_context("spawn")
        progress = context.SimpleQueue()
        threads = max(1, (os.cpu_count() or 1) // self.count)
        executor = ProcessPoolExecutor(
            1, mp_context=context, initializer=_start, initargs=(progress, threads)
        )
        return Lane(executor, progress)

    def _drain(self) -> None:
        for lane in self.lanes:
            while not lane.progress.empty():
                self.progress.show(*lane.progress.get())


def _submit(lane: Lane[Any], do: Callable[..., None], *arguments: Any) -> Future[None]:
    """Submit a task; a worker that is started for it does not receive Ctrl-C."""
    with _ctrl_c_blocked():
        return lane.executor.submit(do, *arguments)


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Block SIGINT; processes that are started meanwhile keep it blocked."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def default_count() -> int:
    """One worker a core, and one where there is a GPU."""
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


def worker_progress(name: str) -> Progress:
    """Return the progress of a task in a worker process; it sends at most ten reports a second."""
    import time

    last = 0.0

    def send(task: str, done: int, of: int, what: str) -> None:
        nonlocal last
        if time.monotonic() - last > 0.1 or done >= of:
            last = time.monotonic()
            _progress.put((task, done, of, what))

    return Progress(send, name)
