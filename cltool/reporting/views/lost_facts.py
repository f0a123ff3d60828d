"""Facts that were right right after they were taught and are not right at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cltool.reporting.facts.block import facts_of
from cltool.reporting.facts.by_update import by_update
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant

TITLE = "Facts lost most"
SHOWN_FACTS = 50
LONGEST_ANSWER = 60

Fact = tuple[str, str, int, str]
"""Subject, relation, the step that taught it, object."""

FACT = ("subject", "relation", "learned", "object")


def data(group: Group) -> dict[str, Any]:
    """Return the facts that were lost most, of the variants that got furthest.

    The other variants are at another step, where other facts are valid.

    Returns:
        ``rows``, most lost first, each with one cell a variant (None of one that is behind
        or never had the fact right): answers ``lost`` of those ``right`` after teaching,
        the ``answer`` now given most, whether it is ``stale``, the last step that ``broke`` the
        fact (None if no step made its answers worse, or it is not in the page's sample);
        ``total``: facts lost. No rows and no total where only the scores of a run are there, not
        its answers.
    """
    if not all(measured.has_answers for measured in group.runs):
        return {"rows": [], "total": None}
    furthest = max((variant.done for variant in group.variants), default=0)
    shown = [variant for variant in group.variants if variant.done == furthest > 0]
    weights: Counter[Fact] = Counter()
    for variant in shown:
        for fact, cell in _cells(variant).items():
            weights[fact] += cell["lost"] / cell["asked"]
    ranked = sorted((fact for fact in weights if weights[fact] > 0), key=lambda f: -weights[f])
    rows: list[dict[str, Any]] = [
        {"subject": subject, "relation": relation, "learned": learned, "object": name, "cells": []}
        for subject, relation, learned, name in ranked[:SHOWN_FACTS]
    ]
    for variant in group.variants:
        cells = _cells(variant, ranked[:SHOWN_FACTS]) if variant in shown else {}
        _add_step(group, variant, cells)
        for fact, row in zip(ranked, rows, strict=False):
            row["cells"].append(cells.get(fact))
    return {"rows": rows, "total": len(ranked)}


def _cells(variant: Variant, wanted: Sequence[Fact] = ()) -> dict[Fact, dict[str, Any]]:
    """Return a cell for each fact that was right after it was taught, over the scored runs.

    Args:
        variant: the runs.
        wanted: the facts that get the answer given instead; by default none does.
    """
    facts: dict[Fact, dict[str, Any]] = {}
    said: dict[Fact, Counter[tuple[str, bool]]] = {fact: Counter() for fact in wanted}
    for measured in variant.scored:
        since = measured.ledger.since_taught
        columns = (since.facts[name].to_pylist() for name in FACT)
        keys = list(zip(*columns, strict=True))
        counts = [since.facts[name].to_pylist() for name in ("asked", "right", "lost")]
        for fact, asked, right, lost in zip(keys, *counts, strict=True):
            cell = facts.setdefault(fact, {"lost": 0, "right": 0, "asked": 0})
            cell["asked"] += asked
            cell["right"] += right
            cell["lost"] += lost
        if wanted:
            answers = [since.lost[name].to_pylist() for name in ("fact", "answer", "stale")]
            for place, answer, stale in zip(*answers, strict=True):
                if keys[place] in said:
                    said[keys[place]][_short(answer), stale] += 1
    for fact, counted in said.items():
        if counted:
            (answer, stale), _ = counted.most_common(1)[0]
            facts[fact].update(answer=answer, stale=stale)
    found = wanted or facts
    return {fact: facts[fact] for fact in found if facts.get(fact, {}).get("right")}


def _add_step(group: Group, variant: Variant, cells: dict[Fact, dict[str, Any]]) -> None:
    """Add to each cell the step that broke its fact."""
    facts, found = facts_of(group), by_update(group, variant)
    if not cells or facts is None or found is None:
        return
    places, names, last = facts.keys.by_name(), facts.texts.all(), variant.done - 1
    for (subject, relation, learned, name), cell in cells.items():
        # Another stream may say something else of the same subject and relation.
        same = [
            place
            for place in places.get((subject, relation), ())
            if facts.learned[last, place] == learned and names[facts.object[last, place]] == name
        ]
        cell["broke"] = max((int(found.broken_by[place]) for place in same), default=0) or None


def _short(answer: str) -> str:
    """Return an answer without the sentence's end, cut to fit a table."""
    line = answer.strip().removesuffix(".")
    return line if len(line) <= LONGEST_ANSWER else line[: LONGEST_ANSWER - 1] + "…"


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return a table: a row a fact, a column a strategy with the answer it gives instead."""
    return fill(
        "views/lost_facts.html",
        lost=data,
        labels=group["labels"],
        names=[strategy["name"] for strategy in group["strategies"]],
    )
