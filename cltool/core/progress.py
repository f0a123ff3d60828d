"""Progress on stderr: bars on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

EVERY = 5.0
"""Seconds between two lines of one task where there is no terminal."""


class Progress:
    """Shows several tasks; use as a context manager."""

    def __init__(self) -> None:
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._shown: dict[str, tuple[float, str]] = {}

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bars

            self._bars = Bars(
                TextColumn("{task.fields[name]}", markup=False),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeElapsedColumn(),
                TextColumn("{task.fields[what]}", markup=False),
                console=Console(stderr=True),
            )
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def tell(self, name: str, done: int, of: int, what: str) -> None:
        """Task ``name`` has done ``done`` of ``of``, and is at ``what``."""
        if self._bars is None:
            self._line(name, done, of, what)
            return
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task("", total=of, name=name, what=what)
        self._bars.update(self._tasks[name], completed=done, total=of, what=what)

    def _line(self, name: str, done: int, of: int, what: str) -> None:
        now = time.monotonic()
        last, before = self._shown.get(name, (-EVERY, ""))
        if now - last < EVERY and not (done >= of and before != what):
            return
        self._shown[name] = (now, what)
        print(f"{name}: {100 * done // max(of, 1):3d}% {what}", file=sys.stderr, flush=True)
