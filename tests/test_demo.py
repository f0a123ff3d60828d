"""What the demo is to show: forgetting that is real, a reference above it, presets that learn."""

from __future__ import annotations

from pathlib import Path

import pytest

import cltool
from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import Prober
from cltool.models import load


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_forgetting_is_real_and_every_preset_learns(tmp_path: Path) -> None:
    names = ["naive", "lora", "ewc", "replay", "joint"]
    done = cltool.compare("leaders", names, out=tmp_path)
    assert not done.failures
    scores = {run.strategy: run.summary() for run in done.runs}
    assert all(scores[name]["new"] >= 0.95 for name in names)
    assert scores["naive"]["retained"] <= 0.4
    assert scores["joint"]["retained"] >= 0.97
    assert scores["joint"]["new"] >= 0.97
    for name in ("ewc", "replay"):
        assert scores["naive"]["retained"] < scores[name]["retained"] < scores["joint"]["retained"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_embedded_model_knows_its_base() -> None:
    stream = cltool.scenario("leaders")
    base = stream.knowledge(0)
    keys = {key: value for key, value in stream.first_taught().items() if value[0] == 0}
    rows = Prober(load("tiny", stream), ProbeSettings()).ask(0, list(stream.probes(base, keys)))
    trained = [row["right"] for row in rows if row["form"] == "trained"]
    held_out = [row["right"] for row in rows if row["form"] != "trained"]
    assert sum(trained) >= 0.99 * len(trained)
    assert sum(held_out) >= 0.95 * len(held_out)
