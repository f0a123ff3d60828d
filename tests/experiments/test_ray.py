"""A comparison on a small Ray cluster of this machine gives what it gives without Ray."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="Ray is not installed")

from cltool.core.backend import Backend
from cltool.core.backends.ray_cluster import connected
from cltool.core.progress import Progress
from cltool.experiments import run as experiment
from cltool.experiments.compare import compare
from cltool.facts.stream import Stream

from .short_runs import SHORT, answers

RAY = Backend("ray", retries=1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """A cluster of two cores, for all tests of the session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cltool.core.threads.cores", lambda: 2)
        patch.delenv("RAY_ADDRESS", raising=False)
        with connected(RAY):
            yield


@pytest.mark.cluster
def test_a_comparison_on_ray_has_the_ledgers_of_a_run_in_this_process(
    cluster: None, stream: Stream, checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    reports: list[tuple[str, int, int, str]] = []
    settings: dict[str, Any] = {
        **SHORT,
        "model": {"device": "cpu", "name": str(checkpoint("llama"))},
    }
    settings["strategy"] = {"lora": {"options": {"no_such": 1}}}
    found = compare(
        stream, ["naive", "lora"], settings=settings, out=tmp_path / "out", backend=RAY, workers=1,
        progress=Progress(lambda *report: reports.append(report)),
    )  # fmt: skip
    assert [one.name for one in found.failures] == ["lora seed 0"]
    assert "no_such" in found.failures[0].error
    assert ("naive seed 0", 1, 1, "finished") in reports
    assert any(name == "naive seed 0" and "update" in what for name, _, _, what in reports)
    here = experiment.run(
        stream, strategy="naive", settings={**settings, "strategy": {}}, out=tmp_path / "here"
    )
    assert answers(found.runs[0].folder) == answers(here.folder)
    assert found.runs[0].record["versions"]["threads"] == os.environ.get("OMP_NUM_THREADS", "1")
    assert not (tmp_path / "out" / ".cltool.shared").exists()
