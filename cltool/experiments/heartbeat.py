"""Writes the heartbeat of a run while it goes on, and estimates when the run ends."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cltool.core.errors import UserError
from cltool.core.locks import Lock
from cltool.core.progress import Progress
from cltool.runs import heartbeat
from cltool.runs.heartbeat import PREPARING, PROBING, TRAINING, Beat

INTERVAL = 1.0
"""Seconds between two heartbeats."""

TRAINS = 0.8
"""Share of a step's time that is taken to be training, until a step has shown it."""

ENOUGH = 0.05
"""Share of the first step that must be done before the rest is estimated from it."""


class Pace:
    """How long steps take: the measured past, from which the future is estimated.

    Args:
        steps: number of steps of the stream, with the base.
        clock: returns seconds.
    """

    def __init__(self, steps: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._steps = steps
        self._clock = clock
        self._finished: list[float] = []
        self._trains = TRAINS
        self._step = 0
        self._step_began = self._phase_began = clock()
        self._phase = PREPARING
        self._trained = 0.0

    def begin(self, step: int, phase: str) -> None:
        """Take note that a phase of a step begins."""
        now = self._clock()
        if self._phase == TRAINING:
            self._trained += now - self._phase_began
        if step != self._step:
            # The base is only asked about, so it says nothing about the other steps.
            if self._step:
                took = now - self._step_began
                self._finished.append(took)
                self._trains = min(1.0, self._trained / took) if took else TRAINS
            self._step, self._step_began, self._trained = step, now, 0.0
        elif self._phase == PREPARING:
            self._step_began = now
        self._phase, self._phase_began = phase, now

    def within(self, share: float | None) -> float:
        """Return the share of the step that is done, in [0, 1].

        Args:
            share: the share of the phase; None if it is not known.
        """
        if self._phase == TRAINING and self._step:
            return self._trains * (share or 0.0)
        if self._phase == PROBING:
            trains = self._trains if self._step else 0.0
            return trains + (1 - trains) * (share or 0.0)
        return 0.0 if self._phase in (PREPARING, TRAINING) else self._trains

    def left(self, share: float | None) -> float | None:
        """Return an estimate of the seconds until the last step ends; None if it is not known."""
        within = self.within(share)
        elapsed = self._clock() - self._step_began
        if self._finished:
            mean = sum(self._finished) / len(self._finished)
        elif self._step and within >= ENOUGH:
            mean = elapsed / within
        else:
            return None
        later = mean * (self._steps - self._step - 1)
        return later + max(0.0, mean * (1 - within) if within else mean - elapsed)


class Heartbeat:
    """Writes the heartbeat of a run about once a second, from its beginning to its end.

    A thread of its own writes, so that long work without any report is not taken for an end.
    What cannot be written is left out.

    Args:
        folder: the run folder.
        name: strategy and seed of the run.
        labels: labels of the steps of the stream.
        lock: the lock of the run folder.
        phase: what is done first.
        step: the step that is done first.

    Attributes:
        tokens: returns the training tokens so far; None before there is a learner.
    """

    def __init__(
        self,
        folder: Path,
        name: tuple[str, int],
        labels: Sequence[str],
        lock: Lock,
        phase: str = PREPARING,
        step: int = 0,
    ) -> None:
        self._folder, self._name, self._labels, self._lock = folder, name, labels, lock
        self._pace = Pace(len(labels))
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._begun = time.time()
        self._step, self._phase = step, phase
        self._share: float | None = None
        self._phase_began, self._tokens_before = time.monotonic(), 0
        self.tokens: Callable[[], int] | None = None
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._pace.begin(self._step, self._phase)
        self._write()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        with suppress(UserError):
            self._lock.check()  # another folder is none of this run's business
            heartbeat.discard(self._folder)

    def begin(self, step: int, phase: str) -> None:
        """Take note that a phase of a step begins."""
        with self._guard:
            self._step, self._phase, self._share = step, phase, None
            self._phase_began = time.monotonic()
            self._tokens_before = self.tokens() if self.tokens is not None else 0
            self._pace.begin(step, phase)

    def report(self, done: int, of: int) -> None:
        """Take note that ``done`` of ``of`` units of the phase are finished."""
        self._share = min(1.0, done / of) if of > 0 else None

    def watching(self, progress: Progress) -> Progress:
        """Return a progress whose reports also reach the heartbeat."""

        def show(task: str, done: int, of: int, what: str) -> None:
            self.report(done, of)
            progress.show(task, done, of, what)

        return Progress(show, progress.name)

    def beat(self) -> Beat:
        """Return how far the run is."""
        with self._guard:
            share, steps = self._share, len(self._labels)
            left = self._pace.left(share)
            return Beat(
                strategy=self._name[0],
                seed=self._name[1],
                step=self._step,
                steps=steps,
                label=self._labels[self._step],
                phase=self._phase,
                share=None if share is None else round(share, 4),
                done=round(min(1.0, (self._step + self._pace.within(share)) / steps), 4),
                tokens_per_second=self._speed(),
                seconds_left=None if left is None else round(left, 1),
                begun=round(self._begun, 1),
                time=round(time.time(), 1),
                pid=os.getpid(),
                host=os.uname().nodename,
            )

    def _speed(self) -> float | None:
        """Return the training tokens a second in this phase."""
        seconds = time.monotonic() - self._phase_began
        if self._phase != TRAINING or self.tokens is None or not seconds:
            return None
        spent = self.tokens() - self._tokens_before
        return round(spent / seconds, 1) if spent > 0 else None

    def _go_on(self) -> None:
        while not self._ended.wait(INTERVAL):
            self._write()

    def _write(self) -> None:
        with suppress(OSError, UserError):
            self._lock.check()
            heartbeat.write(self._folder, self.beat())
