"""The strategies compared: mean and interval of every score, one row a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.evaluation.scores import Score, all_scores
from cltool.reporting import formats
from cltool.reporting.table import compare, leaders, margin, progress, scores_of
from cltool.reporting.templates import fill
from cltool.runs.groups import Group

TITLE = "Strategies compared"


def data(group: Group) -> dict[str, Any]:
    """Return ``leaders`` (score → strategies) and ``means`` (strategy → score → mean, half)."""
    frame = compare(group)
    columns = scores_of(frame)
    means: dict[str, Any] = {}
    for variant in group.variants:
        pairs = {column.name: variant.interval(column.name) for column in columns}
        means[variant.label] = {
            name: {"mean": formats.number(mean), "half": formats.number(half)}
            for name, (mean, half) in pairs.items()
        }
    return {"leaders": {column.name: leaders(frame, column) for column in columns}, "means": means}


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return the table, how to read it, and what its columns mean; headers sort it."""
    known = all_scores()
    columns = [known[name] for name in data["leaders"]]
    steps = len(group["labels"])
    rows = [
        {
            "name": strategy["name"],
            "note": _runs(strategy, steps),
            "behind": strategy["done"] < steps,
            "cells": [_cell(strategy["name"], column, data) for column in columns],
        }
        for strategy in group["strategies"]
    ]
    return fill(
        "views/scores.html",
        columns=columns,
        rows=rows,
        marked=any(data["leaders"].values()),
        single=any(strategy["counted"] < 2 for strategy in group["strategies"]),
    )


def _runs(strategy: Mapping[str, Any], steps: int) -> str:
    """Return how many runs count and, if they are behind, how far they got."""
    counted = formats.plural(strategy["counted"], "run")
    if len(strategy["runs"]) > strategy["counted"]:
        counted = f"{strategy['counted']} of {formats.plural(len(strategy['runs']), 'run')}"
    behind = strategy["done"] < steps
    return f"{counted}, {progress(strategy['done'], steps)}" if behind else counted


def _cell(strategy: str, column: Score, data: Mapping[str, Any]) -> dict[str, Any]:
    mean, half = (data["means"][strategy][column.name][part] for part in ("mean", "half"))
    exact = None if mean is None else f"{mean:.6g}" + ("" if half is None else f" ± {half:.2g}")
    return {
        "text": formats.shown(mean, formats.FORMATS[column.format]),
        "margin": margin(column, mean, half),
        "attributes": {
            "class": "best" if strategy in data["leaders"][column.name] else None,
            "data-value": None if mean is None else repr(mean),
            "title": exact,
        },
    }
