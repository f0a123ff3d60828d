"""Hub names: a name that only a record gives starts no download."""

from __future__ import annotations

from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import constants
from huggingface_hub.errors import LocalEntryNotFoundError

from cltool.core.errors import UserError
from cltool.lm import hub


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each request was for the cache on this machine only; nothing is there."""
    found: list[bool] = []

    def download(name: str, *, local_files_only: bool, **more: Any) -> str:
        found.append(local_files_only)
        raise LocalEntryNotFoundError("not there")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub, "_answers", lambda endpoint: True)
    return found


def test_a_record_alone_starts_no_download(
    asked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub.named_by_a_record(), pytest.raises(UserError, match="starts no download") as caught:
        hub.snapshot("org/name")
    assert "--allow-download" in caught.value.hint
    monkeypatch.setenv(hub.ALLOW, "1")
    with hub.named_by_a_record(), pytest.raises(UserError):
        hub.snapshot("org/name")
    monkeypatch.delenv(hub.ALLOW)
    with pytest.raises(UserError):
        hub.snapshot("org/name")
    assert asked == [True, False, False]
