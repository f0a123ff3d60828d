"""The page that `cltool dashboard` serves: runs in progress, and new results, in a browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cltool.reporting.live.builder import Builder
from cltool.reporting.live.folder import RunsFolder
from cltool.reporting.live.page import Served, served
from cltool.reporting.live.server import Dashboard

from ..live.beats import KILLED, write_beat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AT = "#s=2&a=1"


@pytest.fixture
def builder(report: Path, tmp_path: Path) -> Builder:
    builder = Builder(RunsFolder.open(tmp_path), lambda folder: "")
    builder.page = served(report.read_text("utf-8"))
    return builder


@pytest.fixture
def server(builder: Builder) -> Iterator[Dashboard]:
    with Dashboard(builder, 0) as one:
        thread = threading.Thread(target=one.serve_forever, args=(0.01,))
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, server: Dashboard) -> Iterator[Page]:
    """The served page at a hash; it asks nobody but its server, and nothing is complained of."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    asked: list[str] = []
    complaints: list[str] = []
    page = context.new_page()
    page.clock.install()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server.url}{AT}")
    page.wait_for_selector("#facts-grid")
    yield page
    context.close()
    assert {url.partition("#")[0] for url in asked} == {server.url, f"{server.url}status.json"}
    assert [text for text in complaints if "favicon" not in text] == []


def strip(page: Page) -> Any:
    return page.get_by_role("region", name="Runs in progress")


def anew(report: Path) -> Served:
    """The page after a further step."""
    return served(report.read_text("utf-8").replace("</body>", "<!-- a step --></body>"))


def wait(page: Page) -> None:
    """Let the page ask its server once more."""
    with page.expect_response(re.compile("status")):
        page.clock.run_for(2100)


def test_runs_in_progress_are_shown(page: Page, builder: Builder) -> None:
    strip(page).get_by_text("No run is in progress").wait_for()

    write_beat(builder.folder.path / "one", strategy="replay<b>")
    write_beat(builder.folder.path / "two", strategy="ewc", pid=KILLED)
    wait(page)

    items = strip(page).get_by_role("listitem")
    items.nth(1).wait_for()
    assert items.nth(0).inner_text().startswith("replay<b>, seed 1")
    assert "step 2 of 7 (2012-06): training 50%" in items.nth(0).inner_text()
    assert "its process is gone" in items.nth(1).inner_text()
    assert strip(page).get_by_role("progressbar").nth(0).get_attribute("value") == "0.3"


def test_new_results_are_shown_where_the_reader_was(
    page: Page, builder: Builder, report: Path
) -> None:
    newer = builder.page = anew(report)
    with page.expect_navigation():
        page.clock.run_for(2100)

    page.wait_for_selector("#facts-grid")
    assert page.url.endswith(AT)
    assert page.locator("html").get_attribute("data-version") == newer.version


def test_a_server_with_yet_another_page_does_not_load_it_for_ever(
    page: Page, builder: Builder, report: Path
) -> None:
    assert builder.page is not None
    builder.page = replace(builder.page, version="another")  # than the one in the page
    with page.expect_navigation():
        page.clock.run_for(2100)
    page.wait_for_selector("#facts-grid")
    wait(page)
    strip(page).get_by_role("button", name="Show the new results").wait_for()


def test_nobody_is_interrupted(page: Page, builder: Builder, report: Path) -> None:
    page.get_by_label("Search facts").press("P")
    builder.page = anew(report)
    wait(page)
    button = strip(page).get_by_role("button", name="Show the new results")
    button.wait_for()
    assert page.get_by_label("Search facts").input_value() == "P"
    with page.expect_navigation():
        button.click()
    assert page.locator("html").get_attribute("data-version") == builder.page.version


def test_why_there_is_nothing_new_is_said(page: Page, builder: Builder) -> None:
    builder.error = "a file is damaged"
    wait(page)
    strip(page).get_by_text("cannot be made anew: a file is damaged").wait_for()


def test_a_page_from_a_file_asks_nobody(browser: Browser, report: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(report.as_uri())
    page.wait_for_selector("#facts-grid")
    assert strip(page).count() == 0
    context.close()
