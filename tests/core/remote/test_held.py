"""A folder of runs that a command holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from cltool.core.locks import FILE
from cltool.core.remote import lease
from cltool.core.remote.held import held, refresh
from cltool.core.remote.place import Place


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A folder at a URL that holds one file."""
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    monkeypatch.setattr(lease, "DOUBT", 0.0)
    place = Place.of(f"memory://{uuid4().hex}")
    put(place, "before", "1")
    yield place
    fsspec.filesystem("memory").store.clear()


def put(place: Place, name: str, text: str) -> None:
    fsspec.filesystem("memory").pipe_file(f"{place}/{name}", text.encode())


def names(place: Place) -> set[str]:
    fs, root = fsspec.core.url_to_fs(str(place))
    return {path.rpartition("/")[2] for path in fs.find(root)}


def test_a_url_is_fetched_before_the_work_and_what_the_work_wrote_is_sent(out: Place) -> None:
    with held(out) as place:
        assert (place.folder / "before").read_text() == "1" and FILE in names(out)
        put(out, "of-a-task", "2")
        assert not (place.folder / "of-a-task").exists()
        refresh(place / "run")
        assert (place.folder / "of-a-task").read_text() == "2"
        with held(out / "budget") as inner:  # the same command
            (inner.folder / "table").write_text("3")
    assert names(out) == {"before", "of-a-task", "table"}


def test_nothing_is_sent_after_an_error(out: Place) -> None:
    with pytest.raises(RuntimeError), held(out) as place:
        (place.folder / "table").write_text("3")
        raise RuntimeError
    assert names(out) == {"before"}


def test_commands_that_hold_shares_do_not_exclude_each_other(out: Place) -> None:
    with held(out, alone=False), held(out, alone=False):
        assert names(out) == {"before"}
