"""What the dashboard sees in a folder of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.reporting.live.folder import RunsFolder

from ..conftest import Make
from .beats import KILLED, write_beat


def names(places: list[Path]) -> list[str]:
    return [place.name for place in places]


def test_runs_that_have_only_begun_are_seen_and_not_reported(make: Make, tmp_path: Path) -> None:
    make(seed=0, done=1)
    write_beat(tmp_path / "runs" / "replay-seed1")
    (tmp_path / "runs" / "notes").mkdir()
    folder = RunsFolder.open(tmp_path / "runs")

    assert names(folder.places()) == ["naive-seed0", "replay-seed1"]
    assert names(folder.runs()) == ["naive-seed0"]


def test_a_run_folder_is_a_folder_of_one_run(make: Make) -> None:
    run = make(done=2)

    assert RunsFolder.open(run.folder).runs() == [run.folder.resolve()]


def test_a_link_out_of_the_folder_is_left_out(make: Make, tmp_path: Path) -> None:
    make(seed=0, done=1)
    outside = make(folder="secret/naive-seed5", seed=5, done=1)
    write_beat(outside.folder)
    (tmp_path / "runs" / "linked").symlink_to(outside.folder)
    (tmp_path / "runs" / "own").symlink_to(tmp_path / "runs" / "naive-seed0")
    folder = RunsFolder.open(tmp_path / "runs")

    assert names(folder.places()) == ["naive-seed0", "own"]
    assert folder.in_progress() == []


def test_the_signature_changes_with_a_step_and_not_with_a_heartbeat(
    make: Make, tmp_path: Path
) -> None:
    run = make(done=2)
    folder = RunsFolder.open(tmp_path / "runs")
    before = folder.signature()

    write_beat(run.folder)
    assert folder.signature() == before
    run.write_costs([*run.cost_rows(), {"step": 2, "label": "2012-06"}])
    after = folder.signature()
    assert after != before
    make(seed=1, done=0)
    assert folder.signature() != after


def test_runs_in_progress_are_told_from_those_whose_process_is_gone(
    make: Make, tmp_path: Path
) -> None:
    make(seed=0)
    write_beat(make(strategy="ewc", done=2).folder, strategy="ewc", seed=0, pid=KILLED)
    write_beat(tmp_path / "runs" / "replay-seed1")

    beats = RunsFolder.open(tmp_path / "runs").in_progress()

    assert [(one["folder"], one["goes_on"]) for one in beats] == [
        ("ewc-seed0", False),
        ("replay-seed1", True),
    ]
    assert beats[1]["step"] == 2 and beats[1]["share"] == 0.5
    assert not {"pid", "host"} & set(beats[1])


def test_a_folder_that_is_missing_or_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        RunsFolder.open(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="not a folder"):
        RunsFolder.open(tmp_path / "file")


def test_a_folder_that_was_removed_has_no_runs(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    folder = RunsFolder.open(tmp_path / "runs")
    (tmp_path / "runs").rmdir()

    assert (folder.places(), folder.signature(), folder.in_progress()) == ([], (), [])
