"""Runs that are refused: another run in the folder, facts that are too long, wrong arguments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.experiments import build_learner, resolve
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ..conftest import make_stream
from .short_runs import SHORT, Start, answers


def test_bad_compositions_are_refused_before_a_model_is_made(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_learner, "prepare", lambda *asked: pytest.fail("made a model"))
    with pytest.raises(UserError, match="each erases facts in its own way"):
        start(tmp_path / "run", "npo+simnpo")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "seed"),
        ({"strategy": "replay"}, "strategy"),
        ({"settings": {**SHORT, "learner": {"epochs": 3, "batch_size": 8}}}, "learner.epochs"),
        ({"settings": {**SHORT, "probe": {"limit": 3}}}, "probe.limit"),
        ({"settings": {**SHORT, "learner": {"epochs": 2, "batch_size": 8, "lr": 1e-4}}}, "lr"),
        ({"of": make_stream(9)}, "the facts or their wordings"),
    ],
)
def test_another_run_in_the_folder_is_refused(
    change: dict[str, Any], named: str, start: Start, tmp_path: Path
) -> None:
    start(tmp_path / "run")
    before = answers(tmp_path / "run")
    with pytest.raises(UserError, match="other settings") as caught:
        start(tmp_path / "run", **change)
    assert any(named in line for line in caught.value.details)
    assert "--fresh" in caught.value.hint
    assert answers(tmp_path / "run") == before


@pytest.mark.slow
def test_a_set_rate_equal_to_the_default_is_another_run(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run", settings={**SHORT, "learner": {"lr": 1e-4}})
    with pytest.raises(UserError, match="other settings"):
        start(tmp_path / "run", settings={**SHORT, "learner": {}})


def test_fresh_replaces_the_run(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run")
    other = start(tmp_path / "run", "frozen", fresh=True)
    assert other.record["strategy"] == "frozen"
    assert list(other.costs["tokens"]) == [0, 0, 0, 0]


def test_a_folder_with_other_files_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for fresh in (False, True):
        with pytest.raises(UserError, match="does not hold a run"):
            start(tmp_path / "mine", fresh=fresh)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_too_long_facts_are_reported_before_training(
    start: Start, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Learner, "fit", None)
    long = [Fact("Land 3", "capital", "x" * 400), Fact("Land " + "8 " * 90, "ruler", "Bo")]
    last = replace(stream.updates[3], learn=[*stream.updates[3].learn, *long])
    bad = replace(
        stream,
        updates=[*stream.updates[:3], last],
        origins={(3, long[0].key): "facts.csv:17"},
    )
    with pytest.raises(UserError, match="2 facts are too long") as caught:
        start(tmp_path / "run", of=bad)
    first, second = caught.value.details
    assert "facts.csv:17" in first and "takes 96" in first
    assert "update three" in second
    assert not (tmp_path / "run").exists()


def test_too_long_held_out_wordings_are_reported(
    start: Start, stream: Stream, tmp_path: Path
) -> None:
    wordy = stream.wordings.with_prompts({("Q", "question"): ("Who?", "Who, " * 200 + "who?")})
    last = replace(stream.updates[3], learn=[*stream.updates[3].learn, Fact("Q", "question", "Bo")])
    bad = replace(stream, updates=[*stream.updates[:3], last], wordings=wordy)
    with pytest.raises(UserError, match="too long"):
        start(tmp_path / "run", of=bad)


def test_probes_of_other_scenario_options_are_another_run(start: Start, tmp_path: Path) -> None:
    few = resolve.open_stream("world", {"entities": 60, "updates": 1, "two_hop": 2})
    many = resolve.open_stream("world", {"entities": 60, "updates": 1, "two_hop": 4})
    start(tmp_path / "run", "frozen", of=few, settings={"probe": {"limit": 3}})
    with pytest.raises(UserError, match="other settings") as caught:
        start(tmp_path / "run", "frozen", of=many, settings={"probe": {"limit": 3}})
    assert any("two_hop" in line for line in caught.value.details)


@pytest.mark.parametrize(
    "options",
    [
        {"strategy": "ewk"},
        {"settings": {"learner": {"epochs": 0}}},
        {"settings": {"strategy": {"lambda": 3}}},
        {"model": "no/such/model"},
        {"settings": {"model": {"device": "warp"}}},
    ],
)
def test_wrong_arguments_are_refused_and_nothing_is_written(
    options: dict[str, Any], start: Start, tmp_path: Path
) -> None:
    with pytest.raises(UserError):
        start(tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()
