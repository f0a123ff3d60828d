"""A manager, in at most three interactions: can I ship this, and if not, which facts forbid it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.reporting.report_page import write_report
from cltool.runs.requirements import read_requirements
from cltool.runs.run import Run

from .conftest import Open
from .page import all_subjects, right, shared


@pytest.fixture(scope="module")
def judged(folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    bounds = read_requirements(["retained>=0.5"])
    path = tmp_path_factory.mktemp("judged") / "report.html"
    return write_report([Run(folder) for folder in folders], path, bounds=bounds)


def test_whether_to_ship_is_read_and_the_facts_are_one_click_away(
    open_page: Open, judged: Path, folders: list[Path]
) -> None:
    page = open_page(path=judged)
    strip = page.locator(".requirements tbody tr")
    verdicts = {row.split()[0]: row for row in strip.all_inner_texts()}
    assert "FAIL" in verdicts["naive"]
    assert "PASS" in verdicts["joint"]
    strip.filter(has_text="naive").get_by_role("link").click()
    page.locator("#facts-grid").wait_for()
    assert shared(page)["group"] == "retained"
    lost = all_subjects(page)
    assert len(lost) > 5
    assert not lost & right(folders, "naive", 7)
    page.wait_for_function("document.querySelector('.facts').getBoundingClientRect().top < 400")
