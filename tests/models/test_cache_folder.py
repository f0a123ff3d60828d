"""Where built models are stored if the user has no home folder."""

from __future__ import annotations

import pwd
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.lm import checkpoint_folder
from cltool.models.cache import cache_folder


@pytest.fixture(autouse=True)
def _homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(user: int) -> Any:
        raise KeyError(user)

    for name in ("CLTOOL_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


def test_a_user_without_a_home_folder_is_told_to_name_one() -> None:
    with pytest.raises(UserError, match="no home folder") as caught:
        cache_folder()
    assert "CLTOOL_CACHE=DIR" in caught.value.hint


def test_a_named_folder_needs_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_a_model_in_the_home_folder_is_not_found() -> None:
    with pytest.raises(UserError) as caught:
        checkpoint_folder.find("~/model")
    assert "there is no such folder" in str(caught.value)
