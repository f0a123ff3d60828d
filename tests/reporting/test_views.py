"""A view is one module and its name in a list."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from markupsafe import Markup

from cltool.reporting import views
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render

from .conftest import Make, Tree


def test_views_have_distinct_headings() -> None:
    assert len({view.TITLE for view in views.views().values()}) == len(views.VIEWS)


def test_a_new_view_becomes_a_section(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = ModuleType("toy")
    vars(toy).update(
        TITLE="A toy",
        data=lambda group: {"runs": len(group.runs)},
        render=lambda data, group: Markup("<p>{} on {}</p>").format(data["runs"], group["model"]),
    )
    monkeypatch.setitem(sys.modules, "cltool.reporting.views.toy", toy)
    monkeypatch.setattr(views, "VIEWS", ["scores", "toy", "settings"])
    data = page_data([make(), make(seed=1)])
    assert data["groups"][0]["views"]["toy"] == {"runs": 2}
    texts = Tree(render(data)).text
    headings = [text for tag, text in texts if tag == "h2"]
    assert headings == ["Strategies compared", "A toy", "Methods and settings"]
    assert ("p", "2 on tiny") in texts


def test_training_says_for_each_update_how_long_and_why(make: Make) -> None:
    stops = ("learned", "no progress")
    runs = [make(strategy="naive", seed=seed) for seed in (0, 1)] + [make(strategy="frozen")]
    for run, stop in zip(runs, stops, strict=False):
        rows = run.cost_rows()
        for row in rows[1:]:
            row["training"] = {
                "stop": stop,
                "epochs": 7 + run.seed,
                "learned": 0.5 + 0.4 * run.seed,
            }
        run.write_costs(rows)
    texts = Tree(render(page_data(runs))).text
    assert ("td", "7–8: learned (1), no progress (1), 0.70") in texts
    reasons = [text for tag, text in texts if tag == "b"]
    assert "learned" in reasons and "budget" not in reasons
