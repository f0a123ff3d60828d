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
    assert headings == ["Strategies compared", "A toy", "Settings"]
    assert ("p", "2 on tiny") in texts
