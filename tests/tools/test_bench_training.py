"""The comparison of training steps says why it measures nothing, and takes turns fairly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import bench_training


def test_without_smollm2_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    for lines in (bench_training.step_ratios(), bench_training.memory()):
        (line,) = lines
        assert line.startswith("smollm2: skipped, ") and "cltool models add smollm2" in line


def test_contenders_take_turns_in_alternating_order(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def run(name: str) -> float:
        called.append(name)
        return 12.0 * len(called)

    monkeypatch.setattr(bench_training, "STEPS", 2)
    monkeypatch.setattr(bench_training, "TURNS", 2)
    runs = {"a": lambda: run("a"), "b": lambda: run("b")}
    spent = bench_training._alternate(runs)
    assert called == ["a", "b", "b", "a", "a", "b"]
    # The first run of each does not count.
    assert spent == {"a": [24.0, 30.0], "b": [18.0, 36.0]}
