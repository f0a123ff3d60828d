"""The verdicts on top of the report: a number that is missed leads to its facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.reporting.report_page import write_report
from cltool.runs.requirements import read_requirements
from cltool.runs.run import Run

from .conftest import Open

BOUNDS = read_requirements(["retained>=0.95, tokens<=1"])


@pytest.fixture(scope="session")
def required(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("required") / "report.html"
    return write_report([Run(folder) for folder in folders], path, bounds=BOUNDS)


def test_one_click_leads_from_a_missed_number_to_its_facts(open_page: Open, required: Path) -> None:
    page = open_page(path=required)
    strip = page.get_by_role("group", name="Requirements and verdicts")
    strip.get_by_role("row", name="naive").get_by_role("link").first.click()
    assert "group=retained&state=partly,outdated,wrong" in page.url
    assert page.locator("#cltool-view").get_by_text("Facts", exact=True).is_visible()
    top = page.evaluate("document.getElementById('cltool-view').getBoundingClientRect().top")
    assert 0 <= top < 200


def test_without_a_script_it_leads_to_the_table_of_lost_facts(
    open_page: Open, required: Path
) -> None:
    page = open_page(path=required, java_script_enabled=False)
    strip = page.get_by_role("group", name="Requirements and verdicts")
    strip.get_by_role("row", name="naive").get_by_role("link").first.click()
    box = page.get_by_role("heading", name="Facts lost most").bounding_box()
    assert box is not None and 0 <= box["y"] < 400


def test_the_columns_that_are_not_usual_are_shown_on_request(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    head = page.get_by_role("columnheader", name="new, worst")
    assert head.is_hidden()
    page.get_by_label("Show all").check()
    assert head.is_visible()
