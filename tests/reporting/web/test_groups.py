"""A page of two scenarios: one is shown at a time, and the charts of the other lead to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.reporting.report_page import write_report

from ..conftest import Recipe, write_run
from .conftest import Open
from .page import listed, shared

COUNTRIES = ("naive", "joint")
TOWNS = ("ewc", "lwf", "si")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("groups")
    recipes = [Recipe(strategy=name, facts=40, per_update=8) for name in COUNTRIES]
    recipes += [
        Recipe(strategy=name, seed=3, subject="Town", record={"scenario": "towns"})
        for name in TOWNS
    ]
    runs = [write_run(folder / one.strategy, one) for one in recipes]
    return write_report(runs, folder / "report.html")


def test_another_scenario_is_shown_without_what_was_chosen_in_the_first(
    open_page: Open, both: Path
) -> None:
    page = open_page("#seed=0&s=3&k=2", path=both)
    assert listed(page) == 40
    page.get_by_label("Runs").select_option(label="towns on tiny, exact")
    page.get_by_text("24 facts", exact=True).wait_for()
    assert shared(page) == {"g": "1"}
    assert page.get_by_label("Run A").locator("option").all_inner_texts() == list(TOWNS)


def test_charts_are_drawn_when_the_facts_of_their_scenario_are_decoded(
    open_page: Open, both: Path
) -> None:
    page = open_page(path=both)
    page.set_viewport_size({"width": 1280, "height": 15_000})  # all charts are in sight
    drawings = page.locator("[data-chart] .chart-drawing > svg")
    page.wait_for_function(
        "charts => document.querySelectorAll(charts).length >= 11",
        arg="[data-chart] .chart-drawing > svg",
    )
    names = [drawings.nth(i).get_attribute("aria-label") or "" for i in range(drawings.count())]
    assert [name for name in names if name.startswith("Heat maps")] == [
        "Heat maps: A: naive, B: joint, A − B; the table has the numbers",
        "Heat maps: A: ewc, B: lwf, A − B; the table has the numbers",
    ]


def test_a_click_on_a_chart_of_another_scenario_shows_its_facts(
    open_page: Open, both: Path
) -> None:
    page = open_page("#s=1&relation=works+for", path=both)
    place = page.locator("[data-chart=steps]").nth(1)
    place.scroll_into_view_if_needed()
    table = place.locator("figure.chart details")
    table.locator("summary").click()
    row = table.locator("tr", has_text="retained").filter(has_text="si")
    row.get_by_role("button").nth(4).click()
    assert shared(page) == {"g": "1", "a": "2", "s": "5", "group": "retained"}
    page.locator(".facts-body .subject", has_text="Town").first.wait_for()
