"""The list of facts: keyboard, sorting, and what is in the page of a long list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import Open
from .page import listed, shared, subjects

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _active(page: Page) -> str:
    grid = page.locator("#facts-grid")
    where = grid.get_attribute("aria-activedescendant")
    assert page.locator(f"[id='{where}']").count() == 1, "the active cell is not in the page"
    return str(where)


def test_it_is_used_by_keyboard_alone(open_page: Open) -> None:
    page = open_page()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "facts-grid":
            break
    assert page.evaluate("document.activeElement.id") == "facts-grid"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert _active(page) == "cell-1-1"
    page.keyboard.press("Control+End")
    assert _active(page).startswith(f"cell-{listed(page) - 1}-")
    page.keyboard.press("PageUp")
    page.keyboard.press("Control+Home")
    assert _active(page) == "cell-0-0"
    # The header is the row above the first: Enter sorts by its column.
    page.keyboard.press("ArrowUp")
    assert _active(page) == "cell--1-0"
    page.keyboard.press("Enter")
    assert shared(page)["sort"] == "fact"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    drawer.wait_for()
    assert subjects(page)[1] in drawer.get_by_role("heading").first.inner_text()
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")
    assert page.evaluate("document.activeElement.id") == "facts-grid"
    assert _active(page) == "cell-1-0"


def test_every_column_sorts(open_page: Open) -> None:
    page = open_page()
    for column in ("Fact", "Taught", "States", "Answer", "Margin"):
        header = page.locator("#facts-grid").get_by_role("columnheader", name=column)
        header.click()
        assert header.get_attribute("aria-sort") == "ascending"
        up = subjects(page)
        header.click()
        assert header.get_attribute("aria-sort") == "descending"
        assert subjects(page) != up
        header.click()
        assert header.get_attribute("aria-sort") == "none"
    page.get_by_label("Sort by").select_option(label="state of B, worst first")
    assert shared(page)["sort"] == "b"


def test_only_what_is_in_sight_is_in_the_page(open_page: Open) -> None:
    page = open_page()
    rows = page.locator(".facts-body .fact-row").count()
    assert rows < listed(page)
    page.locator("#facts-grid").evaluate("grid => { grid.scrollTop = 1e6; }")
    page.wait_for_function(
        "count => document.querySelector(`[aria-rowindex='${count + 1}']`) !== null",
        arg=listed(page),
    )
    assert page.locator(".facts-body .fact-row").count() <= rows + 5


def test_the_drawer_goes_to_the_next_fact_and_the_one_before(open_page: Open) -> None:
    page = open_page("#sort=fact&k=0")
    drawer = page.get_by_role("dialog")
    names = subjects(page)
    place = names.index("Person 0")
    drawer.get_by_role("button", name="Next fact").click()
    assert names[place + 1] in drawer.get_by_role("heading").first.inner_text()
    # The button keeps the focus, and the list follows.
    page.keyboard.press("Enter")
    assert names[place + 2] in drawer.get_by_role("heading").first.inner_text()
    assert _active(page).startswith(f"cell-{place + 2}-")
    drawer.get_by_role("button", name="Fact before").click()
    drawer.get_by_role("button", name="Fact before").click()
    assert "Person 0" in drawer.get_by_role("heading").first.inner_text()
    page.get_by_role("slider", name="Step").focus()
    page.keyboard.press("Escape")
    assert "k" not in shared(page)
    page.go_back()
    drawer.get_by_role("button", name="Close").click()
    assert "k" not in shared(page)


def test_the_life_in_the_drawer_is_that_of_the_ledger(open_page: Open, folders: list) -> None:  # type: ignore[type-arg]
    from cltool.runs.run import Run

    page = open_page("#a=0&s=7&seed=0")
    page.locator(".facts-body .fact-row").nth(3).click()
    name = subjects(page)[3]
    (run,) = [Run(one) for one in folders if one.name == "naive-0"]
    rows = run.answers[(run.answers["subject"] == name) & (run.answers["form"] != "trained")]
    life = page.get_by_role("dialog").locator(".life tbody tr")
    assert life.count() == 8
    for step, at_step in rows.groupby("step"):
        text = life.nth(int(str(step))).inner_text()
        assert at_step["accepted"].iloc[0][0] in text
        if at_step["group"].iloc[0] != "erased":
            assert f"{at_step['right'].sum()}/{len(at_step)}" in text
    prompts = page.get_by_role("dialog").locator(".wordings dt")
    assert [f"{name} works for" in text for text in prompts.all_inner_texts()] == [True] * 3
