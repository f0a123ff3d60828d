"""How answers changed: since each fact was taught, from first to last step, and step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cltool.evaluation import metrics
from cltool.evaluation.ledger import PROBE
from cltool.reporting import formats
from cltool.reporting.since_taught import since_taught
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant

if TYPE_CHECKING:
    import pandas as pd

Counts = dict[str, dict[str, int]]

TITLE = "Answers that moved"
KINDS = ("right", "outdated", "wrong")
SHOWN = {
    "taught": (
        "From being taught to the end, facts of all steps before the last",
        (("right", "right"), ("right", "wrong"), ("right", "outdated"), ("wrong", "right")),
    ),
    "base": (
        "From the first step to the last, base facts",
        (("right", "right"), ("right", "wrong"), ("wrong", "right")),
    ),
}
"""Which transitions are shown of which facts."""


def data(group: Group) -> dict[str, Any]:
    """Return strategy → `transitions`, without those that have fewer than two steps."""
    found = {variant.label: transitions(variant) for variant in group.variants}
    return {name: one for name, one in found.items() if one is not None}


def transitions(variant: Variant) -> dict[str, Any] | None:
    """Count how answers changed, in probes, summed over the counted runs.

    Returns:
        None with fewer than two steps. Else ``base[before][after]``, for each of `KINDS`,
        from the first step to the last, of base facts still valid (never outdated: what
        was valid from the start has superseded nothing); ``taught[before][after]``, from
        the step that taught a fact to the last, of all facts taught before it; ``after``,
        that last step; ``worst``, the step that lost most right answers of the step before.
    """
    if variant.done < 2:
        return None
    last = variant.done - 1
    base, taught = _zeros(), _zeros()
    lost: Counter[int] = Counter()
    for measured in variant.counted:
        table = metrics.transitions(measured.answers, 0, last)
        counts = table.loc[list(KINDS), list(KINDS)].to_numpy().tolist()
        for before, row in zip(KINDS, counts, strict=True):
            for after, number in zip(KINDS, row, strict=True):
                base[before][after] += int(number)
        rows = since_taught(measured.answers)
        rows = rows[rows["learned"] < last]
        for before, after in zip(_kinds(rows, "_then"), _kinds(rows, ""), strict=True):
            taught[before][after] += 1
        lost.update(_lost_by_step(measured.answers))
    step, count = max(lost.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    worst = {"step": step, "lost": count} if count else None
    return {"after": last, "base": base, "taught": taught, "worst": worst}


def _zeros() -> Counts:
    return {before: dict.fromkeys(KINDS, 0) for before in KINDS}


def _kinds(rows: pd.DataFrame, suffix: str) -> list[str]:
    return [
        "right" if right else "outdated" if stale else "wrong"
        for right, stale in zip(rows[f"right{suffix}"], rows[f"stale{suffix}"], strict=True)
    ]


def _lost_by_step(rows: pd.DataFrame) -> Counter[int]:
    """Count for each step the probes that were right at the step before and are not right at it.

    One pass over the sorted ledger: `metrics.transitions` of every neighbouring pair
    gives the same counts, at many times the cost.
    """
    asked = metrics.held_out(rows)
    valid = asked[asked["group"].isin(["new", "retained"])].copy()
    valid["probe"] = valid.groupby([*PROBE, "learned"], sort=False).ngroup()
    valid = valid.sort_values(["probe", "step"], kind="stable")
    earlier = valid[["probe", "step", "right"]].shift(1)
    follows = (earlier["probe"] == valid["probe"]) & (earlier["step"] == valid["step"] - 1)
    lost = valid[follows & (earlier["right"] == True) & ~valid["right"]]  # noqa: E712
    return Counter(int(step) for step in lost["step"].tolist())


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
