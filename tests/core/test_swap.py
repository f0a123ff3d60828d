"""A folder is replaced at once, or by two renames of which the first can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.core import swap


def folder(place: Path, text: str) -> Path:
    place.mkdir()
    (place / "file").write_text(text)
    return place


@pytest.mark.parametrize("exchanges", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_the_new_folder_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool, there: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    place, new = tmp_path / "place", folder(tmp_path / "new", "new")
    if there:
        folder(place, "old")
    swap.replace_folder(new, place)
    assert (place / "file").read_text() == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["place"]


def test_what_was_interrupted_between_two_renames_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, new = folder(tmp_path / "place", "old"), folder(tmp_path / "new", "new")
    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    rename = Path.rename

    def stops(self: Path, target: Path) -> Path:
        if self == new:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stops)
    with pytest.raises(KeyboardInterrupt):
        swap.replace_folder(new, place)
    assert not place.exists()
    swap.recover(place)
    assert (place / "file").read_text() == "old"
    swap.recover(place)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new", "place"]
