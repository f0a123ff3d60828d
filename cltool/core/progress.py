"""Progress of long work: what code reports, and how stderr shows it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from cltool.core.printable import one_line

if TYPE_CHECKING:
    from rich.progress import TaskID

SECONDS = 5.0
"""Time between two lines of one task if stderr is not a terminal."""

Item = TypeVar("Item")

Show = Callable[[str, int, int, str], None]
"""Receives (task, done, of, what): ``done`` of ``of`` units of a task are finished."""

Report = Callable[[int, int], None]
"""Receives (done, of): ``done`` of ``of`` units of some work are finished."""


def unheard(done: int, of: int) -> None:
    """Receive a report and do nothing."""


def portion(report: Report, begin: float, end: float) -> Report:
    """Return what reports a portion of some work, in percent of all of it.

    Args:
        report: receives (percent, 100).
        begin: share of the work that is done when the portion begins.
        end: share that is done when it ends.
    """

    def tell(done: int, of: int) -> None:
        report(round(100 * (begin + (end - begin) * done / max(of, 1))), 100)

    return tell


@dataclass(frozen=True, slots=True)
class Progress:
    """Reports how far one task is: ``progress(done, of, what)``.

    ``Progress(print)`` prints every report.

    Attributes:
        show: receives (task, done, of, what) at each report.
        name: the task.
    """

    show: Show
    name: str = ""

    def __call__(self, done: int, of: int, what: str = "") -> None:
        """Report that ``done`` of ``of`` units are finished, and what happens at the moment."""
        self.show(self.name, done, of, what)

    def task(self, name: str) -> Progress:
        """Return the progress of another task, which has its own line."""
        return replace(self, name=name)

    def part(self, number: int, of: int, what: str) -> Progress:
        """Return the progress of part ``number`` (from 0) of ``of`` equal parts of this task.

        Its reports appear on the line of this task, after ``what``.
        """

        def show(task: str, done: int, most: int, detail: str) -> None:
            # The last percent is left to whoever reports the end of the part.
            percent = 100 * number + min(99, 100 * done // max(most, 1))
            self(percent, 100 * of, f"{what}: {detail}" if detail else what)

        return Progress(show)


QUIET = Progress(lambda task, done, of, what: None)
"""Shows nothing."""


_CURRENT: ContextVar[Progress] = ContextVar("cltool.progress", default=QUIET)

MANY = 100_000
"""Items between two reports of `heard`; fewer are not reported at all."""


def current() -> Progress:
    """Return what shows the progress of work that is not told where to show it."""
    return _CURRENT.get()


@contextmanager
def showing(progress: Progress) -> Iterator[None]:
    """Show the progress of such work with ``progress`` inside a with statement."""
    token = _CURRENT.set(progress)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def heard(items: Sequence[Item], task: str) -> Iterator[Item]:
    """Iterate over ``items``; `current` shows how far, if they are many."""
    if len(items) < MANY:
        yield from items
        return
    progress = current().task(task)
    for number, item in enumerate(items):
        if not number % MANY:
            progress(number, len(items), f"{number:,} of {len(items):,}")
        yield item
    progress(len(items), len(items), f"{len(items):,}")


@contextmanager
def stderr_progress() -> Iterator[Progress]:
    """Show progress on stderr: a bar for each task on a terminal, else lines now and then."""
    if not sys.stderr.isatty():
        yield Progress(_lines())
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    tasks: dict[str, TaskID] = {}
    with Bars(
        TextColumn("{task.fields[name]}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}", markup=False),
        console=Console(stderr=True),
    ) as bars:

        def show(task: str, done: int, of: int, what: str) -> None:
            what = one_line(what)
            if task not in tasks:
                tasks[task] = bars.add_task("", total=of, name=one_line(task), what=what)
            bars.update(tasks[task], completed=done, total=of, what=what)

        yield Progress(show)


@contextmanager
def late_progress() -> Iterator[Progress]:
    """Show progress as `stderr_progress` does, and nothing if nothing is reported."""
    with ExitStack() as stack:
        started: list[Progress] = []

        def show(task: str, done: int, of: int, what: str) -> None:
            if not started:
                started.append(stack.enter_context(stderr_progress()))
            started[0].show(task, done, of, what)

        yield Progress(show)


def _lines() -> Show:
    """Return what prints a task's first report, its end, and one report in `SECONDS`."""
    shown: dict[str, tuple[float, str]] = {}

    def show(task: str, done: int, of: int, what: str) -> None:
        now = time.monotonic()
        last, before = shown.get(task, (-SECONDS, ""))
        if now - last < SECONDS and not (done >= of and before != what):
            return
        shown[task] = (now, what)
        line = one_line(f"{task}: {100 * done // max(of, 1):3d}% {what}")
        # Nobody may be listening any more: that does not end the work.
        with suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)

    return show
