"""The search of settings: what is searched, what is chosen, and how the choice is tested."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.cli.main import main
from cltool.cli.tables import as_text
from cltool.cli.tune import assignments, fronts
from cltool.core import threads
from cltool.core.errors import Diverged, UserError
from cltool.core.settings import validate
from cltool.experiments import checkpoints, resolve
from cltool.experiments import run as experiment
from cltool.experiments.manifest import identity
from cltool.experiments.trials import FAILED, Trial, choose, front, read_bounds
from cltool.experiments.tune import Search, as_tables, scores_of
from cltool.facts.stream import Stream
from cltool.reporting.templates import read_data
from cltool.reporting.tuning_data import tuning_data
from cltool.reporting.tuning_page import render
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES
from cltool.training.search_space import LR, LR_SCALE, RATES, Range, search, space

BUILT_IN = [entry.name for entry in STRATEGIES.entries() if entry.source == "built-in"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_declared_ranges_are_valid_and_contain_the_preset(name: str) -> None:
    kind = STRATEGIES.load(name).Config
    preset = kind().model_dump(by_alias=True)
    for setting, range_ in space(kind).items():
        assert range_.low <= preset[setting] <= range_.high
        for value in (range_.low, range_.high):
            validate(kind, {setting: range_.rounded(value)}, name)
        assert not range_.log or range_.low > 0


def test_most_strategies_that_train_declare_something() -> None:
    assert sum(bool(space(STRATEGIES.load(name).Config)) for name in BUILT_IN) >= 20


def test_rounded_values_stay_in_their_range() -> None:
    range_ = Range(0.00123456, 0.0987654, log=True)
    assert range_.rounded(0.00123456) == 0.00123456
    assert range_.rounded(0.01234567) == 0.0123
    assert range_.rounded(0.0987654) <= range_.high
    assert Range(4, 128, whole=True).rounded(17.4) == 17
    assert search(1, 2, log=True) == {"search": [1, 2, True]}


def test_bounds_of_a_search_name_scores_of_trials() -> None:
    assert [one.text for one in read_bounds(["new>=0.9, stale<=0.1", "retained>=0.5"])] == [
        "new>=0.9",
        "stale<=0.1",
        "retained>=0.5",
    ]
    for wrong in ("acc>=0.9", "new>=0.9x"):
        with pytest.raises(UserError, match="not a valid bound"):
            read_bounds([wrong])


def trial(number: int, new: float, retained: float) -> Trial:
    return Trial(number, {}, {"new": new, "retained": retained, "stale": 0.0, "tokens": 1.0})


def test_the_front_and_the_choice() -> None:
    trials = [
        trial(0, 0.99, 0.10),
        trial(1, 0.96, 0.50),
        trial(2, 0.96, 0.40),
        trial(3, 0.90, 0.90),
        trial(4, 0.80, 0.85),
    ]
    assert [one.number for one in front(trials)] == [0, 1, 3]
    assert choose(trials, read_bounds(["new>=0.95"])).number == 1
    assert choose(trials, read_bounds(["retained>=0.8"])).number == 3
    # No trial meets both bounds: the one with the smallest total miss is chosen.
    both = read_bounds(["new>=0.98", "retained>=0.95"])
    assert choose(trials, both).number == 3


def test_what_to_do_if_all_trials_diverged(stream: Stream) -> None:
    for tables, hint in (({"lr": 1e9}, "learner.lr=1e+08"), ({"lr_scale": 50}, "lr_scale=5")):
        search = Search(stream, 1, 2, [], Path(), {"learner": tables}, strategies=("naive",))
        diverged = Trial(0, {}, dict(FAILED), "the loss is nan")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Search, "_trial", lambda *asked, one=diverged: one)
            with pytest.raises(Diverged, match="all 2 settings") as caught:
                search.tune("naive")
        assert hint in caught.value.hint


def test_values_become_tables() -> None:
    values = {LR: 0.1, "ewc.lambda": 2.0, "replay.mix": 1, "avalanche:EWCPlugin.x": 3}
    assert as_tables(values) == {
        "learner": {"lr": 0.1},
        "strategy": {"ewc": {"lambda": 2.0}, "replay": {"mix": 1}, "avalanche:EWCPlugin": {"x": 3}},
    }
    assert assignments({LR: 0.1, "ewc.lambda": 2.0}) == "learner.lr=0.1 strategy.ewc.lambda=2"


@pytest.fixture
def make_search(
    stream: Stream, checkpoint: Callable[[str], Path], tmp_path: Path
) -> Callable[..., Search]:
    settings = {
        "model": {"name": str(checkpoint("llama")), "device": "cpu", "dtype": "float32"},
        "learner": {"epochs": 1},
        "probe": {"max_tokens": 4},
    }

    def make(**changes: Any) -> Search:
        bounds = read_bounds(["new>=0.5"])
        made = Search(stream, 1, 3, bounds, tmp_path, settings)
        return dataclasses.replace(made, **changes)

    return make


def test_folders_with_other_runs_are_refused_once_before_the_search(
    make_search: Callable[..., Search], stream: Stream
) -> None:
    search = make_search(strategies=("naive", "ewc"), seeds=2)
    search.refuse_other_runs()
    for name in search.strategies:
        place = search.folder(name) / "judged-000-seed1"
        place.mkdir(parents=True)
        other = resolve.resolve(name, {"learner": {"epochs": 77}})
        Run(place).write_record({**identity(stream, name, 1, other), "status": "running"})
    with pytest.raises(UserError, match="2 run folders hold another run") as caught:
        search.refuse_other_runs()
    assert "learner.epochs: 77 in the folder" in str(caught.value)
    dataclasses.replace(search, fresh=True).refuse_other_runs()


def test_settings_are_searched_on_the_first_updates_and_tested_on_the_later_ones(
    make_search: Callable[..., Search], stream: Stream, tmp_path: Path
) -> None:
    found = make_search(seeds=2).tune("replay+ewc")
    assert [one.number for one in found.trials] == [0, 1, 2]
    assert found.trials[0].values == {}
    assert {*found.trials[1].values} == {LR_SCALE, "replay.mix", "ewc.lambda", "ewc.decay"}
    assert found.trials[1].values != found.trials[2].values
    folder = tmp_path / "replay+ewc-first1"
    for number, one in enumerate(found.trials):
        run = Run.open(folder / f"trial-{number:03d}")
        assert len(run.metrics()) == 2
        assert scores_of(run, 1) == one.scores
    table = Run.open(folder / "trial-001").record["settings"]
    scale = found.trials[1].values[LR_SCALE]
    assert table["learner"]["lr"] == pytest.approx(scale * 0.128 / 32)
    assert table["strategy"]["ewc"]["lambda"] == found.trials[1].values["ewc.lambda"]
    tested = [Run.open(folder / f"judged-000-seed{seed}") for seed in (0, 1)]
    assert found.verdict is not None
    later = [run.metrics().loc[2:] for run in tested]
    assert found.verdict.presets["new"] == pytest.approx(
        sum(steps["new"].mean() for steps in later) / 2
    )
    assert found.verdict.presets["tokens"] == sum(steps["tokens"].sum() for steps in later) / 2


def test_a_given_learning_rate_is_searched_around(
    make_search: Callable[..., Search],
) -> None:
    settings = {**make_search().settings, "learner": {"epochs": 1, "lr": 1e-3}}
    ranges = make_search(settings=settings).ranges("ewc")
    assert LR_SCALE not in ranges
    assert (ranges[LR].low, ranges[LR].high) == (1e-3 * RATES[0], 1e-3 * RATES[1])
    lora = make_search().ranges("lora")[LR_SCALE]
    assert (lora.low, lora.high) == (1.5 * RATES[0], 1.5 * RATES[1])


def test_a_strategy_with_nothing_to_search_is_refused(make_search: Callable[..., Search]) -> None:
    with pytest.raises(UserError, match="nothing to search"):
        make_search().tune("frozen")


@pytest.mark.slow
def test_a_search_reuses_finished_trials(
    make_search: Callable[..., Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make_search().tune("ewc")
    executed: list[int] = []
    save = checkpoints.save

    def saving(run: Path, step: int, *rest: Any) -> None:
        executed.append(step)
        save(run, step, *rest)

    monkeypatch.setattr(checkpoints, "save", saving)
    assert make_search().tune("ewc") == before
    assert executed == []
    # More trials and another bound reuse the finished trials in the same folder.
    longer = make_search(trials=4, keep=read_bounds(["retained>=1"])).tune("ewc")
    assert longer.trials[:3] == before.trials
    assert executed[:2] == [0, 1]


def test_without_later_updates_there_is_no_verdict(
    make_search: Callable[..., Search], stream: Stream
) -> None:
    found = make_search(first=3, trials=2).tune("naive")
    assert found.verdict is None
    assert "no later updates" in as_text(fronts([found], 3, []))


def test_a_plain_setting_applies_where_it_exists(
    make_search: Callable[..., Search],
) -> None:
    made = make_search()
    tables = {**made.settings, "strategy": {"mix": 0.5}}
    both = make_search(settings=tables, strategies=["replay", "ewc"], trials=2, first=3)
    assert both.tune("ewc").trials[0].values == {}
    with pytest.raises(UserError, match="mixx"):
        make_search(settings={**tables, "strategy": {"mixx": 1}}, strategies=["replay", "ewc"])


def test_impossible_searches_are_refused(make_search: Callable[..., Search]) -> None:
    with pytest.raises(UserError, match="3 updates"):
        make_search(first=4)
    with pytest.raises(UserError, match="two trials"):
        make_search(trials=1)


def test_the_command(
    checkpoint: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "tune",
        "--strategies",
        "ewc,frozen",
        "--trials",
        "2",
        "--tokens",
        "300",
        "--first",
        "1",
    ]
    command += ["--scenario", "world", "--set", "scenario.entities=6", "--set"]
    command += ["scenario.updates=2", "--set", "scenario.changed=2", "--set", "scenario.new=1"]
    command += ["--model", str(checkpoint("llama")), "--set", "probe.max_tokens=4"]
    command += ["--out", str(tmp_path / "out")]
    assert main(command) == 0
    shown, message = capsys.readouterr()
    assert "nothing to search in frozen" in message
    assert "frozen" not in shown
    assert "front of new against retained" in shown
    assert "Scores on the later updates" in shown
    page = tmp_path / "page.html"
    assert main([*command, "--report", str(page), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    (found,) = printed["tunings"]
    assert printed["report"] == str(page)
    shown_there = read_data(page)
    assert shown_there["tunings"] == printed["tunings"]
    assert shown_there["about"]["Tokens per update"] == "300"
    assert len(found["trials"]) == 2
    assert found["verdict"]["chosen"].keys() == {"new", "retained", "stale", "tokens"}
    assert main([*command, "--keep", "newer>=1"]) == 2
    assert "not a valid bound" in capsys.readouterr().err


@pytest.mark.slow
def test_workers_do_not_change_the_result_of_a_search(
    checkpoint: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["tune", "--strategies", "ewc,naive", "--trials", "2", "--tokens", "200"]
    command += ["--first", "1", "--scenario", "world", "--set", "scenario.entities=6"]
    command += ["--set", "scenario.updates=2", "--set", "scenario.changed=2"]
    command += ["--set", "scenario.new=1", "--set", "probe.max_tokens=4"]
    command += ["--model", str(checkpoint("llama")), "--json", "--out"]
    found = []
    for workers in ("1", "2"):
        asked = [*command, str(tmp_path / workers), "--workers", workers]
        assert main(asked) == 0
        found.append(json.loads(capsys.readouterr().out)["tunings"])
    assert [one["strategy"] for one in found[0]] == ["ewc", "naive"]
    assert found[0] == found[1]
    assert main([*command, str(tmp_path / "3"), "--workers", "0"]) == 2
    assert "at least one worker" in capsys.readouterr().err


@pytest.mark.slow
def test_a_search_that_fails_in_a_worker_is_reported_and_the_others_finish(
    checkpoint: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "ewc-first1").write_text("no folder", encoding="utf-8")
    command = ["tune", "--strategies", "ewc,naive", "--trials", "2", "--tokens", "200"]
    command += ["--first", "1", "--scenario", "world", "--set", "scenario.entities=6"]
    command += ["--set", "scenario.updates=1", "--set", "scenario.changed=2"]
    command += ["--set", "probe.max_tokens=4", "--model", str(checkpoint("llama"))]
    assert main([*command, "--out", str(out), "--workers", "2"]) == 2
    assert "strategy ewc" in capsys.readouterr().err
    assert len(list(out.glob("naive-first1/trial-*/run.json"))) == 2


@pytest.fixture
def forgetting(make_search: Callable[..., Search], stream: Stream) -> Callable[..., Search]:
    """Searches on a first update that only forgets: nothing is new, and nothing is superseded."""
    base = stream.updates[0]
    updates = [
        base,
        dataclasses.replace(stream.updates[1], learn=[], forget=[base.learn[2]]),
        dataclasses.replace(stream.updates[2], learn=stream.updates[1].learn[1:2], forget=[]),
    ]
    of = dataclasses.replace(stream, updates=updates)
    return lambda **changes: make_search(
        stream=of, keep=read_bounds(["retained>=0"]), trials=2, **changes
    )


def test_a_score_without_facts_is_missing_and_not_searched_for(
    forgetting: Callable[..., Search], tmp_path: Path
) -> None:
    search = forgetting()
    found = search.tune("naive")
    assert all(math.isnan(one.scores["new"]) for one in found.trials)
    assert all(math.isnan(one.scores["stale"]) for one in found.trials)
    best = max(one.scores["retained"] for one in found.trials)
    assert {one.scores["retained"] for one in found.front} == {best}
    assert found.kept and found.verdict is not None
    assert not math.isnan(found.verdict.chosen["new"])
    data = tuning_data(search, [found])
    assert data["tunings"][0]["chosen"]["scores"]["new"] is None
    assert "–" in as_text(fronts([found], 1, search.keep)) and "–" in render(data)
    json.dumps(data["tunings"], allow_nan=False)
    # The warnings of the runs are shown.
    (run,) = {Run.open(path.parent) for path in tmp_path.glob("*/trial-000/run.json")}
    assert run.record["warnings"]
    for text in run.record["warnings"]:
        assert any(doubt.startswith(text) and "naive, presets" in doubt for doubt in data["doubts"])


def test_a_bound_on_a_score_without_facts_is_refused(forgetting: Callable[..., Search]) -> None:
    for bound, name in (("new>=0.95", "new ≥ 0.95"), ("stale<=0.1", "stale ≤ 0.1")):
        with pytest.raises(UserError, match=f"{name} cannot be checked") as caught:
            dataclasses.replace(forgetting(), keep=read_bounds([bound])).tune("naive")
        assert caught.value.where == "--keep"


def test_missing_scores_of_trials() -> None:
    nan = math.nan
    trials = [trial(0, nan, 0.5), trial(1, nan, 0.75), trial(2, nan, 0.25)]
    assert [one.number for one in front(trials)] == [1]
    assert choose(trials, []).number == 1
    assert read_bounds(["new<=0.5"])[0].missed_by(trials[0].scores) == math.inf


def test_a_resumed_trial_computes_with_the_recorded_number_of_threads(
    make_search: Callable[..., Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    search = make_search(trials=2, first=3)
    before = search.tune("naive")
    trial = Run(search.folder("naive") / "trial-001")
    trial.change_record(versions={**trial.record["versions"], "threads": "3"})
    used: list[int] = []
    run = experiment.run

    def running(*given: Any, **options: Any) -> Run:
        used.append(torch.get_num_threads())
        return run(*given, **options)

    monkeypatch.setattr(experiment, "run", running)
    monkeypatch.setenv(threads.CHOSEN, "1")
    assert search.tune("naive") == before
    assert used[1] == 3
