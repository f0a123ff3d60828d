"""A report in a browser: one Chromium a session, pages that load nothing and log nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cltool.core.errors import UserError
from cltool.reporting.report_page import write_report
from tools.chromium import chromium

from ..conftest import Recipe, write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KEEP = {"naive": 0.6, "joint": 0.99, "ewc": 0.85}
"""The strategies on the page, in order, and how well they keep facts."""

SEEDS = (0, 1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as browser:
            yield browser
    except UserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Run folders of three strategies and two seeds; update 1 erases a fact."""
    root = tmp_path_factory.mktemp("runs")
    recipes = [
        Recipe(strategy=name, seed=seed, keep=keep, facts=60, per_update=8, erase=True)
        for name, keep in KEEP.items()
        for seed in SEEDS
    ]
    return [write_run(root / f"{one.strategy}-{one.seed}", one).folder for one in recipes]


@pytest.fixture(scope="session")
def report(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cltool.runs.run import Run

    path = tmp_path_factory.mktemp("page") / "report.html"
    return write_report([Run(folder) for folder in folders], path)


Open = Callable[..., "Page"]


@pytest.fixture
def open_page(browser: Browser, report: Path) -> Iterator[Open]:
    """Open the report at a hash; at the end, nothing was loaded and nothing was complained of."""
    contexts: list[Any] = []
    asked: list[str] = []
    complaints: list[str] = []

    def _open(hash_: str = "", width: int = 1280, path: Path = report, **options: Any) -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        context.set_default_timeout(20_000)
        page: Page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{path.as_uri()}{hash_}")
        if options.get("java_script_enabled", True):
            page.wait_for_selector("#facts-grid")
        return page

    yield _open
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file:///")] == []
    assert len(asked) == len(contexts), "the page loads something"
    assert complaints == []
