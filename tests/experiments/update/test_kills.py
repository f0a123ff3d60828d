"""An update that is killed just before a file operation loses nothing."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

import cltool
from cltool.experiments.update.folder import read_version
from cltool.experiments.update.history import History
from cltool.experiments.update.update import held
from tools.torture.strikes import Strike

from .conftest import KNOWN, Place
from .test_update import MIX, files

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def updated(taught_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was updated once."""
    home = Place(tmp_path_factory.mktemp("kills"), taught_model)
    base, taught = KNOWN.updates[0].learn, KNOWN.updates[1].learn
    keep, facts = home.file("keep.jsonl", base[:2]), home.file("facts.jsonl", taught[3:4])
    outcome = cltool.update(
        home.model, facts, protect=keep, wordings=home.wordings, out=home.folder / "updated",
        require="new>=0", settings=MIX,
    )  # fmt: skip
    assert outcome.folder is not None
    return outcome.folder


@pytest.mark.parametrize("operation", [1, 8, 25, 60, 90, 120])
def test_a_kill_leaves_the_version_before_or_the_new_one(
    updated: Path, tmp_path: Path, operation: int
) -> None:
    place = tmp_path / "updated"
    shutil.copytree(updated, place)
    before = files(place)
    facts = Place(tmp_path, updated).file("next.jsonl", KNOWN.updates[1].learn[4:])
    child = os.fork()
    if not child:
        try:
            Strike("kill", operation, tmp_path / "struck", ".updated").arm(tmp_path)
            cltool.update(place, facts, require="new>=0", settings=MIX)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    struck = (tmp_path / "struck").exists()
    assert os.WIFSIGNALED(status) == struck
    assert not struck or os.WTERMSIG(status) == signal.SIGKILL
    with held(place):
        pass  # what the next command does first
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    version = read_version(place)["version"]
    assert version in (1, 2)
    if version == 1:
        assert files(place) == before
    history = History(place)
    assert all(history.has(one) for one in history.versions())
    again = tmp_path / "again"
    history.store.get_tree(history.version(version).files, again)
    kept = {name: one for name, one in files(place).items() if "/history/" not in name}
    assert files(again) == kept
