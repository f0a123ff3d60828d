"""The lock of a folder at a URL."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from uuid import uuid4

import fsspec
import pytest

from cltool.core.errors import UserError
from cltool.core.locks import FILE
from cltool.core.remote import lease as leases
from cltool.core.remote.lease import lease

HELD = "another command writes here"


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(leases, "DOUBT", 0.0)
    yield f"memory://{uuid4().hex}"
    fsspec.filesystem("memory").store.clear()


def write(url: str, **holder: object) -> None:
    value = {"pid": 1, "host": "other", "command": "cltool compare", "since": "today", **holder}
    fsspec.filesystem("memory").pipe_file(f"{url}/{FILE}", json.dumps(value).encode())


def test_a_second_command_is_refused_until_the_first_ends(url: str) -> None:
    with lease(url, "Wait."):
        with (
            pytest.raises(UserError, match="another command writes here") as caught,
            lease(url, "Wait."),
        ):
            pass
        assert str(os.getpid()) in str(caught.value) and "Wait." in caught.value.hint
    with lease(url, "Wait."):
        pass


@pytest.mark.parametrize(
    "holder",
    [
        {"valid_until": 1.0},
        {"valid_until": time.time() + 1000, "host": os.uname().nodename, "pid": 2**22 + 1},
        {"valid_until": "soon"},
    ],
    ids=["not renewed", "ended here", "damaged"],
)
def test_a_lease_of_a_command_that_has_ended_does_not_count(
    url: str, holder: dict[str, object]
) -> None:
    write(url, **holder)
    with lease(url, "Wait."):
        pass


def test_a_lease_of_another_machine_counts_while_it_is_valid(url: str) -> None:
    write(url, valid_until=time.time() + 60)
    with (
        pytest.raises(UserError, match=r"process 1 on other \(cltool compare\)"),
        lease(url, "Wait."),
    ):
        pass


def test_it_is_renewed_while_it_is_held(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.01)
    fs = fsspec.filesystem("memory")
    with lease(url, "Wait."):
        first = json.loads(fs.cat_file(f"{url}/{FILE}"))["valid_until"]
        end = time.monotonic() + 10
        while json.loads(fs.cat_file(f"{url}/{FILE}"))["valid_until"] == first:
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.mark.parametrize("left", [False, True], ids=["nothing there", "a lease that has ended"])
def test_of_two_that_begin_at_once_the_later_one_goes_on(
    url: str, left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if left:
        write(url, valid_until=1.0)
    # Between the writing and the look, another command writes.
    monkeypatch.setattr(
        leases.time, "sleep", lambda s: write(url, key="b", valid_until=time.time() + 60)
    )
    with pytest.raises(UserError, match=HELD), lease(url, "Wait."):
        pass


def test_a_lease_that_another_command_has_taken_over_is_left_to_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEWED", 0.005)
    with lease(url, "Wait."):
        # As after a time in which this machine slept.
        write(url, key="b", valid_until=time.time() + 60)
        time.sleep(0.1)
    assert json.loads(fsspec.filesystem("memory").cat_file(f"{url}/{FILE}"))["key"] == "b"
