"""The heartbeat of a run: what is read of it, and when its process is taken to be gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cltool.runs import heartbeat
from cltool.runs.heartbeat import FILE, SILENT, TRAINING, Beat, read, write

NOW = 1_700_000_000.0


@pytest.fixture
def beat() -> Beat:
    return Beat(
        strategy="replay",
        seed=0,
        step=2,
        steps=4,
        label="two",
        phase=TRAINING,
        share=0.5,
        done=0.6,
        tokens_per_second=1500.0,
        seconds_left=42.0,
        begun=NOW - 60,
        time=NOW,
        pid=os.getpid(),
        host=os.uname().nodename,
    )


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_is_written_is_read_and_nothing_else_is_left(tmp_path: Path, beat: Beat) -> None:
    write(tmp_path, beat)
    write(tmp_path, replace(beat, step=3))

    assert read(tmp_path) == replace(beat, step=3)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_process_that_ended_no_longer_works_on_the_run(beat: Beat) -> None:
    assert beat.goes_on(NOW + 1)
    assert not replace(beat, pid=ended_process()).goes_on(NOW + 1)


@pytest.mark.parametrize("host", ["here", "elsewhere"])
def test_a_process_that_is_silent_for_long_is_taken_to_be_gone(beat: Beat, host: str) -> None:
    one = beat if host == "here" else replace(beat, host="another.machine")

    assert one.goes_on(NOW + SILENT - 1)
    assert not one.goes_on(NOW + SILENT + 1)


def test_a_process_of_another_machine_is_not_looked_for_here(beat: Beat) -> None:
    assert replace(beat, host="another.machine", pid=ended_process()).goes_on(NOW + 1)


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"format": 1}', "no JSON", '{"format": 99}'])
def test_a_damaged_or_unknown_file_is_no_heartbeat(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE).write_text(damage)

    assert read(tmp_path) is None


@pytest.mark.parametrize("value", [["?"], "?", float("nan"), -1.5])
def test_a_process_of_a_wrong_kind_is_no_heartbeat(
    tmp_path: Path, beat: Beat, value: object
) -> None:
    (tmp_path / FILE).write_text(json.dumps(beat.as_json() | {"pid": value}))

    assert read(tmp_path) is None


def test_a_folder_that_is_gone_is_not_made_again(tmp_path: Path, beat: Beat) -> None:
    with pytest.raises(OSError):
        write(tmp_path / "removed", beat)

    assert not (tmp_path / "removed").exists()


def test_only_what_an_ended_process_left_is_discarded(tmp_path: Path, beat: Beat) -> None:
    heartbeat.discard_left(tmp_path)  # there is nothing

    write(tmp_path, replace(beat, time=NOW * 2))
    heartbeat.discard_left(tmp_path)
    assert (tmp_path / FILE).exists()

    write(tmp_path, replace(beat, time=NOW * 2, pid=ended_process()))
    heartbeat.discard_left(tmp_path)
    assert not (tmp_path / FILE).exists()
