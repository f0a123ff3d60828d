"""What each update did to the facts: how many it taught, broke, brought back or erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.reporting.facts.by_update import by_update
from cltool.reporting.facts.changes import CHANGES
from cltool.reporting.templates import fill
from cltool.runs.groups import Group

Data = dict[str, list[dict[str, int]]]

TITLE = "What each update did"
MOST_OPEN = 60
"""Rows up to which all of them are shown; of more, those of each update open on their own."""


def data(group: Group) -> Data | None:
    """Return strategy → a count of keys for each of `CHANGES`, an update each, from update 1.

    Only updates that a run of the strategy has done are there. None where only the scores of a run
    are there, not its answers.
    """
    found: Data = {}
    for variant in group.variants:
        own = by_update(group, variant)
        if own is None:
            return None
        found[variant.label] = own.counts
    return found


def render(data: Data | None, group: Mapping[str, Any]) -> Markup:
    """Return a row for each update and strategy, with a column for each change that happened."""
    known = data or {}
    counts = [one for updates in known.values() for one in updates]
    shown = [name for name in CHANGES if any(one[name] for one in counts)]
    updates = []
    for step, label in enumerate(group["labels"][1:]):
        rows = [
            (name, [own[step][change] for change in shown])
            for name, own in known.items()
            if step < len(own)
        ]
        if rows:
            updates.append({"label": label, "rows": rows})
    return fill(
        "views/updates.html",
        missing=data is None,
        updates=updates,
        changes={name: CHANGES[name] for name in shown},
        several=len(known) > 1,
        folded=len(counts) > MOST_OPEN,
    )
