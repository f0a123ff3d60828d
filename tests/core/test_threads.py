"""The number of threads of worker processes, and how idle threads wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from cltool.core import threads
from cltool.experiments.worker_setup import recorded_threads
from cltool.runs.run import Run


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An idle machine with eight cores, and no variable of OpenMP."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 5.0, 5.0))
    for name in (threads.COUNT, threads.CHOSEN, *threads.SLEEP):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_workers_share_the_free_cores(eight: pytest.MonkeyPatch) -> None:
    assert threads.environment(2)[threads.COUNT] == "4"
    assert threads.environment(3)[threads.COUNT] == "2"
    assert threads.environment(20)[threads.COUNT] == "1"
    eight.setattr(os, "getloadavg", lambda: (7.4, 1.0, 1.0))
    assert threads.environment(2)[threads.COUNT] == "1"
    eight.setattr(os, "sched_getaffinity", lambda pid: {3}, raising=False)
    assert threads.cores() == 1


def test_what_the_user_has_set_is_kept(eight: pytest.MonkeyPatch) -> None:
    assert threads.environment(2)["OMP_WAIT_POLICY"] == "PASSIVE"
    assert threads.CHOSEN in threads.environment(2)
    eight.setenv(threads.COUNT, "6")
    eight.setenv("OMP_WAIT_POLICY", "ACTIVE")
    found = threads.environment(2)
    assert found[threads.COUNT] == "6"
    assert not {"OMP_WAIT_POLICY", threads.CHOSEN} & {*found}


def test_an_unfinished_run_goes_on_with_its_number_of_threads(
    eight: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = torch.get_num_threads()
    run = Run(tmp_path)
    run.write_record({"versions": {"threads": str(before + 2)}})
    with recorded_threads(tmp_path):
        assert torch.get_num_threads() == before  # the user may have set it
    eight.setenv(threads.CHOSEN, "1")
    with recorded_threads(tmp_path):
        assert torch.get_num_threads() == before  # no step is done
    run.write_costs([{"step": 0, "label": "base"}])
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "step-000.parquet").touch()
    with recorded_threads(tmp_path):
        assert torch.get_num_threads() == before + 2
    assert torch.get_num_threads() == before
    run.write_record({"versions": {"threads": "many"}})
    with recorded_threads(tmp_path):
        assert torch.get_num_threads() == before
