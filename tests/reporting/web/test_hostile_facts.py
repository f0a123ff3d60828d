"""Facts from anywhere: they stay text, and the page keeps its shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.reporting.report_page import write_report

from ..conftest import EVIL, Recipe, write_run
from .conftest import Open

LONG = "W" * 10_000
OVERRIDE = "\u202egnp.exe\u202c\u2066"


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    record = {"scenario": EVIL, "model": EVIL}
    runs = [
        write_run(
            folder / str(number),
            Recipe(
                strategy=EVIL, subject=subject, record=record, settings={"learner": {"n": number}}
            ),
        )
        for number, subject in enumerate((LONG, f"{OVERRIDE}{EVIL}"))
    ]
    return write_report(runs, folder / "report.html", EVIL)


@pytest.mark.parametrize("width", [360, 1440])
def test_they_stay_text_and_the_page_keeps_its_width(
    open_page: Open, evil: Path, width: int
) -> None:
    page = open_page("#k=0", path=evil, width=width)
    page.get_by_role("dialog").wait_for()
    for key in (0, 30):
        page.evaluate(f"location.hash = 'k={key}'")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("#cltool-view script, #cltool-bar script").count() == 0
    heights = page.locator(".facts-body .fact-row").evaluate_all(
        "rows => [...new Set(rows.map(row => row.offsetHeight))]"
    )
    assert len(heights) == 1
    assert page.locator(".facts-body .subject").first.evaluate("node => node.tagName") == "BDI"
    page.get_by_label("Search facts").fill(EVIL) if width > 800 else None
    assert page.title() == EVIL
