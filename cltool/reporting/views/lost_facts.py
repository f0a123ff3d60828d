"""Facts that were right right after they were taught and are not right at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.evaluation.ledger import KEY
from cltool.evaluation.matchers import CHOICE, matcher_of
from cltool.evaluation.matching import shown
from cltool.evaluation.outcomes import since_taught
from cltool.reporting.facts.block import facts_of
from cltool.reporting.facts.by_update import by_update
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant

TITLE = "Facts lost most"
SHOWN_FACTS = 50
LONGEST_ANSWER = 60

Fact = tuple[str, str, int, str]
"""Subject, relation, the step that taught it, object."""


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
    by_variant = [_lost_in(v) if v.done == furthest else {} for v in group.variants]
    for variant, cells in zip(group.variants, by_variant, strict=True):
        _add_step(group, variant, cells)
    weights: Counter[Fact] = Counter()
    for cells in by_variant:
        for fact, cell in cells.items():
            weights[fact] += cell["lost"] / cell["asked"]
    ranked = sorted((fact for fact in weights if weights[fact] > 0), key=lambda f: -weights[f])
    rows = [
        {
            "subject": subject,
            "relation": relation,
            "learned": learned,
            "object": name,
            "cells": [cells.get((subject, relation, learned, name)) for cells in by_variant],
        }
        for subject, relation, learned, name in ranked[:SHOWN_FACTS]
    ]
    return {"rows": rows, "total": len(ranked)}


def _lost_in(variant: Variant) -> dict[Fact, dict[str, Any]]:
    """Return a cell for each fact that was right after it was taught, over the scored runs."""
    facts: dict[Fact, dict[str, Any]] = {}
    said: dict[Fact, Counter[tuple[str, bool]]] = {}
    for measured in variant.scored:
        rows = since_taught(measured.answers)
        columns = [*KEY, "learned", "accepted", "right_then", "right", "stale"]
        by_choice = matcher_of(rows) == CHOICE
        answers = rows["chosen"] if by_choice else map(shown, rows["answer"], rows["closing"])
        for subject, relation, learned, accepted, then, now, stale, answer in zip(
            *(rows[column] for column in columns), answers, strict=True
        ):
            fact = (subject, relation, int(learned), str(accepted[0]))
            cell = facts.setdefault(fact, {"lost": 0, "right": 0, "asked": 0})
            cell["asked"] += 1
            cell["right"] += int(then)
            if then and not now:
                cell["lost"] += 1
                said.setdefault(fact, Counter())[_short(answer), bool(stale)] += 1
    for fact, counted in said.items():
        (answer, stale), _ = counted.most_common(1)[0]
        facts[fact].update(answer=answer, stale=stale)
    return {fact: cell for fact, cell in facts.items() if cell["right"]}


def _add_step(group: Group, variant: Variant, cells: dict[Fact, dict[str, Any]]) -> None:
    """Add to each cell the step that broke its fact."""
    facts, found = facts_of(group), by_update(group, variant)
    if facts is None or found is None:
        return
    places = facts.keys.by_name()
    for (subject, relation, *_), cell in cells.items():
        steps = [int(found.broken_by[place]) for place in places.get((subject, relation), ())]
        cell["broke"] = max(steps, default=0) or None


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
