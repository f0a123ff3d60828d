"""The strategies compared: mean and interval of every score, one row a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.evaluation.metrics import ENOUGH
from cltool.evaluation.scores import Score, all_scores
from cltool.reporting import formats
from cltool.reporting.columns import shown_columns
from cltool.reporting.table import NEW_FLOOR, extent, margin, progress, scores_of, standing
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant
from cltool.runs.tables import compare

TITLE = "Strategies compared"

NUMBERS = ("mean", "half", "low", "high")
"""What the page shows of a score: mean, half of the interval, smallest and largest value."""


def data(group: Group) -> dict[str, Any]:
    """Return the best strategies, the means, and their spread over streams and over training.

    Returns:
        ``best`` (score → strategy, or None), ``tied`` (score → strategies that are not told apart
        from the best mean), ``means`` (strategy → score → `NUMBERS`), ``spread``.
    """
    frame = compare(group)
    columns = scores_of(frame)
    means: dict[str, Any] = {}
    for variant in group.variants:
        means[variant.label] = {
            column.name: dict(zip(NUMBERS, _numbers(variant, column.name), strict=True))
            for column in columns
        }
    found = {column.name: standing(frame, column) for column in columns}
    return {
        "best": {name: one.best or None for name, one in found.items()},
        "tied": {name: [*one.tied] for name, one in found.items()},
        "means": means,
        "spread": _spread(group),
    }


def _numbers(variant: Variant, score: str) -> list[float | None]:
    return [formats.number(one) for one in (*variant.interval(score), *variant.extremes(score))]


def _spread(group: Group) -> list[dict[str, Any]]:
    """Return the standard deviations over streams and over training, where both can be told."""
    rows = []
    for variant in group.variants:
        pairs = {name: variant.spread(name) for name in ("new", "retained", "acc")}
        if any(streams == streams for streams, _ in pairs.values()):
            found = {
                name: [formats.shown(one, formats.precise) for one in pair]
                for name, pair in pairs.items()
            }
            rows.append({"name": variant.label, "scores": found})
    return rows


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return the table, how to read it, and what its columns mean; headers sort it."""
    known = all_scores()
    columns = [known[name] for name in data["means"][group["strategies"][0]["name"]]]
    first = shown_columns(columns, group.get("columns"))
    columns = [*first, *(column for column in columns if column not in first)]
    hidden = {column.name for column in columns} - {column.name for column in first}
    steps = len(group["labels"])
    rows = [
        {
            "name": strategy["name"],
            "note": _runs(strategy, steps),
            "behind": strategy["done"] < steps,
            "cells": [
                _cell(strategy["name"], column, data, column.name in hidden) for column in columns
            ],
        }
        for strategy in group["strategies"]
    ]
    return fill(
        "views/scores.html",
        columns=columns,
        rows=rows,
        hidden=hidden,
        number=group["number"],
        best=any(data["best"][column.name] for column in columns),
        tied=any(data["tied"][column.name] for column in columns),
        floor=NEW_FLOOR,
        spread=data.get("spread", []),
        few=any(strategy["units"] < ENOUGH for strategy in group["strategies"]),
    )


def _runs(strategy: Mapping[str, Any], steps: int) -> str:
    """Return how many runs count and, if they are behind, how far they got."""
    counted = formats.plural(strategy["counted"], "run")
    if len(strategy["runs"]) > strategy["counted"]:
        counted = f"{strategy['counted']} of {formats.plural(len(strategy['runs']), 'run')}"
    lost = sum(run["diverged"] for run in strategy["runs"])
    if lost == len(strategy["runs"]):
        return f"diverged after {progress(strategy['done'], steps)}"
    behind = f", {progress(strategy['done'], steps)}" if strategy["done"] < steps else ""
    return f"{counted}{behind}" + f", {lost} diverged" * bool(lost)


def _cell(strategy: str, column: Score, data: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    mean, half, low, high = (data["means"][strategy][column.name][part] for part in NUMBERS)
    form = formats.FORMATS[column.format]
    extremes = "" if low is None or half is not None else extent(form, low, high)
    exact = None if mean is None else f"{mean:.6g}" + ("" if half is None else f" ± {half:.2g}")
    best = strategy == data["best"][column.name]
    return {
        "tied": strategy in data["tied"][column.name],
        "text": formats.shown(mean, form),
        "margin": margin(column, mean, half) or extremes,
        "attributes": {
            "class": " ".join(["best"] * best + ["more"] * hidden) or None,
            "data-column": column.name,
            "data-value": None if mean is None else repr(mean),
            "title": exact,
        },
    }
