"""Short runs, and copies of the experiment of `workplace`, which is reproduced once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cltool.evaluation import ledger
from cltool.experiments import reproduce
from cltool.experiments.run import run
from cltool.facts.stream import Stream
from cltool.runs.run import Run

from .. import in_process
from .short_runs import SHORT, Start
from .workplace import Workplace


@pytest.fixture(scope="session")
def finished(
    tmp_path_factory: pytest.TempPathFactory, checkpoint: Callable[[str], Path]
) -> Iterator[Path]:
    """An experiment that was reproduced once."""
    place = tmp_path_factory.mktemp("reproduced")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reproduce, "run_tasks", in_process.run_tasks)
        patch.chdir(place)
        workplace = Workplace(place, checkpoint("llama"))
        workplace.write()
        assert workplace.reproduce() == 0
    yield place


@pytest.fixture
def work(
    finished: Path,
    tmp_path: Path,
    checkpoint: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Workplace:
    """A copy of it."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(reproduce, "run_tasks", in_process.run_tasks)
    monkeypatch.chdir(tmp_path)
    return Workplace(tmp_path, checkpoint("llama"))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The steps that were trained: run folder and number."""
    done: list[tuple[str, int]] = []
    write_step = ledger.write_step

    def noted(folder: Path, step: int, rows: Any) -> None:
        done.append((folder.name, step))
        write_step(folder, step, rows)

    monkeypatch.setattr(ledger, "write_step", noted)
    return done


@pytest.fixture
def start(checkpoint: Callable[[str], Path], stream: Stream) -> Start:
    """Return a function that makes a short run on a Llama with random weights."""

    def go(out: Path, strategy: str = "naive", **options: Any) -> Run:
        options = {"settings": SHORT, "model": str(checkpoint("llama")), **options}
        return run(options.pop("of", stream), strategy=strategy, out=out, **options)

    return go
