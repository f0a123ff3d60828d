"""A run tells others how far it is, and its heartbeat is no part of the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cltool.core.locks import folder_lock
from cltool.core.progress import Progress
from cltool.evaluation import ledger
from cltool.experiments.heartbeat import Heartbeat, Pace
from cltool.experiments.resume import holds_nothing
from cltool.runs import heartbeat
from cltool.runs.heartbeat import FILE, PREPARING, PROBING, SAVING, TRAINING, Beat

from .short_runs import Killed, Start, answers

LABELS = ("base", "one", "two", "three")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@contextmanager
def beating(folder: Path) -> Iterator[Heartbeat]:
    with folder_lock(folder) as lock, Heartbeat(folder, ("replay", 3), LABELS, lock) as beat:
        yield beat


def left_behind(folder: Path) -> None:
    """Write the heartbeat of a process that was killed."""
    beat = Beat(
        "naive", 0, 1, 4, "one", TRAINING, 0.5, 0.3, None, None, 1.0, 2.0, 2**22 + 1,
        os.uname().nodename,
    )  # fmt: skip
    heartbeat.write(folder, beat)


def test_the_heartbeat_is_there_while_the_run_goes_on(start: Start, tmp_path: Path) -> None:
    seen: list[Beat | None] = []

    def look(task: str, done: int, of: int, what: str) -> None:
        seen.append(heartbeat.read(tmp_path / "run"))

    run = start(tmp_path / "run", progress=Progress(look))

    assert run.record["status"] == "finished"
    assert seen and None not in seen
    first = seen[0]
    assert first is not None and first.goes_on()
    assert (first.strategy, first.seed, first.steps) == ("naive", 0, 4)
    assert (first.pid, first.host) == (os.getpid(), os.uname().nodename)
    assert not (run.folder / FILE).exists()


def test_a_run_that_is_stopped_leaves_no_heartbeat(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*unused: object) -> None:
        assert heartbeat.read(tmp_path / "run") is not None
        raise Killed

    monkeypatch.setattr(ledger, "write_step", stop)
    with pytest.raises(Killed):
        start(tmp_path / "run")

    assert not (tmp_path / "run" / FILE).exists()


def test_a_heartbeat_that_was_left_is_no_part_of_the_run(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    left_behind(folder)

    assert holds_nothing(folder)
    sound = answers(start(folder).folder)
    left_behind(folder)
    assert start(folder).reused
    assert not (folder / FILE).exists()
    left_behind(folder)
    assert answers(start(folder, fresh=True).folder) == sound
    assert not (folder / FILE).exists()


def test_phases_and_shares_are_told(tmp_path: Path) -> None:
    with beating(tmp_path) as beat:
        first = beat.beat()
        assert (first.step, first.phase, first.share) == (0, PREPARING, None)
        beat.begin(2, TRAINING)
        beat.report(1, 4)
        there = beat.beat()

    assert (there.strategy, there.seed) == ("replay", 3)
    assert (there.step, there.label, there.steps) == (2, "two", 4)
    assert (there.phase, there.share) == (TRAINING, 0.25)
    assert first.done < 0.5 < there.done < 0.75


def test_the_speed_is_that_of_the_training_of_this_phase(tmp_path: Path) -> None:
    spent = [5000]
    with beating(tmp_path) as beat:
        beat.tokens = lambda: spent[0]
        beat.begin(1, TRAINING)
        assert beat.beat().tokens_per_second is None
        spent[0] += 600
        training = beat.beat().tokens_per_second
        beat.begin(1, PROBING)
        assert beat.beat().tokens_per_second is None

    assert training is not None and training > 0


def test_the_reports_of_a_progress_reach_both(tmp_path: Path) -> None:
    told: list[tuple[str, int, int, str]] = []
    shown = Progress(lambda *report: told.append(report), "naive")
    with beating(tmp_path) as beat:
        beat.watching(shown)(1, 2, "training")
        beat.watching(shown).task("model")(3, 4, "building")
        assert beat.beat().share == 0.75

    assert told == [("naive", 1, 2, "training"), ("model", 3, 4, "building")]


def test_another_folder_in_its_place_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with beating(folder):
        folder.rename(tmp_path / "moved")
        folder.mkdir()
        left_behind(folder)

    assert (folder / FILE).exists()


def test_the_rest_is_estimated_from_the_steps_that_were_made() -> None:
    clock = Clock()
    pace = Pace(5, clock)
    pace.begin(0, PROBING)
    clock.pass_by(1)
    assert pace.left(0.5) is None, "the base is only asked about"
    pace.begin(1, TRAINING)
    clock.pass_by(60)
    pace.begin(1, PROBING)
    clock.pass_by(40)
    pace.begin(2, TRAINING)

    # Steps 2, 3 and 4 take 100 s each; training is 0.6 of a step.
    assert pace.left(None) == pytest.approx(300)
    assert pace.left(0.5) == pytest.approx(200 + 70)
    clock.pass_by(60)
    pace.begin(2, PROBING)
    assert pace.left(0.0) == pytest.approx(200 + 40)
    pace.begin(2, SAVING)
    clock.pass_by(40)
    pace.begin(4, TRAINING)
    assert pace.left(None) == pytest.approx(100)


def test_the_first_step_is_its_own_measure() -> None:
    clock = Clock()
    pace = Pace(3, clock)
    pace.begin(1, TRAINING)
    clock.pass_by(8)

    assert pace.left(None) is None
    share = pace.within(0.5)
    assert pace.left(0.5) == pytest.approx((8 / share) * (1 - share) + 8 / share)


def test_a_step_that_takes_longer_than_others_has_nothing_left_of_itself() -> None:
    clock = Clock()
    pace = Pace(3, clock)
    pace.begin(1, TRAINING)
    clock.pass_by(10)
    pace.begin(2, TRAINING)
    clock.pass_by(25)

    assert pace.left(None) == 0.0


def test_a_heartbeat_of_another_format_is_replaced(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"format": 99}')
    with beating(tmp_path):
        assert heartbeat.read(tmp_path) is not None
    assert not (tmp_path / FILE).exists()
