"""Comparisons whose runs are at a URL: another machine goes on with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from cltool.core.errors import UserError
from cltool.core.locks import FILE
from cltool.core.remote import lease
from cltool.evaluation import ledger
from cltool.experiments import compare as comparing
from cltool.experiments import run as experiment
from cltool.experiments.compare import compare
from cltool.facts.stream import Stream

from .. import in_process
from .short_runs import SHORT, Killed, answers

Compare = Callable[..., comparing.Comparison]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(comparing, "run_tasks", run_elsewhere)
    monkeypatch.setattr(lease, "DOUBT", 0.0)
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "one"))
    yield f"memory://{tmp_path.name}"
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def start(url: str, stream: Stream, checkpoint: Callable[[str], Path]) -> Compare:
    model = {"device": "cpu", "name": str(checkpoint("llama"))}

    def go(strategy: str = "naive", **options: Any) -> comparing.Comparison:
        settings = {**SHORT, "model": model, **options.pop("settings", {})}
        return compare(stream, [strategy], settings=settings, out=url, **options)

    return go


def run_elsewhere(*given: Any, **options: Any) -> Any:
    """Run tasks as on another machine, which has a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLTOOL_CACHE", f"{os.environ['CLTOOL_CACHE']}-tasks")
        return in_process.run_tasks(*given, **options)


def there(url: str) -> set[str]:
    fs, root = fsspec.core.url_to_fs(url)
    return {path[len(root) + 1 :] for path in fs.find(root)}


def test_another_machine_goes_on_after_the_last_step_at_the_url(
    url: str,
    start: Compare,
    steps: list[tuple[str, int]],
    stream: Stream,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_step = ledger.write_step

    def stop(folder: Path, step: int, rows: Any) -> Any:
        if step == 2:
            raise Killed
        return write_step(folder, step, rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "write_step", stop)
        with pytest.raises(Killed):
            start()
    found = there(url)
    assert {f"naive-seed0/answers/step-00{step}.parquet" for step in (0, 1)} <= found
    assert any(path.startswith("naive-seed0/checkpoints/step-001/") for path in found)
    assert not any(path.startswith("naive-seed0/checkpoints/step-000/") for path in found)
    assert FILE not in found
    steps.clear()
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "two"))
    (run,) = start().runs
    assert [step for _, step in steps] == [2, 3]
    assert not (run.folder / "checkpoints").exists()
    here = experiment.run(
        stream, strategy="naive", out=tmp_path / "here", settings=run.record["requested"]
    )
    assert answers(run.folder) == answers(here.folder)
    steps.clear()
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "three"))
    (again,) = start().runs
    assert not steps and again.reused
    assert answers(again.folder) == answers(here.folder)


def test_a_run_that_is_replaced_is_replaced_at_the_url(url: str, start: Compare) -> None:
    assert not start().failures
    other = {"learner": {"epochs": 1, "batch_size": 4}}
    with pytest.raises(UserError, match="another run than was asked for"):
        start(settings=other)
    (run,) = start(settings=other, fresh=True).runs
    fs, root = fsspec.core.url_to_fs(url)
    assert fs.cat_file(f"{root}/naive-seed0/run.json") == (run.folder / "run.json").read_bytes()
    names = [path.name for path in sorted((run.folder / "answers").iterdir())]
    assert [path for path in sorted(there(url)) if "/answers/" in path] == [
        f"naive-seed0/answers/{name}" for name in names
    ]


def test_a_url_that_another_command_uses_is_refused(url: str, start: Compare) -> None:
    with lease.lease(url, ""), pytest.raises(UserError, match="another command writes here"):
        start()
