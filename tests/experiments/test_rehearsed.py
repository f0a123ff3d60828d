"""A run records which facts each update rehearsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.experiments import checkpoints
from cltool.facts.stream import Stream

from .short_runs import Killed, Start


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "rehearsed").iterdir())}


def test_replay_records_what_it_rehearsed_also_if_it_was_killed(
    start: Start, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(tmp_path / "run", "replay")

    assert run.rehearsed(0) == {} == run.rehearsed(99)
    for step in (1, 2, 3):
        known = stream.knowledge(step - 1)
        found = run.rehearsed(step)
        assert found and set(found) <= {fact.key for fact in known.valid()}
        assert not set(found) & {fact.key for fact in stream.updates[step].forget}
        assert run.cost_rows()[step]["rehearsed"]["sentences"] == sum(found.values())

    save = checkpoints.save

    def stop(folder: Path, step: int, *rest: object) -> None:
        if step == 2:
            raise Killed
        save(folder, step, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(checkpoints, "save", stop)
        start(tmp_path / "killed", "replay")
    assert files(start(tmp_path / "killed", "replay").folder) == files(run.folder)


def test_a_strategy_without_rehearsal_records_none(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run", "naive")

    assert run.rehearsed(1) == {}
    assert not (run.folder / "rehearsed").exists()
