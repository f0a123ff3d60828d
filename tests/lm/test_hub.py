"""Hub names: a name that only a record gives starts no download."""

from __future__ import annotations

import socket
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
    monkeypatch.setattr(hub, "answers", lambda endpoint: True)
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


def test_a_proxy_without_a_scheme_is_asked_unless_the_host_is_exempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float) -> Any:
        reached.append(address)
        raise OSError

    def download(name: str, **more: Any) -> str:
        raise LocalEntryNotFoundError("not there")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.example")
    monkeypatch.setattr(socket, "create_connection", connect)
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for proxy, exempt, expected in (
        ("proxy.example:3128", "", ("proxy.example", 3128)),
        ("http://proxy.example:3128", "", ("proxy.example", 3128)),
        ("proxy.example:3128", "hub.example", ("hub.example", 443)),
    ):
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.setenv("no_proxy", exempt)
        with pytest.raises(UserError):
            hub.snapshot("org/name")
        assert reached.pop() == expected
