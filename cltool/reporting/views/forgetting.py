"""Forgetting by age, relation and form of wording, drawn by the script of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.reporting.templates import fill
from cltool.runs.groups import Group

TITLE = "Forgetting by age, relation and wording"


def data(group: Group) -> dict[str, bool]:
    """Return ``answers``: whether the answers of all runs are there, not only their scores."""
    return {"answers": all(measured.has_answers for measured in group.runs)}


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return the places of the charts, or what they need."""
    return fill("views/forgetting.html", answers=data["answers"])
