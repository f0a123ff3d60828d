"""Whether each strategy meets the requirements that were given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.evaluation.requirements.bounds import EXAMPLE
from cltool.evaluation.requirements.checks import Verdict
from cltool.reporting.checks import checked, value_of
from cltool.reporting.fact_links import fact_link
from cltool.reporting.templates import fill
from cltool.runs.groups import Group

TITLE = "Requirements"

SIGNS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.UNDECIDED: "?"}
"""A sign beside each verdict, so that it is never told by colour alone."""


def data(group: Group) -> dict[str, Any]:
    """Return ``bounds``, as on the command line, and ``strategies``.

    These are the verdicts (`cltool.reporting.checks.checked`); both are empty without requirements.
    """
    return {"bounds": [bound.text for bound in group.bounds], "strategies": checked(group)}


def links(data: Mapping[str, Any], group: Mapping[str, Any]) -> list[str]:
    """Return the links to facts that `render` writes, each once."""
    rows = data["strategies"]
    found = [_link(one, row["strategy"], group) for row in rows for one in row["checks"]]
    return [*dict.fromkeys(link for link in found if link)]


def _link(check: Mapping[str, Any], strategy: str, group: Mapping[str, Any]) -> str | None:
    """Return the facts behind a number that is missed or undecided."""
    passed = check["verdict"] == Verdict.PASS or check["value"] is None
    return None if passed else fact_link(check["score"], strategy, group)


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return a row for each strategy: its verdict and each number; or how to give requirements."""
    rows = [
        {
            "name": row["strategy"],
            "verdict": row["verdict"],
            "sign": SIGNS[row["verdict"]],
            "cells": [
                {
                    "value": value_of(check),
                    "verdict": check["verdict"],
                    "sign": SIGNS[check["verdict"]],
                    "bound": check["bound"],
                    "reason": check["reason"],
                    "link": None
                    if check["verdict"] == Verdict.PASS
                    else _link(check, row["strategy"], group) or f"scores-{group['number']}",
                }
                for check in row["checks"]
            ],
        }
        for row in data["strategies"]
    ]
    counts = [(one, SIGNS[one], sum(row["verdict"] == one for row in rows)) for one in Verdict]
    return fill(
        "views/verdict.html", bounds=data["bounds"], rows=rows, counts=counts, example=EXAMPLE
    )
