"""Runs cases, each in a process of its own that is forked from a warm parent."""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.torture import warm

SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER``: processes that lose their parent become children of the case."""


@dataclass(frozen=True)
class Bench:
    """Where the cases work.

    Attributes:
        work: folder of all cases of this call.
        seed: seed of all cases.
        short: whether only the few cases of `make test` run.
    """

    work: Path
    seed: int
    short: bool


@dataclass
class Case:
    """One case while it runs, and what it found.

    Attributes:
        folder: an empty folder of its own.
        rng: random numbers from the kind, the number and the seed.
        tried: how many things were tried.
        problems: what did not hold, a sentence each.
        skipped: what could not be tried, with the reason.
    """

    number: int
    folder: Path
    rng: random.Random
    bench: Bench
    tried: int = 0
    problems: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def require(self, holds: object, problem: str) -> bool:
        """Add a problem unless ``holds``."""
        if not holds:
            self.problems.append(problem)
        return bool(holds)


@dataclass(frozen=True)
class Kind:
    """A kind of case.

    Attributes:
        name: of its module.
        unit: what is counted, for the table.
        count: whether the run is short → how many cases there are.
        run: runs a case.
        seconds: time limit of a case.
    """

    name: str
    unit: str
    count: Callable[[bool], int]
    run: Callable[[Case], None]
    seconds: float = 600


@dataclass
class Tally:
    """What the cases of one kind found."""

    unit: str
    tried: int = 0
    failed: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, kind: Kind, number: int, seed: int, found: dict[str, Any]) -> None:
        """Count one case; say how to repeat it if something did not hold."""
        self.tried += found["tried"]
        again = f"--only {kind.name} --case {number} --seed {seed}"
        self.skipped += [f"skipped: {kind.name} {number}: {text}" for text in found["skipped"]]
        if found["problems"]:
            self.failed += 1
            lines = [f"    {line}" for text in found["problems"] for line in text.splitlines()]
            self.failures.append("\n".join([f"FAILED {kind.name} {number}: {again}", *lines[:60]]))


@dataclass
class _Running:
    number: int
    folder: Path
    found: Path
    until: float


def run_all(kind: Kind, numbers: Iterable[int], bench: Bench, workers: int) -> Tally:
    """Run the cases with these numbers, several at a time."""
    warm.up()
    tally = Tally(kind.unit)
    waiting = list(numbers)[::-1]
    running: dict[int, _Running] = {}
    total, done = len(waiting), 0
    while waiting or running:
        while waiting and len(running) < workers:
            _start(kind, waiting.pop(), bench, running)
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if not pid:
            for late, one in running.items():
                if time.monotonic() > one.until:
                    os.kill(late, signal.SIGKILL)
            time.sleep(0.02)
            continue
        if pid not in running:
            continue
        one = running.pop(pid)
        tally.add(kind, one.number, bench.seed, _found(one))
        shutil.rmtree(one.folder, ignore_errors=True)
        done += 1
        if sys.stderr.isatty() or done % 20 == 0:
            print(f"{kind.name}: {done} of {total}, {tally.failed} failed", file=sys.stderr)
    return tally


def _start(kind: Kind, number: int, bench: Bench, running: dict[int, _Running]) -> None:
    folder = bench.work / f"{kind.name}-{number}"
    found = bench.work / f"{kind.name}-{number}.json"
    shutil.rmtree(folder, ignore_errors=True)
    found.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        running[pid] = _Running(number, folder, found, time.monotonic() + kind.seconds)
        return
    code = 1
    try:
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
        rng = random.Random(f"{kind.name}/{number}/{bench.seed}")
        case = Case(number, folder, rng, bench)
        try:
            kind.run(case)
        except BaseException:  # whatever happens, it is reported as a failure of this case
            case.problems.append(f"the case itself broke:\n{traceback.format_exc()}")
        value = {"tried": case.tried, "problems": case.problems, "skipped": case.skipped}
        found.write_text(json.dumps(value, default=str), encoding="utf-8")
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _found(one: _Running) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(one.found.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"tried": 1, "problems": ["the case hung, or its process died"], "skipped": []}
    return value
