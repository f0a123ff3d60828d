"""Tasks of `test_workers`; worker processes import this module by its bare name."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.workers import worker_progress


@dataclass(frozen=True)
class Task:
    """What a worker is to do, and where it writes that it did."""

    name: str
    folder: Path

    @property
    def error_file(self) -> Path:
        return self.folder / f"{self.name}.error.txt"


@dataclass(frozen=True)
class Locked(Task):
    """A task that cannot be pickled."""

    lock: Any = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Fragile(Task):
    """A task whose worker dies when it receives the task, as often as the name's last word says."""

    def __reduce__(self) -> tuple[Any, ...]:
        return receive, (self.name, self.folder)


def receive(name: str, folder: Path) -> Task:
    deaths = folder / f"{name}.deaths"
    with deaths.open("a") as file:
        file.write("died\n")
    if len(deaths.read_text().splitlines()) <= int(name.split()[-1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return Task(name, folder)


def prepare(task: Task) -> None:
    (task.folder / "prepared").touch()
    worker_progress("model")(1, 1, "ready")


def load() -> None: ...


def explain(error: BaseException) -> UserError:
    return UserError(repr(error), where="task.py:1")


class OddError(Exception):
    """Cannot be pickled and read again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def work(task: Task) -> None:
    """Do what the first word of the task's name says."""
    assert (task.folder / "prepared").is_file()
    with (task.folder / "begun").open("a") as file:
        file.write(f"{task.name}\n")
    worker_progress(task.name)(1, 2, f"threads {os.environ['OMP_NUM_THREADS']}")
    match task.name.split()[0]:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "refuse":
            raise UserError("cannot do it", hint="Do something else.")
        case "fail":
            raise ZeroDivisionError("a bug")
        case "odd":
            raise OddError("a ", "bug")
        case "exit":
            raise SystemExit(0)
        case "wait":
            time.sleep(1)
    (task.folder / f"{task.name}.done").touch()


def stop_soon(task: Task) -> None:
    """Prepare; the worker dies a moment later, when it has nothing to do."""
    prepare(task)
    threading.Timer(0.2, os._exit, [1]).start()


def die_at_once(task: Task) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
