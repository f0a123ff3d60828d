"""Sentences about answers from which no score follows: a collapsed model, a base never known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.evaluation import collapse, ledger
from cltool.evaluation.matchers import CONTAINS, EXACT, MATCH, is_judged, judged
from cltool.evaluation.matching import RIGHT
from cltool.evaluation.metrics import DIRECT
from cltool.facts.stream import ERASED, NEW

if TYPE_CHECKING:
    import pandas as pd

KEY = "answers"
"""Name of the counts in a row of ``steps.jsonl``."""

Row = Mapping[str, Any]


def counts(run: Path, step: int, rows: Sequence[Row]) -> dict[str, int]:
    """Return what a step's answers have in common.

    Args:
        run: the run folder, with the answers after the step before.
        step: the number of the step.
        rows: the answers of the step.

    Returns:
        What `cltool.evaluation.collapse.counts` returns, and ``base`` and ``base_right``: answers
        about base facts before the first update; ``base_contains``: those of them that are right by
        `CONTAINS`, if the run judges them by `EXACT`. ``erased``: facts that the step erased;
        ``unknown``: those of them that the model did not name in any wording before.
    """
    rows = [row for row in rows if is_judged(row)]
    base = [row for row in rows if row["group"] == NEW] if step == 0 else []
    erased = _erased(rows)
    before = ledger.read_step(run, step - 1) if step and erased else None
    new = {} if before is None else _known_before(before, erased)
    return {
        **collapse.counts(rows),
        "base": len(base),
        "base_right": sum(bool(row["right"]) for row in base),
        **_contained(base),
        "erased": len(new),
        "unknown": sum(not known for known in new.values()),
    }


def sentences(costs: Sequence[Row]) -> list[str]:
    """Return what must be doubted about the scores of the steps that are done.

    Args:
        costs: rows of ``steps.jsonl``; those of earlier versions have no counts.
    """
    told = [(str(row["label"]), row[KEY]) for row in costs if row.get(KEY)]
    checks = (_base, _empty, _alike, _cut, _lost, _unknown)
    return [text for check in checks for text in check(told)]


Told = Sequence[tuple[str, Mapping[str, int]]]


def _base(told: Told) -> list[str]:
    base = told[0][1] if told else {}
    if not base.get("base") or base["base_right"]:
        return []
    if contained := base.get("base_contains", 0):
        return [
            f"Before the first update, none of {base['base']} answers about base facts is exactly"
            f" the object, but {contained} name{'s' if contained == 1 else ''} it in a sentence."
            " Count such answers as right (--match contains)."
        ]
    return [
        f"Before the first update, none of {base['base']} answers about base facts is right. The"
        " model never knew them, so retained and forgetting say nothing about them. Teach the base"
        " first (--teach-base), or use facts that the model knows."
    ]


def _empty(told: Told) -> list[str]:
    found = [(label, one) for label, one in told if collapse.is_empty(one)]
    return _collapsed(found, "empty", "The model says nothing at all")


def _alike(told: Told) -> list[str]:
    found = [(label, one) for label, one in told if collapse.is_alike(one)]
    return _collapsed(found, "alike", "The model says the same to every question")


def _cut(told: Told) -> list[str]:
    found = [(label, one) for label, one in told if collapse.is_cut(one)]
    return _collapsed(found, "cut", "The model does not end its answers")


def _lost(told: Told) -> list[str]:
    worse = (collapse.is_empty, collapse.is_alike, collapse.is_cut)
    found = [
        label
        for label, one in told[1:]
        if collapse.is_lost(one) and not any(check(one) for check in worse)
    ]
    if not found:
        return []
    return [
        f"After {_steps(found)}, the model answers hardly any question: more than"
        f" {int(100 * collapse.ALMOST)}% of its answers about valid facts, new ones included, are"
        f" neither right nor superseded. {_NO_VALUE}"
    ]


_NO_VALUE = (
    "So low scores do not show what was forgotten, and low values of stale and erased are left out"
    " there."
)


def _collapsed(found: Told, name: str, what: str) -> list[str]:
    if not found:
        return []
    share = min(one[name] / one["asked"] for _, one in found)
    words = {"empty": "empty", "alike": "identical", "cut": "cut off before they ended"}[name]
    least = "" if len(found) == 1 or share == 1 else "at least "
    return [
        f"{what}: after {_steps([label for label, _ in found])}, {least}{int(100 * share)}% of the"
        f" answers are {words}. {_NO_VALUE}"
    ]


def _unknown(told: Told) -> list[str]:
    unknown = sum(one["unknown"] for _, one in told)
    if not unknown:
        return []
    erased = sum(one["erased"] for _, one in told)
    facts, were = ("fact", "was") if erased == 1 else ("facts", "was" if unknown == 1 else "were")
    return [
        f"{unknown} of {erased} {facts} to forget {were} not known just before the update that"
        f" erased {'it' if unknown == 1 else 'them'} (right in no wording), so"
        f" {'it' if unknown == 1 else 'they'} cannot show whether erasing works."
    ]


def _contained(base: Sequence[Row]) -> dict[str, int]:
    """Return how many answers that are judged exactly contain the object, if there are any."""
    exact = [row for row in base if row.get(MATCH) == EXACT]
    found = sum(row.get(CONTAINS) == RIGHT for row in exact)
    return {"base_contains": found} if exact else {}


def _steps(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return labels[0]
    named = ", ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")
    return f"{len(labels)} steps ({named})"


def _erased(rows: Sequence[Row]) -> set[tuple[str, str]]:
    return {
        (row["subject"], row["relation"])
        for row in rows
        if row["group"] == ERASED and row["form"] in DIRECT
    }


def _known_before(
    before: pd.DataFrame, erased: set[tuple[str, str]]
) -> dict[tuple[str, str], bool]:
    """Return which facts among ``erased`` were valid before, and whether they were known."""
    asked = judged(before[before["form"].isin(DIRECT) & (before["group"] != ERASED)])
    found: dict[tuple[str, str], bool] = {}
    columns = (asked["subject"], asked["relation"], asked["right"])
    for subject, relation, right in zip(*columns, strict=True):
        if (subject, relation) in erased:
            found[subject, relation] = found.get((subject, relation), False) or bool(right)
    return found
