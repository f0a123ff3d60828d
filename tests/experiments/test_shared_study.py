"""A search that several processes make together through Optuna's storage."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.core.progress import QUIET
from cltool.experiments import shared_study
from cltool.experiments.shared_study import SharedStudy
from cltool.experiments.trials import Trial, Values
from cltool.training.search_space import Range

RANGES = {"learner.lr": Range(0.001, 0.1, log=True), "replay.mix": Range(1, 9, whole=True)}


def scored(number: int, values: Values) -> Trial:
    scores = {"new": 0.5 + values.get("learner.lr", 0.0), "retained": float("nan"), "stale": 0.0}
    return Trial(number, values, {**scores, "tokens": 3.0}, warnings=("slow",))


@pytest.fixture(params=["journal", "database"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return {"journal": f"{tmp_path}/study.log", "database": f"sqlite:///{tmp_path}/study.db"}[
        request.param
    ]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_study, "DOUBT", 0.0)


def study(storage: str, wanted: int = 4) -> SharedStudy:
    return SharedStudy(storage, "naive-x", wanted, QUIET)


def test_a_second_process_has_the_trials_of_the_first(storage: str) -> None:
    given: list[Values] = []

    def noted(number: int, values: Values) -> Trial:
        given.append(values)
        return scored(number, values)

    first = study(storage).search(RANGES, noted)
    assert [one.number for one in first] == [0, 1, 2, 3]
    assert [one.values for one in first] == given
    assert first[0].values == {} and len({str(one.values) for one in first}) == 4
    assert all(0.001 <= one.values["learner.lr"] <= 0.1 for one in first[1:])
    assert isinstance(first[1].values["replay.mix"], int) and first[1].warnings == ("slow",)

    def never(number: int, values: Values) -> Trial:
        raise AssertionError(number)

    second = study(storage).search(RANGES, never)
    assert repr(second) == repr(first)
    # More trials are asked for later.
    more = study(storage, 6).search(RANGES, scored)
    assert repr(more[:4]) == repr(first) and len(more) == 6


def test_trials_that_are_begun_elsewhere_are_waited_for(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def meanwhile(number: int, values: Values) -> Trial:
        # While this trial runs, another process begins and runs all the others but waits for it.
        asked.append(number)
        if number == 1:
            monkeypatch.setattr(shared_study.time, "sleep", stop)
            with pytest.raises(TimeoutError):
                study(storage).search(RANGES, scored)
            monkeypatch.undo()
        return scored(number, values)

    def stop(seconds: float) -> None:
        raise TimeoutError

    found = study(storage).search(RANGES, meanwhile)
    assert [one.number for one in found] == [0, 1, 2, 3]
    assert asked == [0, 1]


def test_a_trial_whose_process_has_ended_is_taken_over(storage: str) -> None:
    values: list[Values] = []

    def killed(number: int, given: Values) -> Trial:
        values.append(given)
        if number == 2:
            raise KeyboardInterrupt
        return scored(number, given)

    with pytest.raises(KeyboardInterrupt):
        study(storage).search(RANGES, killed)
    asked: list[tuple[int, Values]] = []

    def noted(number: int, given: Values) -> Trial:
        asked.append((number, given))
        return scored(number, given)

    found = study(storage).search(RANGES, noted)
    assert [one.number for one in found] == [0, 1, 2, 3]
    # With the settings that were proposed before, so that its run goes on.
    assert asked[0] == (2, values[2]) and asked[1][0] == 3


def test_a_trial_whose_process_was_killed_before_its_first_sign_is_taken_over(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    study(storage).study.ask()
    monkeypatch.setattr(shared_study, "STALE", 0.01)
    monkeypatch.setattr(shared_study, "PAUSE", 0.02)
    looks = 0

    def wait(seconds: float) -> None:
        nonlocal looks
        looks += 1
        assert looks < 100
        shared_study.threading.Event().wait(seconds)

    monkeypatch.setattr(shared_study.time, "sleep", wait)
    assert [one.number for one in study(storage).search(RANGES, scored)] == [0, 1, 2, 3]


def test_of_two_processes_that_take_over_a_trial_one_runs_it(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = study(storage)
    trial = first.study.ask()
    trial.set_user_attr("alive", 0.0)
    looks: list[float] = []

    def other(seconds: float) -> None:
        # Before the second look, another process takes the trial over.
        if looks:
            raise TimeoutError
        looks.append(seconds)
        trial.set_user_attr("key", "other")

    def never(number: int, values: Values) -> Trial:
        raise AssertionError(number)

    monkeypatch.setattr(shared_study.time, "sleep", other)
    with pytest.raises(TimeoutError):
        study(storage).search(RANGES, never)


@pytest.mark.parametrize(
    ("owner", "alive", "ended"),
    [
        (["other", 1], 0.0, False),
        (["other", 1], 200.0, True),
        ([os.uname().nodename, 2**22 + 1], 0.0, True),
        ([os.uname().nodename, os.getppid()], 0.0, False),
    ],
    ids=["elsewhere", "no sign for long", "its process is gone", "its process runs"],
)
def test_when_a_trial_has_no_process(owner: list[Any], alive: float, ended: bool) -> None:
    attributes = {"owner": owner, "alive": time.time() - alive}
    assert shared_study._ended(attributes) is ended


def test_a_storage_that_cannot_be_opened_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for storage in ("nosuch://host/name", f"sqlite:///{tmp_path}/none/x.db"):
        with pytest.raises(UserError, match="cannot be opened"):
            shared_study.open_storage(storage)
    assert main(["tune", "--storage", "nosuch://host/name"]) == 2
    assert "--storage nosuch://host/name: cannot be opened" in capsys.readouterr().err
    assert main(["tune", "--storage", f"{tmp_path}/s.log", "--fresh"]) == 2
    assert "--fresh: cannot be combined with --storage" in capsys.readouterr().err
