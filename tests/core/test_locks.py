"""Locks on folders: one holder at a time, whatever happens to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cltool.core import locks
from cltool.core.errors import UserError
from cltool.core.locks import FILE, HeldError, file_lock, folder_lock

FORK = multiprocessing.get_context("fork")


class Other:
    """A forked process that holds the lock of a folder until it is told to end, or is killed."""

    def __init__(self, folder: Path, shared: bool = False) -> None:
        own, self.pipe = FORK.Pipe()

        def hold() -> None:
            with folder_lock(folder, shared=shared):
                own.send("ready")
                own.poll(60)

        self.process = FORK.Process(target=hold)
        self.process.start()
        assert self.pipe.poll(60)

    def end(self) -> None:
        if self.process.is_alive():
            self.pipe.send("end")
        self.process.join()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


@pytest.fixture
def other(tmp_path: Path) -> Any:
    """Start other holders; they end with the test."""
    started: list[Other] = []

    def start(folder: Path, shared: bool = False) -> Other:
        started.append(Other(folder, shared))
        return started[-1]

    yield start
    for one in started:
        one.end()


Start = Callable[..., Other]


def test_a_second_process_is_told_who_holds_the_lock(other: Start, tmp_path: Path) -> None:
    holder = other(tmp_path / "run")
    with (
        pytest.raises(HeldError, match=f"process {holder.process.pid} on ") as caught,
        folder_lock(tmp_path / "run", patience=0),
    ):
        pass
    assert os.uname().nodename in str(caught.value)
    assert "since 20" in str(caught.value)
    assert caught.value.where == str(tmp_path / "run")
    holder.end()
    with folder_lock(tmp_path / "run", patience=60):
        pass


def test_a_lock_ends_with_its_process(other: Start, tmp_path: Path) -> None:
    other(tmp_path / "run").kill()
    assert (tmp_path / "run" / FILE).is_file()
    with folder_lock(tmp_path / "run", patience=0):
        assert json.loads((tmp_path / "run" / FILE).read_text())["pid"] == os.getpid()
    assert not (tmp_path / "run" / FILE).exists()


def test_a_second_thread_is_refused_and_the_same_thread_is_not(tmp_path: Path) -> None:
    errors: list[Exception] = []

    def take() -> None:
        try:
            with folder_lock(tmp_path, patience=0):
                pass
        except HeldError as error:
            errors.append(error)

    with folder_lock(tmp_path, patience=0), folder_lock(tmp_path, patience=0):
        thread = threading.Thread(target=take)
        thread.start()
        thread.join()
    assert len(errors) == 1
    with folder_lock(tmp_path, patience=0):
        pass


def test_nothing_is_left_of_a_folder_in_which_nothing_was_written(tmp_path: Path) -> None:
    with folder_lock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert not (tmp_path / "a").exists()
    with folder_lock(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "mine").touch()
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["mine"]


def test_shared_locks_exclude_only_an_exclusive_one(other: Start, tmp_path: Path) -> None:
    reader = other(tmp_path / "run", shared=True)
    with folder_lock(tmp_path / "run", shared=True, patience=0):
        pass
    assert (tmp_path / "run" / FILE).exists()
    with pytest.raises(HeldError), folder_lock(tmp_path / "run", patience=0):
        pass
    reader.end()
    other(tmp_path / "run")
    with pytest.raises(HeldError), folder_lock(tmp_path / "run", shared=True, patience=0):
        pass


def test_a_removed_folder_is_noticed(tmp_path: Path) -> None:
    with folder_lock(tmp_path / "run") as lock:
        lock.check()
        (tmp_path / "run").rename(tmp_path / "moved")
        (tmp_path / "run").mkdir()
        with pytest.raises(UserError, match="removed or replaced"):
            lock.check()


def test_who_waits_is_told_for_whom(other: Start, tmp_path: Path) -> None:
    holder = other(tmp_path)
    told: list[Any] = []

    def waiting(who: Any) -> None:
        told.append(who)
        holder.pipe.send("end")

    with file_lock(tmp_path / FILE, patience=60, waiting=waiting):
        pass
    assert told[0].pid == holder.process.pid


# Lock files that another machine left.


def write_holder(folder: Path, **values: Any) -> None:
    holder = {"pid": 7, "host": "elsewhere", "command": "cltool run", "since": "2026-01-01"}
    (folder / FILE).write_text(json.dumps(holder | values), encoding="utf-8")


def test_on_a_network_a_holder_of_another_machine_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_holder(tmp_path)
    monkeypatch.setattr(locks, "file_system", lambda folder: "nfs4")
    with pytest.raises(UserError, match="process 7 on elsewhere") as caught, folder_lock(tmp_path):
        pass
    assert f"delete {tmp_path / FILE}" in caught.value.hint
    (tmp_path / FILE).unlink()
    with folder_lock(tmp_path):
        pass


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[" * 100_000, '{"pid": "x"}', '{"pid": -1}', "\x1b\xff"]
)
def test_a_damaged_lock_file_locks_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="latin-1")
    with folder_lock(tmp_path, patience=0):
        pass


def test_on_a_local_disk_a_lock_file_alone_locks_nothing(tmp_path: Path) -> None:
    write_holder(tmp_path)
    with folder_lock(tmp_path, patience=0):
        pass


def test_a_holder_of_another_machine_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_holder(tmp_path)
    monkeypatch.setattr(locks, "file_system", lambda folder: "nfs4")
    told = []

    def waiting(holder: locks.Holder | None) -> None:
        told.append(holder.host if holder else "")
        (tmp_path / FILE).unlink()

    with file_lock(tmp_path / FILE, patience=60, waiting=waiting):
        assert told == ["elsewhere"]


def test_without_locks_of_the_system_the_lock_file_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int, how: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(locks.fcntl, "flock", refuse)
    here = os.uname().nodename
    for values in ({}, {"host": here, "pid": os.getppid()}):
        write_holder(tmp_path, **values)
        with pytest.raises(HeldError), folder_lock(tmp_path, patience=0):
            pass
    ended = FORK.Process(target=int)
    ended.start()
    ended.join()
    write_holder(tmp_path, host=here, pid=ended.pid)
    with folder_lock(tmp_path, patience=0):
        pass


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(UserError, match="a folder is needed"), folder_lock(tmp_path / "run"):
        pass


def test_a_forked_child_does_not_hold_the_locks_of_its_parent(tmp_path: Path) -> None:
    refused = FORK.Event()

    def take() -> None:
        try:
            with folder_lock(tmp_path / "run", patience=0):
                pass
        except HeldError:
            refused.set()

    with folder_lock(tmp_path / "run"):
        child = FORK.Process(target=take)
        child.start()
        child.join()
        assert refused.is_set()


def test_a_process_that_has_ended_is_not_named_as_the_holder(other: Start, tmp_path: Path) -> None:
    ended = FORK.Process(target=int)
    ended.start()
    ended.join()
    other(tmp_path / "run")
    file = tmp_path / "run" / FILE
    held = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**held, "pid": ended.pid}), encoding="utf-8")
    with (
        pytest.raises(HeldError, match="a process that its lock file does not name"),
        folder_lock(tmp_path / "run", patience=0),
    ):
        pass


def test_a_lock_file_that_is_a_link_changes_no_other_file(tmp_path: Path) -> None:
    target = tmp_path / "mine.txt"
    target.write_text("mine", encoding="utf-8")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / FILE).symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"), folder_lock(tmp_path / "run", patience=0):
        pass
    assert target.read_text(encoding="utf-8") == "mine"
