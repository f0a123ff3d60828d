"""Worker processes end when the command is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """
import os, time
from dataclasses import dataclass
from pathlib import Path

from cltool.cli import list as command
from cltool.cli.main import main
from cltool.core.progress import Progress
from cltool.core.workers import Lanes, worker_progress


@dataclass(frozen=True)
class Task:
    name: str
    error_file: Path = Path("error.txt")


def sleep(task):
    worker_progress(task.name)(0, 1, str(os.getpid()))
    time.sleep(600)


def nothing():
    pass


def show(task, done, of, what):
    print(what, flush=True)


def work(options):
    with Lanes(2, Progress(show), nothing) as lanes:
        lanes.work(sleep, [Task("a"), Task("b")])


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
    [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGTERM), (os.killpg, signal.SIGINT)],
    ids=["SIGTERM", "SIGTERM to all processes", "Ctrl-C"],
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
        assert parent.wait(timeout=60) == 130
        told = parent.stderr.read()
    assert told == "cltool: interrupted; run the same command again to continue\n"
    assert not any(map(alive, workers))
