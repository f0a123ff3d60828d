"""The bar: A, B, step, search, filters; all of it in the hash, and Back works."""

from __future__ import annotations

import re
from pathlib import Path

from .conftest import Open
from .page import all_subjects, listed, right, shared, tally


def test_a_and_b_are_chosen_and_swapped(open_page: Open, folders: list[Path]) -> None:
    page = open_page()
    page.get_by_label("Run A").select_option(label="ewc")
    assert tally(page, "a", "right") == len(right(folders, "ewc", 7))
    page.get_by_role("button", name="Swap A and B").click()
    assert shared(page) == {"a": "1", "b": "2"}
    assert tally(page, "b", "right") == len(right(folders, "ewc", 7))
    page.get_by_label("Run B").select_option(label="none")
    assert page.locator(".tally-line").count() == 1
    assert page.get_by_label("only where A and B differ").count() == 0
    page.get_by_label("Run B").select_option(label="joint")
    assert page.locator(".tally-line").count() == 2
    assert page.get_by_role("alert").count() == 0


def test_the_step_moves_by_slider_buttons_and_keys(open_page: Open, folders: list[Path]) -> None:
    page = open_page()
    page.get_by_role("button", name="Step before").click()
    assert page.get_by_role("heading", name="What update 6 did").count() == 1
    slider = page.get_by_role("slider", name="Step")
    slider.press("Home")
    assert shared(page)["s"] == "0"
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    assert shared(page)["s"] == "2"
    assert slider.get_attribute("aria-valuetext") == "update 2, 2012-06"
    assert tally(page, "a", "right") == len(right(folders, "naive", 2))


def test_a_search_and_what_it_finds(open_page: Open) -> None:
    page = open_page()
    everything = listed(page)
    page.get_by_label("Search facts").type("PERSON 1")
    assert 0 < listed(page) < everything
    rows = page.locator(".facts-body .fact-row").all_inner_texts()
    assert all("Person" in row and "1" in row for row in rows)
    page.get_by_label("Search facts").type("zzz")
    assert listed(page) == 0
    page.get_by_role("button", name=re.compile("Remove the filter search")).click()
    assert listed(page) == everything


def test_each_filter_narrows_the_list(open_page: Open, folders: list[Path]) -> None:
    page = open_page("#s=4")
    everything = listed(page)
    page.get_by_role("button", name="Filters").click()
    for name, option, parameter in (
        ("Relation", "works for", "relation"),
        ("Group", "erased", "group"),
        ("Taught at", "2014-09", "learned"),
        ("State", "not right", "state"),
        ("Change", "broken", "change"),
        ("Form", "question", "form"),
        ("Seed", "1", "seed"),
    ):
        picker = page.locator("#bar-filters").get_by_label(name, exact=True)
        picker.select_option(label=option, timeout=5000)
        assert shared(page)[parameter], name
        if name not in ("Relation", "Form", "Seed"):
            assert 0 < listed(page) < everything, name
        picker.select_option(value="")
        assert parameter not in shared(page)
        assert listed(page) == everything


def test_only_where_a_and_b_differ(open_page: Open, folders: list[Path]) -> None:
    page = open_page("#s=4&group=new,retained")
    page.get_by_label("only where A and B differ").check()
    differ = right(folders, "naive", 4) ^ right(folders, "joint", 4)
    assert differ <= all_subjects(page)
    assert page.get_by_role("button", name=re.compile("Remove the filter only")).count() == 1


def test_a_seed_is_counted_alone(open_page: Open, folders: list[Path]) -> None:
    page = open_page("#seed=1")
    one = [folder for folder in folders if folder.name.endswith("-1")]
    assert tally(page, "a", "right") == len(right(one, "naive", 7))


def test_back_and_forward_and_a_shared_link(open_page: Open) -> None:
    page = open_page()
    everything = listed(page)
    page.get_by_role("button", name=re.compile("^Update 4,")).click()
    page.get_by_role("button", name=re.compile(r"^\d+ broken, A$")).click()
    few = listed(page)
    page.get_by_label("Search facts").type("person")
    page.locator(".facts-body .fact-row").first.click()
    link = page.url
    title = page.get_by_role("dialog").get_by_role("heading").first.inner_text()
    for expected in ("q", "change", "s"):
        page.go_back()
        assert expected in shared(page)
    assert "change" not in shared(page)
    assert listed(page) == everything
    page.go_forward()
    assert listed(page) == few
    other = open_page(link[link.index("#") :])
    assert other.get_by_role("dialog").get_by_role("heading").first.inner_text() == title
    assert listed(other) == few


def test_a_link_is_copied(open_page: Open) -> None:
    page = open_page("#s=4", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_hash_with_nonsense_shows_the_page(open_page: Open) -> None:
    page = open_page("#g=9&a=99&b=-7&s=1000&k=99999&sort=zzz&state=zzz&group=zzz&learned=9&seed=5")
    assert listed(page) == 0
    page.get_by_role("button", name="Remove all").click()
    assert listed(page) > 0
