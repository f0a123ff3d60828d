"""The cache of built models: one process builds, the others wait."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.models.cache import cached

FORK = multiprocessing.get_context("fork")


def write(folder: Path) -> None:
    (folder / "config.json").write_text("{}")


def built_by_another(entry: Path, dies: bool) -> tuple[Any, Any]:
    """Return a forked process that is building ``entry``, and a pipe that lets it go on."""
    here, there = FORK.Pipe()

    def slow(folder: Path) -> None:
        write(folder)
        (folder / "weights").write_text("theirs")
        there.send("ready")
        there.poll(60)

    process = FORK.Process(target=cached, args=(entry, slow))
    process.start()
    assert here.poll(60)
    return process, process.kill if dies else lambda: here.send("go on")


@pytest.mark.parametrize("dies", [False, True])
def test_a_second_process_waits_for_the_one_that_builds(dies: bool, tmp_path: Path) -> None:
    entry = tmp_path / "embedded" / "0a"
    other, go_on = built_by_another(entry, dies)
    reports: list[str] = []

    def report(task: str, done: int, of: int, what: str) -> None:
        reports.append(what)
        go_on()

    def mine(folder: Path) -> None:
        write(folder)
        (folder / "weights").write_text("mine")

    cached(entry, mine, Progress(report))
    other.join()
    assert f"waiting for process {other.pid} on " in reports[0]
    assert (entry / "weights").read_text() == ("mine" if dies else "theirs")
    assert [path.name for path in entry.parent.iterdir()] == ["0a"]


def test_what_killed_builds_left_is_removed_and_other_entries_are_not(tmp_path: Path) -> None:
    for name in ("0a.7.partial", ".0a.7.partial", "..0a.7.partial.partial", ".0ab.8.partial"):
        (tmp_path / name).mkdir()
        write(tmp_path / name)
    cached(tmp_path / "0a", write)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".0ab.8.partial", "0a"]


def test_a_cache_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="Not a directory") as caught:
        cached(tmp_path / "file" / "embedded" / "0a", write)
    assert "CLTOOL_CACHE" in caught.value.hint

    def full(folder: Path) -> None:
        # As safetensors says it.
        raise RuntimeError("I/O error: No space left on device (os error 28)")

    with pytest.raises(UserError, match="No space left"):
        cached(tmp_path / "0a", full)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def refuse(*arguments: Any, **more: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    cached(tmp_path / "0a", write)
    monkeypatch.setattr("cltool.models.cache.file_lock", refuse)
    assert cached(tmp_path / "0a", write) == tmp_path / "0a"
    with pytest.raises(UserError, match="Permission denied"):
        cached(tmp_path / "0b", write)
