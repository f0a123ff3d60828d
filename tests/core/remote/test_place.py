"""Places: folders and URLs, and whether machines see the same folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.core.remote.copies import working_copy
from cltool.core.remote.held import held, seen_by_all
from cltool.core.remote.place import Place


def test_a_folder_and_a_url_have_folders_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    here = Place.of("runs/x/") / "a" / "b"
    assert (str(here), here.folder, here.parent.folder) == (
        "runs/x/a/b", Path("runs/x/a/b"), Path("runs/x/a"),
    )  # fmt: skip
    there = Place.of("s3://bucket/runs/") / "a"
    assert str(there) == "s3://bucket/runs/a" and there.is_remote
    assert there.folder.is_relative_to(tmp_path / "remote") and there.folder.name == "a"
    assert there.folder != (Place.of("s3://bucket/other") / "a").folder
    assert there.whole.shown(there.folder / "report.html") == "s3://bucket/runs/a/report.html"
    assert there.whole.shown(Path("elsewhere.html")) == "elsewhere.html"


def test_a_machine_with_another_folder_at_the_path_is_refused(tmp_path: Path) -> None:
    with held(Place.of(tmp_path / "out"), shared=True) as place:
        with working_copy(place / "run", lambda: True):
            pass
        # Another machine has no such folder, or one of another command.
        elsewhere = replace(place, root=str(tmp_path / "none"))
        other = replace(place, token="of another command")
        for wrong in (elsewhere, other):
            with (
                pytest.raises(UserError, match="does not see this folder"),
                working_copy(wrong / "run", lambda: True),
            ):
                pass
    assert not (tmp_path / "out").exists()


def test_commands_that_use_a_folder_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    with seen_by_all(Place.of(tmp_path)) as first:
        with seen_by_all(Place.of(tmp_path)) as second:
            for place in (first, second):
                place.refuse_other_folder()
        first.refuse_other_folder()
    assert not [*tmp_path.iterdir()]
