"""Copies of folders at URLs: what is fetched, what is sent, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
import pytest

from cltool.core.errors import UserError
from cltool.core.remote import copies
from cltool.core.remote.copies import Copy, working_copy
from cltool.core.remote.place import Place


@pytest.fixture(params=["memory", "file"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """A run folder at a URL that holds nothing yet."""
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))
    name = uuid4().hex
    root = {"memory": f"memory://{name}", "file": f"file://{tmp_path}/url"}[request.param]
    yield Place.of(root) / "naive-seed0"
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()


def there(place: Place) -> dict[str, str]:
    """Return relative path -> text of the files at the URL."""
    fs, root = fsspec.core.url_to_fs(str(place))
    found = fs.find(root)
    return {path[len(root) + 1 :]: fs.cat_file(path).decode() for path in found}


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_what_changes_is_sent_after_each_step_and_what_is_gone_is_removed(place: Place) -> None:
    folder = place.folder
    with working_copy(place, lambda: True) as send:
        write(folder, run_json="begun", checkpoints__step_0="weights 0", answers__0="a")
        write(folder, **{"heartbeat_json": "3", ".cltool.lock": "me"})
        send()
        assert there(place) == {
            "run.json": "begun", "checkpoints/step_0": "weights 0", "answers/0": "a",
        }  # fmt: skip
        (folder / "checkpoints" / "step_0").unlink()
        write(folder, checkpoints__step_1="weights 1", answers__1="b")
        send()
        write(folder, run_json="finished")
    assert there(place) == {
        "run.json": "finished", "checkpoints/step_1": "weights 1", "answers/0": "a",
        "answers/1": "b",
    }  # fmt: skip
    assert not (folder / "checkpoints").exists() and (folder / "answers").exists()


def test_another_machine_goes_on_from_the_url(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working_copy(place, lambda: True):
        write(place.folder, run_json="begun", checkpoints__step_0="weights 0")
    first = place.folder
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "other"))
    write(place.folder, answers__left="of a killed process")
    with working_copy(place, lambda: True):
        assert place.folder != first
        assert (place.folder / "checkpoints" / "step_0").read_text() == "weights 0"
        assert not (place.folder / "answers" / "left").exists()
        write(place.folder, run_json="finished")
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))
    copy = Copy(place)
    copy.fetch()
    assert (place.folder / "run.json").read_text() == "finished"
    assert not (place.folder / "checkpoints").exists()
    copy.send()
    assert there(place)["checkpoints/step_0"] == "weights 0"


def test_a_finished_run_needs_no_checkpoint(place: Place) -> None:
    with working_copy(place, lambda: True):
        write(place.folder, run_json="finished", checkpoints__step_0="weights")
    with working_copy(place, lambda: (place.folder / "run.json").read_text() != "finished"):
        assert not (place.folder / "checkpoints").exists()
    assert there(place)["checkpoints/step_0"] == "weights"


def test_a_folder_in_a_folder_that_is_not_there_yet_is_empty(place: Place) -> None:
    with working_copy(place.parent / "search" / "trial-0", lambda: True):
        pass
    assert not there(place.parent)


def test_files_beside_a_run_folder_go_with_it(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working_copy(place, lambda: True) as send:
        write(place.folder, run_json="1")
        write(place.folder.parent, **{"naive-seed0.cell_json": "a", "naive-seed01.cell_json": "b"})
        send()
        assert there(place.parent) == {"naive-seed0/run.json": "1", "naive-seed0.cell.json": "a"}
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "other"))
    with working_copy(place, lambda: True):
        assert (place.folder.parent / "naive-seed0.cell.json").read_text() == "a"
        (place.folder.parent / "naive-seed0.cell.json").unlink()
    assert there(place.parent) == {"naive-seed0/run.json": "1"}


def test_what_says_how_far_a_run_is_comes_last(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send_file, remove = Copy._send_file, Copy._remove

    def note(self: Copy, path: str) -> None:
        sent.append(path)
        send_file(self, path)

    def note_removed(self: Copy, paths: list[str]) -> None:
        sent.extend(f"-{path}" for path in paths)
        remove(self, paths)

    monkeypatch.setattr(Copy, "_send_file", note)
    monkeypatch.setattr(Copy, "_remove", note_removed)
    copy = Copy(place)
    copy.fetch(checkpoints=True)
    write(copy.folder, run_json="1", **{"steps.jsonl": "1"}, z="1", checkpoints__step_0="w")
    copy.send()
    assert sent == ["checkpoints/step_0", "z", "steps.jsonl", "run.json"]
    sent.clear()
    # A run that is replaced: the rows of its steps go first.
    for name in ("steps.jsonl", "z"):
        (copy.folder / name).unlink()
    write(copy.folder, run_json="other")
    copy.send()
    assert sent == ["-steps.jsonl", "run.json", "-z"]


def test_only_what_differs_is_fetched_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with working_copy(place, lambda: True):
        write(place.folder, run_json="1", answers__0="a")
    fetched: list[str] = []
    fetch_file = Copy._fetch_file

    def note(self: Copy, path: str, info: Any) -> None:
        fetched.append(path)
        fetch_file(self, path, info)

    monkeypatch.setattr(Copy, "_fetch_file", note)
    Copy(place).fetch()
    assert not fetched
    write(place.folder, answers__0="b")
    Copy(place).fetch()
    assert fetched == ["answers/0"] and (place.folder / "answers" / "0").read_text() == "a"


def test_an_error_of_the_file_system_is_one_message(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Copy(place)

    def refuse(*given: object, **more: object) -> None:
        raise RuntimeError("403 Forbidden")

    monkeypatch.setattr(copy.fs, "find", refuse)
    with pytest.raises(UserError, match="cannot be read: RuntimeError: 403 Forbidden") as caught:
        copy.fetch()
    assert caught.value.where == str(place)
    monkeypatch.setattr(copies, "whole_file", refuse)
    monkeypatch.setattr(copy.fs, "open", refuse)
    write(copy.folder, run_json="1")
    with pytest.raises(UserError, match="cannot be written"):
        copy.send()


def test_names_at_the_url_that_lead_out_of_the_folder_are_left_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = Copy(place)
    evil = ("../../../evil", f"{tmp_path}/evil", "a/../../../../evil", "")
    listed = {f"{copy.root}/{name}": {"size": 1, "type": "file"} for name in evil}
    monkeypatch.setattr(copy.fs, "find", lambda *given, **more: listed)
    monkeypatch.setattr(copy.fs, "get_file", lambda path, to: Path(to).write_text("x"))
    copy.fetch()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_traceback_and_other_run_folders_stay_in_the_copy(place: Place) -> None:
    out = place.parent
    write(out.folder, **{"naive-seed0.error.txt": "trace", "naive-seed0.5/run_json": "mine"})
    with working_copy(place, lambda: True):
        write(place.folder, run_json="1")
    whole = Copy(out)
    whole.fetch()
    whole.send()
    assert (out.folder / "naive-seed0.error.txt").read_text() == "trace"
    assert there(out) == {"naive-seed0/run.json": "1"}


def test_what_a_part_of_the_folder_has_sent_is_not_sent_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send_file = Copy._send_file

    def note(self: Copy, path: str) -> None:
        sent.append(path)
        send_file(self, path)

    monkeypatch.setattr(Copy, "_send_file", note)
    with working_copy(place.parent, lambda: False):
        with working_copy(place, lambda: True):
            write(place.folder, run_json="1")
        write(place.parent.folder, table="2")
    assert sent == ["run.json", "table"]
