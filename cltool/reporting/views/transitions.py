"""How answers changed: since each fact was taught, from first to last step, and step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cltool.evaluation import outcomes
from cltool.evaluation.outcomes import OUTCOMES
from cltool.reporting import formats
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant

if TYPE_CHECKING:
    import pandas as pd

Counts = dict[str, dict[str, int]]

TITLE = "Transitions"
SHOWN = {
    "taught": (
        "From the step that taught a fact to the last step, facts of all earlier steps",
        (("right", "right"), ("right", "wrong"), ("right", "outdated"), ("wrong", "right")),
    ),
    "base": (
        "From the first step to the last, facts of the base",
        (("right", "right"), ("right", "wrong"), ("wrong", "right")),
    ),
}
"""Which transitions are shown of which facts."""


def data(group: Group) -> dict[str, Any]:
    """Return strategy → `transitions`, without those that have fewer than two steps."""
    found = {variant.label: transitions(variant) for variant in group.variants}
    return {name: one for name, one in found.items() if one is not None}


def transitions(variant: Variant) -> dict[str, Any] | None:
    """Count how answers changed, in probes, summed over the runs that have scores.

    Returns:
        None with fewer than two steps, or no such run. Else ``base[before][after]``, for each of
        `OUTCOMES`, from the first step to the last, of base facts still valid (never outdated: what
        was valid from the start has superseded nothing); ``taught[before][after]``, from
        the step that taught a fact to the last, of all facts taught before it; ``after``,
        that last step; ``worst``, the step that lost most right answers of the step before.
    """
    if variant.done < 2 or not variant.scored:
        return None
    last = variant.done - 1
    base = taught = outcomes.no_moves()
    lost: Counter[int] = Counter()
    for measured in variant.scored:
        base = base.add(measured.moves_from_base)
        taught = taught.add(measured.moves_since_taught)
        lost.update(measured.lost_by_step)
    step, count = max(lost.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    worst = {"step": step, "lost": count} if count else None
    return {"after": last, "base": _counts(base), "taught": _counts(taught), "worst": worst}


def _counts(moves: pd.DataFrame) -> Counts:
    rows = moves.to_numpy().tolist()
    return {
        before: dict(zip(OUTCOMES, row, strict=True))
        for before, row in zip(OUTCOMES, rows, strict=True)
    }


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return a table for each kind of transition, and one of the worst steps."""
    labels = group["labels"]
    named: dict[str, Mapping[str, Any]] = {}
    for name, one in data.items():
        until = "" if one["after"] == len(labels) - 1 else f" (until {labels[one['after']]})"
        named[name + until] = one
    tables = [
        {
            "caption": caption,
            "header": ["strategy", "asked", *(f"{before} → {after}" for before, after in pairs)],
            "rows": [_row(name, one[part], pairs) for name, one in named.items()],
        }
        for part, (caption, pairs) in SHOWN.items()
    ]
    worst = [[name, *_worst(one["worst"], labels)] for name, one in named.items()]
    return fill("views/transitions.html", tables=tables, worst=worst)


def _row(name: str, counts: Counts, pairs: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    asked = sum(sum(after.values()) for after in counts.values())
    cells = [counts[before][after] for before, after in pairs]
    percents = [f"{100 * n / asked:.0f}{formats.THIN}%" if asked else formats.DASH for n in cells]
    return {"name": name, "asked": asked, "cells": list(zip(cells, percents, strict=True))}


def _worst(worst: Mapping[str, int] | None, labels: list[str]) -> list[str]:
    if worst is None:
        return [formats.DASH] * 2
    return [labels[worst["step"]], formats.whole(worst["lost"])]
