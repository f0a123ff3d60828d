"""The page of an audit: one HTML file that opens from disk, without a network."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from cltool.reporting.audit_data import SAID
from cltool.reporting.charts import px
from cltool.reporting.templates import page, write_page
from cltool.reporting.verdicts import BAD, WORDS
from cltool.runs.groups import flatten

Data = dict[str, Any]

LEAD = (
    "This page shows whether a model that was made to forget facts can be distinguished from the"
    " reference, a model that was retrained without them. Both were attacked in the same ways, with"
    " the same questions, seeds and batches. The target is the reference's score, not 0. A model"
    " that shows more of the erased facts than the reference has residue, one that shows less is"
    " over-forgotten, and one that does worse on what was to be kept is damaged. All three are"
    " failures."
)

WIDTH, HEIGHT = 132.0, 16.0
FULL = 0.5
"""Difference at the edge of the small charts; larger ones are clipped."""


def write_audit(data: Data, path: Path) -> Path:
    """Write the page of `cltool.reporting.audit_data.audit_data`; the same data, the same file."""
    return write_page(path, render(data))


def render(data: Data) -> str:
    """Return the page."""
    title = "Audit of erased facts"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    attacks = [one | {"chart": _chart(one)} for one in data["attacks"]]
    families = groupby(attacks, key=lambda one: str(one["family"]))
    return page(
        "audit.html",
        data,
        title,
        lead=LEAD,
        bad=BAD,
        tally=[(word, data["verdicts"][word]) for word in WORDS if data["verdicts"].get(word)],
        found=[one for one in attacks if one["verdict"] in BAD],
        families=[(family, list(members)) for family, members in families],
        said=list(SAID),
        settings=flatten(data["settings"], "audit"),
        width=WIDTH,
        height=HEIGHT,
    )


def _chart(one: Data) -> Data | None:
    """Return the geometry of the chart of the interval and the tolerance."""
    if one["low"] is None or one["high"] is None or one["difference"] is None:
        return None

    def at(value: float) -> float:
        return WIDTH / 2 * (1 + max(-1.0, min(1.0, value / FULL)))

    left, right = at(-one["tolerance"]), at(one["tolerance"])
    return {
        "left": left,
        "allowed": right - left,
        "interval": f"M{px(at(one['low']))} {px(HEIGHT / 2)}H{px(at(one['high']))}",
        "spot": at(one["difference"]),
    }
