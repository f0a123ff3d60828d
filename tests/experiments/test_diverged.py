"""A run that diverges has no results from there on, and says so."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from cltool.cli.main import main
from cltool.core.errors import Diverged
from cltool.evaluation.prober import Completion, Prober
from cltool.experiments import build_learner, checkpoints
from cltool.experiments.run import run
from cltool.experiments.trials import MATCHED, read_bounds
from cltool.experiments.tune import Search
from cltool.facts.stream import Stream
from cltool.lm.language_model import LanguageModel
from cltool.runs.run import Run
from cltool.strategies.editing.memit import MEMIT

from ..conftest import make_stream

SHORT: dict[str, Any] = {"learner": {"epochs": 2, "batch_size": 8}, "model": {"device": "cpu"}}


def with_rate(rate: float) -> dict[str, Any]:
    return {**SHORT, "learner": {**SHORT["learner"], "lr": rate}}


NOTHING = Completion(math.nan, False, False, (0,), 8)
"""What a model scores whose probabilities are not numbers."""


@pytest.fixture
def llama(checkpoint: Callable[[str], Path]) -> str:
    return str(checkpoint("llama"))


def test_nothing_of_the_bad_step_is_a_result(
    llama: str, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, saved = tmp_path / "run", tmp_path / "saved"
    go = {"model": llama, "out": out, "settings": with_rate(1e30)}
    with pytest.raises(Diverged, match=r"in update one, step .* at learning rate 1e\+30") as first:
        run(stream, save_model=saved, **go)
    assert "--fresh" in first.value.hint
    held = Run.open(out)
    assert held.record["status"] == "diverged"
    assert held.record["diverged"]["step"] == 1
    assert "diverged at step 1 (one)" in held.record["warnings"][-1]
    assert held.steps_done() == 1
    assert sorted(held.answers["step"].unique()) == [0]
    assert checkpoints.steps(out) == [0]
    assert not saved.exists()

    monkeypatch.setattr(build_learner, "prepare", lambda *asked: pytest.fail("trained again"))
    with pytest.raises(Diverged, match="not trained again") as caught:
        run(stream, **go)
    assert caught.value.what == held.record["diverged"]["reason"]
    monkeypatch.undo()
    done = run(stream, **{**go, "settings": SHORT}, fresh=True)
    assert done.record["status"] == "finished"
    assert "diverged" not in done.record


def test_an_edit_that_breaks_the_weights(
    llama: str, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def update(self: MEMIT, learner: Any, update: Any) -> None:
        with torch.no_grad():
            next(iter(learner.trainable().values())).view(-1)[0] = math.nan

    monkeypatch.setattr(MEMIT, "update", update)
    with pytest.raises(Diverged, match="weights are not finite after update one"):
        run(stream, strategy="memit", model=llama, out=tmp_path / "run", settings=SHORT)
    assert Run.open(tmp_path / "run").steps_done() == 1


def test_a_strategy_whose_own_setting_is_absurd(llama: str, tmp_path: Path) -> None:
    tables = {**SHORT, "strategy": {"memit": {"rate": 1e30}}}
    with pytest.raises(Diverged, match="the same probability, because its numbers") as caught:
        run(make_stream(4), strategy="memit", model=llama, out=tmp_path / "run", settings=tables)
    assert "strategy.memit.rate is 1e+30 (preset: 10.0)" in caught.value.hint
    assert sorted(Run.open(tmp_path / "run").answers["step"].unique()) == [0]


def test_a_base_model_that_is_of_no_use(llama: str, stream: Stream, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prober, "score", lambda self, pairs, *_: [NOTHING] * len(pairs))
        for _ in range(2):
            with pytest.raises(Diverged) as caught:
                run(stream, model=llama, out=tmp_path / "run", settings=SHORT)
            assert "use another checkpoint" in caught.value.hint
            assert "learning rate" not in caught.value.hint


def test_a_base_model_that_cannot_be_taught(
    llama: str, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LanguageModel, "default_rate", 1e30)
    tables = {**SHORT, "model": {"device": "cpu", "teach_base": True}}
    with pytest.raises(Diverged, match="cannot be taught to this model: training div") as caught:
        run(stream, model=llama, out=tmp_path / "run", settings=tables)
    assert caught.value.where == llama
    assert "learner.lr does not change it" in caught.value.hint


def test_the_command_ends_with_1(
    llama: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.jsonl"
    lines = [
        {"subject": f"Lab {number}", "relation": "director", "new": f"Name {number}", "update": n}
        for number in range(3)
        for n in (number % 2,)
    ]
    facts.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = ["run", "--scenario", str(facts), "--model", llama, "--out", str(tmp_path / "run")]
    command += ["--set", "learner.lr=1e30", "--set", "model.device=cpu"]
    for _ in range(2):
        assert main(command) == 1
        assert "diverged" in capsys.readouterr().err


def test_a_search_goes_on_after_a_trial_that_diverges(llama: str, tmp_path: Path) -> None:
    stream = make_stream(4)
    settings = {**SHORT, "model": {**SHORT["model"], "name": llama}}
    bounds = read_bounds([MATCHED])
    search = Search(stream, 1, 2, bounds, tmp_path / "a", settings, strategies=("naive",))
    run_trial = Search._run

    def broken(self: Search, of: Stream, strategy: str, name: str, values: Any, seed: int) -> Run:
        if name in ("trial-000", "judged-000-seed0"):
            values = {**values, "learner.lr": 1e30}
        return run_trial(self, of, strategy, name, values, seed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Search, "_run", broken)
        found = search.tune("naive")
    assert [bool(trial.diverged) for trial in found.trials] == [True, False]
    assert found.chosen.number == 1
    assert [trial.number for trial in found.front] == [1]
    assert found.verdict is not None
    assert pd.Series(found.verdict.presets).isna().all()
    assert not math.isnan(found.verdict.chosen["new"])
    from cltool.reporting.tuning_data import tuning_data
    from cltool.reporting.tuning_page import render

    data = tuning_data(search, [found])
    assert data["tunings"][0]["trials"][0]["scores"]["new"] is None
    assert "diverged" in render(data)
