"""The cache of built models: one process builds, the others wait."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.models.cache import cached, rebuilt

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


def test_a_cache_of_somebody_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(UserError, match="cannot be read: Permission denied") as caught:
        cached(tmp_path / "entry", write)
    assert "CLTOOL_CACHE" in caught.value.hint


def test_a_damaged_model_is_built_again_and_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = tmp_path / "0a"
    built: list[Path] = []

    def build(folder: Path) -> None:
        write(folder)
        (folder / "model.safetensors").write_bytes(bytes(1000))
        built.append(folder)

    cached(entry, build)
    for name in ("model.safetensors", "config.json", "digests.json"):
        whole = (entry / name).read_bytes()
        (entry / name).write_bytes(bytes([whole[0] ^ 4]) + whole[1:])
        built.clear()
        with rebuilt() as sentences:
            assert cached(entry, build) == cached(entry, build) == entry
        assert len(built) == len(sentences) == 1
        assert name in sentences[0] and str(entry) in sentences[0]
        assert sentences[0] in capsys.readouterr().err
        assert (entry / name).read_bytes() == whole
    shutil.rmtree(entry)
    entry.write_text("not a folder")
    with rebuilt() as around, rebuilt() as sentences:
        assert (cached(entry, build) / "config.json").is_file()
    assert around == sentences and "a file is in place of its folder" in sentences[0]
    for name in ("model.safetensors", "config.json"):
        (entry / name).unlink()
        built.clear()
        cached(entry, build)
        assert len(built) == 1 and (entry / name).is_file()


def test_a_model_without_digests_is_built_again(tmp_path: Path) -> None:
    cached(tmp_path / "0a", write)
    (tmp_path / "0a" / "digests.json").unlink()
    with rebuilt() as sentences:
        cached(tmp_path / "0a", write)
    assert "(digests.json is missing)" in sentences[0]
    assert (tmp_path / "0a" / "digests.json").is_file()
