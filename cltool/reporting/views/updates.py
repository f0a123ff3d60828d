"""What each update did to the facts: how many it taught, broke, brought back or erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.reporting.facts.block import facts_of
from cltool.reporting.facts.by_update import by_update
from cltool.reporting.facts.changes import CHANGES
from cltool.reporting.templates import fill
from cltool.runs.groups import Group

Data = dict[str, Any]

TITLE = "What each update did"
MOST_OPEN = 60
"""Rows up to which all of them are shown; of more, those of each update open on their own."""


def data(group: Group) -> Data | None:
    """Return what each update did under each strategy; None where a run has only its scores.

    Returns:
        ``counts``: strategy → a number of keys for each of `CHANGES`, an update each, from update
        1. Only updates that a run of the strategy has done are there. ``facts``: the number of
        keys that were looked at, ``of`` that of all keys: of very many, a sample is looked at.
    """
    facts = facts_of(group)
    if facts is None:
        return None
    found = {variant.label: by_update(group, variant) for variant in group.variants}
    counts = {name: own.counts for name, own in found.items() if own is not None}
    return {"counts": counts, "facts": len(facts.keys), "of": facts.keys.found}


def render(data: Data | None, group: Mapping[str, Any]) -> Markup:
    """Return a row for each update and strategy, with a column for each change that happened."""
    known: dict[str, list[dict[str, int]]] = {} if data is None else data["counts"]
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
        sample=None if data is None or data["facts"] == data["of"] else data,
        updates=updates,
        changes={name: CHANGES[name] for name in shown},
        several=len(known) > 1,
        folded=len(counts) > MOST_OPEN,
    )
