"""Tasks in real worker processes that fail, die and report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.workers import run_tasks


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the tasks, under a name that worker processes can import."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    return import_module("worker_tasks")


class Reports:
    """Every report, and the time that the display takes for it."""

    def __init__(self, pause: float = 0.0) -> None:
        self.reports: list[tuple[str, int, int, str]] = []
        self.pause = pause

    def __call__(self, task: str, done: int, of: int, what: str) -> None:
        time.sleep(self.pause)
        self.reports.append((task, done, of, what))


Run = Callable[..., dict[str, str]]


@pytest.fixture
def run(tasks: Any, tmp_path: Path) -> Run:
    """Run tasks of some names; return name -> error of those that failed."""

    def run(
        *names: str,
        workers: int = 1,
        progress_reports: Reports | None = None,
        prepare: str = "prepare",
    ) -> dict[str, str]:
        kinds = {"lock": tasks.Locked, "fragile": tasks.Fragile}
        failures = run_tasks(
            [kinds.get(name.split()[0], tasks.Task)(name, tmp_path) for name in names],
            tasks.work,
            prepare=getattr(tasks, prepare),
            load=tasks.load,
            explain=tasks.explain,
            workers=workers,
            progress=Progress(progress_reports or Reports()),
        )
        return {one.task.name: one.error for one in failures}

    return run


def done(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.done")}


def test_a_worker_that_dies_fails_only_its_task(run: Run, tmp_path: Path) -> None:
    names = ["wait 1", "die 1", "wait 2", "die 2", "do 3", "do 4"]
    failed = run(*names, workers=2)
    assert list(failed) == ["die 1", "die 2"]
    assert all("the worker process died" in error for error in failed.values())
    assert done(tmp_path) == {"wait 1", "wait 2", "do 3", "do 4"}


def test_one_worker_is_replaced_after_each_death(run: Run, tmp_path: Path) -> None:
    assert list(run("die 1", "die 2", "do 3")) == ["die 1", "die 2"]
    assert done(tmp_path) == {"do 3"}
    assert (tmp_path / "begun").read_text().splitlines() == ["die 1", "die 2", "do 3"]


def test_a_worker_that_died_while_idle_is_replaced(run: Run, tmp_path: Path) -> None:
    assert run("do 1", "do 2", progress_reports=Reports(pause=1.0), prepare="stop_soon") == {}
    assert done(tmp_path) == {"do 1", "do 2"}


def test_a_task_that_had_not_begun_when_its_worker_died_is_given_once_more(
    run: Run, tmp_path: Path
) -> None:
    failed = run("do 0", "fragile 1", "fragile 2", "do 3")
    assert list(failed) == ["fragile 2"]
    assert "the worker process died" in failed["fragile 2"]
    assert done(tmp_path) == {"do 0", "fragile 1", "do 3"}
    assert (tmp_path / "begun").read_text().splitlines() == ["do 0", "fragile 1", "do 3"]


def test_a_death_while_preparing_ends_everything(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="died while the model was prepared"):
        run("do 1", prepare="die_at_once")
    assert done(tmp_path) == set()


def test_a_task_that_cannot_be_sent_fails_alone(run: Run, tmp_path: Path) -> None:
    assert run("do 1", "lock 2", "do 3") == {
        "lock 2": "lock 2 cannot be sent to a worker process: TypeError: cannot pickle "
        "'_thread.lock' object\nLeave out locks, open files and the like."
    }
    assert done(tmp_path) == {"do 1", "do 3"}


def test_a_bug_is_kept_until_the_task_succeeds(run: Run, tasks: Any, tmp_path: Path) -> None:
    file = tasks.Task("fail 1", tmp_path).error_file
    failed = run("refuse 2", "fail 1", "do 3", "odd 4", "exit 5")
    assert failed == {
        "refuse 2": "cannot do it\nDo something else.",
        "fail 1": f"task.py:1: ZeroDivisionError('a bug') (see {file})",
        **{
            name: f"task.py:1: {error} (see {tasks.Task(name, tmp_path).error_file})"
            for name, error in (("odd 4", "OddError('a bug')"), ("exit 5", "SystemExit(0)"))
        },
    }
    assert 'raise ZeroDivisionError("a bug")' in file.read_text(encoding="utf-8")
    old = tasks.Task("do 3", tmp_path).error_file
    old.write_text("an error of an earlier attempt")
    run("do 3")
    assert not old.exists()
    assert file.exists()


def test_tasks_start_in_their_order_and_failures_are_in_it(run: Run, tmp_path: Path) -> None:
    names = ["refuse 3", "do 2", "refuse 1", "do 0"]
    assert list(run(*names)) == ["refuse 3", "refuse 1"]
    assert (tmp_path / "begun").read_text().splitlines() == names


def test_reports_arrive_while_tasks_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    begun = time.monotonic()
    times: dict[str, float] = {}

    class Timed(Reports):
        def __call__(self, task: str, done: int, of: int, what: str) -> None:
            times.setdefault(f"{task} {what.split()[0]}", time.monotonic() - begun)
            super().__call__(task, done, of, what)

    progress_reports = Timed()
    run("wait 1", "refuse 2", workers=2, progress_reports=progress_reports)
    threads = "threads 3"
    assert progress_reports.reports[0] == ("model", 1, 1, "ready")
    of = {
        name: [one[1:] for one in progress_reports.reports if one[0] == name]
        for name in ("wait 1", "refuse 2")
    }
    assert of["wait 1"] == [(1, 2, threads), (1, 1, "finished")]
    assert of["refuse 2"] == [(1, 2, threads), (1, 1, "failed")]
    assert times["wait 1 finished"] - times["wait 1 threads"] > 0.7


# Interruptions.

SCRIPT = """
import os, time
from dataclasses import dataclass
from pathlib import Path

from cltool.cli import list as command
from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.workers import run_tasks, worker_progress


@dataclass(frozen=True)
class Task:
    name: str
    error_file: Path = Path("error.txt")


def sleep(task):
    worker_progress(task.name)(0, 1, str(os.getpid()))
    time.sleep(600)


def nothing(*task):
    pass


def show(task, done, of, what):
    print(what, flush=True)


def work(options):
    run_tasks(
        [Task("a"), Task("b")],
        sleep,
        prepare=nothing,
        load=nothing,
        explain=UserError,
        workers=2,
        progress=Progress(show),
    )


if __name__ == "__main__":
    command.run = work
    raise SystemExit(main(["list", "models"]))
"""


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("send", "number"),
    [
        (os.kill, signal.SIGTERM),
        (os.killpg, signal.SIGTERM),
        (os.killpg, signal.SIGINT),
        (os.kill, signal.SIGKILL),
    ],
    ids=["SIGTERM", "SIGTERM to all processes", "Ctrl-C", "SIGKILL"],
)
def test_an_interruption_ends_all_workers(
    send: Callable[[int, int], None], number: int, tmp_path: Path
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None and parent.stderr is not None
        workers = [int(parent.stdout.readline()) for _ in range(2)]
        assert all(map(alive, workers))
        send(parent.pid, number)
        killed = number == signal.SIGKILL
        assert parent.wait(timeout=60) == (-number if killed else 130)
        while killed and any(map(alive, workers)):
            time.sleep(0.05)
        message = parent.stderr.read()
    if not killed:
        assert message == "cltool: interrupted; run the same command again to continue\n"
    assert not any(map(alive, workers))
