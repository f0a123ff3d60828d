"""An engineer, in at most three interactions: what did update 4 break, and did B keep it?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Open
from .page import all_subjects, broken, listed, right, tally

MOST = 3


class Reader:
    """Counts the interactions of a reader."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, action: Callable[[], object]) -> None:
        self.done += 1
        action()


def test_what_update_4_broke_and_whether_b_kept_it(open_page: Open, folders: list[Path]) -> None:
    page, reader = open_page(), Reader()
    reader(page.get_by_role("button", name=re.compile("^Update 4,")).click)
    reader(page.get_by_role("button", name=re.compile(r"^\d+ broken, A$")).click)
    lost = broken(folders, "naive", 4)
    assert len(lost) > 5
    assert all_subjects(page) == lost
    # Whether B kept it stands above the list: no interaction more.
    kept = lost & right(folders, "joint", 4)
    assert tally(page, "b", "right") == len(kept) > 0
    assert reader.done <= MOST


def test_which_of_them_b_lost_too(open_page: Open, folders: list[Path]) -> None:
    page, reader = open_page("#b=2"), Reader()
    reader(page.get_by_role("button", name=re.compile("^Update 4,")).click)
    reader(page.get_by_role("button", name=re.compile(r"^\d+ broken, A$")).click)
    both = broken(folders, "naive", 4) - right(folders, "ewc", 4)
    before = listed(page)
    for state in ("wrong", "partly", "outdated"):
        if tally(page, "b", state):
            break
    else:
        pytest.fail("B lost nothing")
    expected = tally(page, "b", state)
    button = page.locator(".tally-line").nth(1).get_by_role("button", name=re.compile(state))
    reader(button.click)
    assert listed(page) == expected < before
    assert all_subjects(page) <= both
    assert reader.done <= MOST


def test_the_update_that_broke_a_fact_and_the_suspects(
    open_page: Open, folders: list[Path]
) -> None:
    page, reader = open_page("#s=4&change=broken"), Reader()
    reader(page.locator(".facts-body .fact-row").first.click)
    drawer = page.get_by_role("dialog")
    assert drawer.locator(".flip").first.get_by_role("button", name="update 4").count() == 1
    assert "Suspects, not proof" in drawer.inner_text()
    assert reader.done <= MOST
