"""Finds steps at which the model collapsed: its answers are empty, alike, cut off, or all wrong.

A model that collapsed does not name superseded or erased objects either. So low scores of these
do not show what it forgot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.evaluation.matchers import judged
from cltool.evaluation.matching import CONTEXT, LIMIT, first_line
from cltool.evaluation.metrics import HELD_OUT
from cltool.facts.stream import NEW, RETAINED

if TYPE_CHECKING:
    import pandas as pd

ALMOST = 0.9
"""Share of the answers of a step from which on they say nothing about the model's knowledge."""

FEW = 4
"""Answers below which nothing can be said of all of them."""

COLUMNS = ("answer", "stop", "form", "group", "right", "stale")
"""Columns of the ledger that are looked at."""


def counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return what the answers of one step have in common.

    Returns:
        ``asked``: the answers. Of these, ``empty``; ``alike``, equal to the most frequent one, and
        ``alike_right``, those of them that are right or superseded; ``cut`` before they were ended,
        and neither right nor superseded. ``valid``: answers about valid facts in the forms that
        count; ``valid_named``: those that are right or superseded; ``fresh`` and ``fresh_named``:
        the same for the facts that the step taught.
    """
    forms = {row["form"] for row in rows}
    counted = forms & {*HELD_OUT} or {"trained"}
    valid = [row for row in rows if row["form"] in counted and row["group"] in (NEW, RETAINED)]
    fresh = [row for row in valid if row["group"] == NEW]
    said = [first_line(row["answer"]) for row in rows]
    (common, alike), *_ = [*Counter(said).most_common(1), ("", 0)]
    named = [row for row, text in zip(rows, said, strict=True) if text == common and _names(row)]
    cut = [row for row in rows if row["stop"] in (LIMIT, CONTEXT) and not _names(row)]
    return {
        "asked": len(rows),
        "empty": said.count(""),
        "alike": alike,
        "alike_right": len(named),
        "cut": len(cut),
        "valid": len(valid),
        "valid_named": sum(map(_names, valid)),
        "fresh": len(fresh),
        "fresh_named": sum(map(_names, fresh)),
    }


def is_empty(one: Mapping[str, int]) -> bool:
    """Return whether almost all answers are empty."""
    return _most(one, "empty")


def is_alike(one: Mapping[str, int]) -> bool:
    """Return whether almost all answers are the same and neither right nor superseded."""
    wrong = 2 * one["alike_right"] < one["alike"]
    return _most(one, "alike") and wrong and not is_empty(one)


def is_cut(one: Mapping[str, int]) -> bool:
    """Return whether almost all answers were cut off."""
    return _most(one, "cut")


def is_lost(one: Mapping[str, int]) -> bool:
    """Return whether almost no answer about a valid fact is right or superseded.

    A model that still answers the last update has not collapsed.
    """
    few = 1 - ALMOST
    lost = one.get("valid_named", 0) < few * one.get("valid", 0)
    return one.get("valid", 0) >= FEW and lost and one["fresh_named"] <= few * one["fresh"]


def collapsed_steps(answers: pd.DataFrame) -> list[int]:
    """Return the steps of a ledger at which the model had collapsed."""
    by_step: dict[int, list[Mapping[str, Any]]] = {}
    answers = judged(answers)
    columns = (answers[name] for name in COLUMNS)
    for step, *values in zip(answers["step"], *columns, strict=True):
        by_step.setdefault(int(step), []).append(dict(zip(COLUMNS, values, strict=True)))
    return [step for step, rows in by_step.items() if has_collapsed(counts(rows))]


def has_collapsed(one: Mapping[str, int]) -> bool:
    """Return whether the model had collapsed at a step with these `counts`."""
    return any(check(one) for check in (is_empty, is_alike, is_cut, is_lost))


def _names(row: Mapping[str, Any]) -> bool:
    """Return whether an answer is right or superseded."""
    return bool(row["right"] or row["stale"])


def _most(one: Mapping[str, int], name: str) -> bool:
    # A model that answers valid facts and, for example, refuses the many erased ones is whole.
    knows = one.get("valid", 0) >= FEW and 2 * one["valid_named"] > one["valid"]
    return one["asked"] >= FEW and one[name] >= ALMOST * one["asked"] and not knows
