"""Charts in a browser: what a click selects, what is saved, and what is printed."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.reporting.tuning_page import write_tuning
from cltool.runs.run import Run

from ..test_tuning_page import data, tuning
from .conftest import KEEP, SEEDS, Open
from .page import listed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

NAMES = ("front", "steps", "matrix", "ages", "kinds")
PAINT = "{http://www.w3.org/2000/svg}"


def chart(page: Page, name: str) -> Locator:
    """The drawing of a chart, after it was scrolled to."""
    holder = page.locator(f"[data-chart={name}]").first
    holder.scroll_into_view_if_needed()
    drawing = holder.locator(".chart-drawing > svg").first
    drawing.wait_for()
    drawing.scroll_into_view_if_needed()
    return drawing


def saved(page: Page, button: Locator) -> tuple[str, Path]:
    """The name and the path of the file that a button saves."""
    with page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, Path(download.value.path())


def test_all_charts_fit_a_telephone_and_are_drawn_anew_for_a_wider_page(open_page: Open) -> None:
    page = open_page(width=360, color_scheme="dark")
    for name in NAMES:
        box = chart(page, name).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("document.querySelector('.chart-drawing > svg').clientWidth > 700")


def test_a_cell_lists_the_facts_of_its_update_after_its_step(open_page: Open) -> None:
    page = open_page("#a=1&b=0")
    every = listed(page)
    drawing = chart(page, "matrix")
    cell = drawing.locator("g").first.locator("path").last.bounding_box()  # the diagonal
    assert cell is not None
    size = cell["width"] / 8
    page.mouse.click(cell["x"] + 2.5 * size, cell["y"] + 5.5 * size)
    page.wait_for_function("location.hash.includes('learned=2')")
    assert "s=5" in page.url
    assert 0 < listed(page) < every


def test_a_point_makes_its_strategy_a(open_page: Open) -> None:
    page = open_page("#a=1&b=2")
    drawing = chart(page, "front")
    name = drawing.locator("text", has_text=re.compile("^naive$"))
    box, edge = name.bounding_box(), drawing.bounding_box()
    assert box is not None and edge is not None
    table = page.locator("[data-chart=front] details")
    table.locator("summary").click()
    table.get_by_role("button", name="naive").click()
    page.wait_for_function("/[#&]a=0/.test(location.hash)")
    drawing.locator("text", has_text="A: naive").wait_for()


def test_the_table_of_a_chart_lists_facts_by_keyboard(open_page: Open) -> None:
    page = open_page()
    chart(page, "steps")
    details = page.locator("[data-chart=steps] details")
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    row = details.locator("tr", has_text="retained").first
    row.get_by_role("button").nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('group=retained')")


def test_a_saved_chart_has_its_styles_inside_and_is_light(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    chart(page, "steps")
    steps = page.locator("[data-chart=steps]")
    name, path = saved(page, steps.get_by_role("button", name="SVG"))
    text = path.read_text("utf-8")
    tree = ElementTree.fromstring(text)
    assert name == "scores-after-each-update.svg" and tree.tag == f"{PAINT}svg"
    assert not re.search(r"var\(|\sclass=|\sstyle=|<style", text)
    assert next(tree.iter(f"{PAINT}title")).text
    paper = tree.find(f"{PAINT}rect")
    assert paper is not None and paper.get("fill") == "#ffffff"
    ink = {one.get("fill") for one in tree.iter(f"{PAINT}text")}
    assert "rgb(28, 33, 38)" in ink  # --ink of the light page
    assert {"0.25", "New facts"} <= {one.text for one in tree.iter(f"{PAINT}text")}
    name, path = saved(page, steps.get_by_role("button", name="PNG"))
    assert name.endswith(".png") and path.read_bytes().startswith(b"\x89PNG")


def test_the_strategies_are_saved_with_a_row_for_each_seed(
    open_page: Open, folders: list[Path]
) -> None:
    page = open_page()
    take = page.get_by_role("group", name="Take away: Strategies compared")
    name, path = saved(page, take.get_by_role("button", name="CSV"))
    head, *rows = path.read_text("utf-8-sig").split("\n")[:-1]
    assert name == "strategies-compared.csv" and head.startswith("strategy,seed,new,")
    assert len(rows) == len(KEEP) * len(SEEDS)
    first = dict(zip(head.split(","), rows[0].split(","), strict=True))
    run = next(run for run in map(Run, folders) if run.strategy == first["strategy"])
    assert float(first["retained"]) == run.summary()["retained"]


def test_a_table_is_copied_for_latex_and_markdown(open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    take = page.get_by_role("group", name="Take away: Strategies compared")
    for button, begin in (("LaTeX", r"\begin{tabular}{lr"), ("Markdown", "| strategy | new ↑")):
        take.get_by_role("button", name=button).click()
        take.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith(begin)
        take.get_by_role("button", name=button).wait_for()


def test_a_page_prints_light_from_a_dark_screen(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 38)"
    assert page.locator(".take").first.is_hidden()


def test_a_saved_chart_of_a_search_has_its_legend(browser: Browser, tmp_path: Path) -> None:
    searches = write_tuning(data(tuning("ewc"), tuning("replay")), tmp_path / "tuning.html")
    page = browser.new_page()
    page.goto(searches.as_uri())
    _, path = saved(page, page.get_by_role("button", name="SVG").first)
    tree = ElementTree.fromstring(path.read_text("utf-8"))
    page.close()
    assert {"ewc", "replay", "retained"} <= {one.text for one in tree.iter(f"{PAINT}text")}
