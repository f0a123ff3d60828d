"""Synthetic run folders are ledgers like any other, and the tool measures reports of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import page_size
from tools.synthetic_runs import FORMS, write_runs


def test_synthetic_runs_learn_and_forget(tmp_path: Path) -> None:
    runs = write_runs(tmp_path, facts=200, steps=5)
    assert [run.strategy for run in runs] == ["naive", "replay"]
    for run in runs:
        assert len(run.answers) == 200 * 5 * len(FORMS)
        scores = run.summary()
        assert scores["new"] > 0.8 and 0.3 < scores["retained"] < 1.0
    again = write_runs(tmp_path / "again", facts=200, steps=5)
    assert again[0].answers.equals(runs[0].answers)
    assert not again[1].answers["answer"].equals(runs[0].answers["answer"])


@pytest.mark.slow
def test_each_part_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page_size, "SIZES", {"small": (40, 3, 2, 600_000)})
    assert page_size.main(["--keep", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["small", part] for part in page_size.PARTS]
    monkeypatch.setattr(page_size, "SIZES", {"small": (40, 3, 2, 10)})
    assert page_size.main(["--keep", str(tmp_path)]) == 1
