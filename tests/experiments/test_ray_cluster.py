"""Comparisons on Ray clusters of which a part dies: they end with the ledgers of quiet runs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="Ray is not installed")

from cltool.core.backend import Backend
from cltool.core.locks import FILE
from cltool.core.progress import Progress
from cltool.core.remote.place import Place
from cltool.experiments import run as experiment
from cltool.experiments.compare import compare
from cltool.facts.stream import Stream

from .short_runs import answers
from .test_compare import write_facts
from .test_ray import cluster as cluster  # a fixture

pytestmark = pytest.mark.cluster

LONG: dict[str, Any] = {"learner": {"epochs": 100, "stop_at": 2.0, "batch_size": 8}}
"""Long enough to be killed in the middle."""

SEEDS = (0, 1)


@pytest.fixture(scope="module")
def settings(checkpoint: Callable[[str], Path]) -> dict[str, Any]:
    return {**LONG, "model": {"device": "cpu", "name": str(checkpoint("llama"))}}


@pytest.fixture(scope="module")
def quiet(
    stream: Stream, settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[int, dict[str, bytes]]:
    """Seed -> the ledger of a run in this process."""
    out = tmp_path_factory.mktemp("quiet")
    return {
        seed: answers(
            experiment.run(
                stream, strategy="naive", seed=seed, settings=settings, out=out / str(seed)
            ).folder
        )
        for seed in SEEDS
    }


@pytest.mark.parametrize("where", ["folder", "url"])
def test_a_killed_worker_is_replaced_and_its_run_goes_on(
    where: str,
    cluster: None,
    stream: Stream,
    settings: dict[str, Any],
    quiet: dict[int, dict[str, bytes]],
    tmp_path: Path,
) -> None:
    out = str(tmp_path / "out") if where == "folder" else f"file://{tmp_path}/out"
    killed: list[int] = []
    reports: list[tuple[float, str]] = []

    def report(name: str, done: int, of: int, what: str) -> None:
        if name != "naive seed 1":
            return
        reports.append((done / of, what))
        if 0.5 <= done / of < 0.9 and not killed:
            place = Place.of(out) / "naive-seed1"
            lock = place.folder / FILE
            killed.append(json.loads(lock.read_text())["pid"])
            os.kill(killed[0], signal.SIGKILL)

    found = compare(
        stream, ["naive"], seeds=SEEDS, settings=settings, out=out, progress=Progress(report),
        backend=Backend("ray", retries=1),
    )  # fmt: skip
    assert not found.failures and killed
    again = (0.0, "the worker process died (killed, or out of memory); start 2 of 2")
    assert again in reports
    # It went on from its first steps.
    share, what = reports[reports.index(again) + 1]
    assert share >= 0.25, what
    for seed in SEEDS:
        assert answers(tmp_path / "out" / f"naive-seed{seed}") == quiet[seed]


def test_a_run_whose_worker_dies_again_and_again_is_reported(
    cluster: None, stream: Stream, settings: dict[str, Any], tmp_path: Path
) -> None:
    killed: list[int] = []

    def report(name: str, done: int, of: int, what: str) -> None:
        file = tmp_path / "out" / "naive-seed0" / FILE
        if name == "naive seed 0" and 0 < done < of and file.is_file():
            pid = json.loads(file.read_text())["pid"]
            if pid not in killed:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    found = compare(
        stream, ["naive", "frozen"], settings=settings, out=tmp_path / "out",
        progress=Progress(report), backend=Backend("ray", retries=1),
    )  # fmt: skip
    assert len(killed) == 2
    assert [one.name for one in found.failures] == ["naive seed 0"]
    assert "the worker process died" in found.failures[0].error
    assert [run.strategy for run in found.runs] == ["frozen"]


class Head:
    """A Ray cluster of one machine that can be killed as a whole."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.starts = folder, port, 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.starts += 1
        ray = Path(sys.executable).with_name("ray")
        command = [str(ray)] if ray.exists() else [sys.executable, "-m", "ray.scripts.scripts"]
        environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
        with (self.folder / f"head{self.starts}.txt").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *command, "start", "--head", "--block", f"--port={self.port}", "--num-cpus=2",
                    "--include-dashboard=false", f"--temp-dir=/tmp/cl-{self.port}-{self.starts}",
                    "--object-store-memory=100000000",
                ],
                start_new_session=True, stdout=log, stderr=log, env=environment,
            )  # fmt: skip
        wait_until(
            lambda: b"Ray runtime started" in (self.folder / f"head{self.starts}.txt").read_bytes()
        )

    def kill(self) -> None:
        """End every process of the cluster at once, as when the machine stops."""
        import psutil

        if self.process is None:
            return
        head = psutil.Process(self.process.pid)
        for process in [*head.children(recursive=True), head]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        self.process = None


def wait_until(done: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture
def head(tmp_path: Path) -> Iterator[Head]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Head(tmp_path, port)
    found.start()
    yield found
    found.kill()
    for number in range(1, found.starts + 1):
        shutil.rmtree(f"/tmp/cl-{port}-{number}", ignore_errors=True)


def test_after_the_head_was_lost_the_same_command_goes_on(head: Head, tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts.jsonl")
    out = tmp_path / "out"

    def command(out: Path, *more: str) -> list[str]:
        return [
            sys.executable, "-m", "cltool", "compare", "--scenario", str(facts),
            "--strategies", "naive", "--seeds", "2", "--set", "learner.epochs=200",
            "--set", "learner.stop_at=2.0", "--device", "cpu", "--out", str(out), *more,
        ]  # fmt: skip

    ray = ("--backend", "ray", "--ray-address", f"127.0.0.1:{head.port}")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "RAY_AUTH_MODE": "disabled"}
    first = subprocess.Popen(command(out, *ray), env=environment, stderr=subprocess.PIPE, text=True)
    wait_until(
        lambda: any(len(file.read_text().splitlines()) > 1 for file in out.glob("*/steps.jsonl"))
    )
    head.kill()
    _, said = first.communicate(timeout=150)
    assert first.returncode == 2, said
    assert "the Ray cluster is lost" in said
    done = {
        file.parent.name: len(file.read_text().splitlines()) for file in out.glob("*/steps.jsonl")
    }
    head.start()
    again = subprocess.run(
        command(out, *ray), env=environment, capture_output=True, text=True, timeout=280
    )
    assert again.returncode == 0, again.stderr
    assert max(done.values()) > 1
    here = subprocess.run(
        command(tmp_path / "here", "--workers", "1"), env=environment, capture_output=True,
        text=True, timeout=280,
    )  # fmt: skip
    assert here.returncode == 0, here.stderr
    for seed in SEEDS:
        name = f"naive-seed{seed}"
        assert answers(out / name) == answers(tmp_path / "here" / name)
