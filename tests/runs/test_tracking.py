"""Trackers are checked before a run begins, and one that fails does not end it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest

from cltool.core.errors import UserError
from cltool.core.registry import Entry
from cltool.evaluation import ledger
from cltool.runs.run import Run
from cltool.runs.trackers import TRACKERS
from cltool.runs.trackers.tracker import Logged
from cltool.runs.tracking import FILE, Tracking, trackers_of

from ..reporting.conftest import Make
from ..reporting.conftest import make as make


class Noted:
    """A tracker that notes what it is told."""

    package: ClassVar[str] = "json"
    install: ClassVar[str] = "pip install noted"
    calls: ClassVar[list[tuple[Any, ...]]] = []

    def begin(self, run: Logged) -> str:
        self.calls.append(("begin", run.name, run.first, run.known, run.config["strategy"]))
        return "the-run"

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self.calls.append(("log", step, dict(values)))

    def end(self, finished: bool) -> None:
        self.calls.append(("end", finished))


class Failing(Noted):
    """A tracker whose server cannot be reached."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        raise ConnectionError("no server\nat all")


class Missing(Noted):
    package: ClassVar[str] = "a_package_that_nobody_has"


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    Noted.calls.clear()
    entries = [Entry(one.__name__.lower(), "", "") for one in (Noted, Failing, Missing)]
    classes = {"noted": Noted, "failing": Failing, "missing": Missing}
    load = TRACKERS.load
    with (
        TRACKERS.extended(entries[0]),
        TRACKERS.extended(entries[1]),
        TRACKERS.extended(entries[2]),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(TRACKERS, "load", lambda name: classes.get(name) or load(name))
        yield


def log_all(run: Run, names: tuple[str, ...], first: int = 0, stop: bool = False) -> None:
    with Tracking(names) as tracking:
        tracking.begin(run, first)
        for step, costs in enumerate(run.cost_rows()[first:], first):
            rows = ledger.read(run.folder)
            tracking.step(step, rows[rows["step"] == step].to_dict("records"), costs)
        if stop:
            raise KeyboardInterrupt


def test_a_tool_that_is_missing_is_said_with_the_command_that_installs_it() -> None:
    with pytest.raises(UserError, match="missing is not installed") as raised:
        trackers_of("noted,missing")

    assert "pip install noted" in raised.value.hint


@pytest.mark.parametrize(("names", "said"), [("mlfow", "mlflow"), ("noted,noted", "twice")])
def test_other_words_are_refused(names: str, said: str) -> None:
    with pytest.raises(UserError, match=r"mlfow|twice") as raised:
        trackers_of(names)

    assert said in str(raised.value)


def test_each_step_is_logged_and_the_end(make: Make) -> None:
    run = make(done=3)
    log_all(run, ("noted",))

    assert Noted.calls[0] == ("begin", "naive-seed0", 0, "", "naive")
    assert [call[1] for call in Noted.calls[1:-1]] == [0, 1, 2]
    assert Noted.calls[2][2]["tokens"] == 150_000 and "new" in Noted.calls[2][2]
    assert Noted.calls[-1] == ("end", True)


def test_a_run_that_goes_on_is_continued_in_the_tool(make: Make) -> None:
    run = make(done=3)
    log_all(run, ("noted",))
    Noted.calls.clear()
    log_all(run, ("noted",), first=2)

    assert json.loads((run.folder / FILE).read_text()) == {"noted": "the-run"}
    assert Noted.calls[0] == ("begin", "naive-seed0", 2, "the-run", "naive")


def test_a_run_that_was_stopped_did_not_finish(make: Make) -> None:
    with pytest.raises(KeyboardInterrupt):
        log_all(make(done=1), ("noted",), stop=True)

    assert Noted.calls[-1] == ("end", False)


def test_one_that_fails_is_left_and_the_others_go_on(
    make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    log_all(make(done=3), ("failing", "noted"))

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "failing failed, and the run goes on without it: ConnectionError: no server" in said
    assert [call[0] for call in Noted.calls].count("log") == 3


def test_without_trackers_nothing_is_written(make: Make) -> None:
    run = make(done=1)
    log_all(run, ())

    assert not (run.folder / FILE).exists()
