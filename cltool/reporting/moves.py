"""Answers that moved: between two steps, and fact by fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cltool.evaluation import metrics
from cltool.evaluation.ledger import KEY, PROBE
from cltool.evaluation.matching import first_line
from cltool.runs.groups import Variant

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("right", "outdated", "wrong")
SHOWN_FACTS = 50
LONGEST_ANSWER = 60


def transitions(variant: Variant) -> dict[str, Any] | None:
    """How answers moved, counted in probes and summed over the counted runs.

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
    base, taught = _no_moves(), _no_moves()
    lost: Counter[int] = Counter()
    for measured in variant.counted:
        table = metrics.transitions(measured.answers, 0, last)
        counts = table.loc[list(KINDS), list(KINDS)].to_numpy().tolist()
        for before, row in zip(KINDS, counts, strict=True):
            for after, number in zip(KINDS, row, strict=True):
                base[before][after] += int(number)
        rows = _then_and_now(measured.answers)
        rows = rows[rows["learned"] < last]
        for before, after in zip(_kinds(rows, "_then"), _kinds(rows, ""), strict=True):
            taught[before][after] += 1
        lost.update(_lost_by_step(measured.answers))
    step, count = max(lost.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    worst = {"step": step, "lost": count} if count else None
    return {"after": last, "base": base, "taught": taught, "worst": worst}


def _no_moves() -> dict[str, dict[str, int]]:
    return {before: dict.fromkeys(KINDS, 0) for before in KINDS}


def _kinds(rows: pd.DataFrame, suffix: str) -> list[str]:
    return [
        "right" if right else "outdated" if stale else "wrong"
        for right, stale in zip(rows[f"right{suffix}"], rows[f"stale{suffix}"], strict=True)
    ]


def _lost_by_step(rows: pd.DataFrame) -> Counter[int]:
    """Of each step, the probes right at the step before and not right at it.

    One pass over the sorted ledger: `metrics.transitions` of every neighbouring pair
    says the same, at many times the cost.
    """
    asked = metrics.held_out(rows)
    valid = asked[asked["group"].isin(["new", "retained"])].copy()
    valid["probe"] = valid.groupby([*PROBE, "learned"], sort=False).ngroup()
    valid = valid.sort_values(["probe", "step"], kind="stable")
    earlier = valid[["probe", "step", "right"]].shift(1)
    follows = (earlier["probe"] == valid["probe"]) & (earlier["step"] == valid["step"] - 1)
    lost = valid[follows & (earlier["right"] == True) & ~valid["right"]]  # noqa: E712
    return Counter(int(step) for step in lost["step"].tolist())


Cell = dict[str, Any]
Lost = dict[tuple[str, str, int, str], Cell]


def lost_facts(variants: Sequence[Variant]) -> dict[str, Any]:
    """The facts that were lost most: right after they were taught, not at the end.

    Of the variants that got furthest; the others are at another step, where other facts
    are valid.

    Returns:
        ``rows``, most lost first, each with one cell a variant (None of one that is behind
        or never had the fact right): answers ``lost`` of those ``right`` after teaching,
        the ``answer`` now given most, whether it is ``stale``; ``total``: facts lost.
    """
    furthest = max((variant.done for variant in variants), default=0)
    by_variant = [_lost_in(v) if v.done == furthest else {} for v in variants]
    weights: dict[tuple[str, str, int, str], float] = {}
    for cells in by_variant:
        for fact, cell in cells.items():
            weights[fact] = weights.get(fact, 0.0) + cell["lost"] / cell["asked"]
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


def _lost_in(variant: Variant) -> Lost:
    """Each fact that was right after it was taught, over the counted runs."""
    facts: Lost = {}
    said: dict[tuple[str, str, int, str], Counter[tuple[str, bool]]] = {}
    for measured in variant.counted:
        rows = _then_and_now(measured.answers)
        columns = [*KEY, "learned", "accepted", "right_then", "right", "stale", "answer"]
        for subject, relation, learned, accepted, then, now, stale, answer in zip(
            *(rows[column] for column in columns), strict=True
        ):
            fact = (subject, relation, int(learned), str(accepted[0]))
            cell = facts.setdefault(fact, {"lost": 0, "right": 0, "asked": 0})
            cell["asked"] += 1
            cell["right"] += int(then)
            if then and not now:
                cell["lost"] += 1
                said.setdefault(fact, Counter())[_short(answer), bool(stale)] += 1
    for fact, answers in said.items():
        (answer, stale), _ = answers.most_common(1)[0]
        facts[fact].update(answer=answer, stale=stale)
    return {fact: cell for fact, cell in facts.items() if cell["right"]}


def _then_and_now(rows: pd.DataFrame) -> pd.DataFrame:
    """The probes of facts valid at the end, with whether each was right when taught."""
    asked = metrics.held_out(rows)
    last = asked["step"].max()
    now = asked[(asked["step"] == last) & asked["group"].isin(["new", "retained"])]
    then = asked[(asked["step"] == asked["learned"]) & (asked["group"] == "new")]
    both: pd.DataFrame = now.merge(
        then[[*PROBE, "learned", "right", "stale"]], on=[*PROBE, "learned"], suffixes=("", "_then")
    )
    return both


def _short(answer: str) -> str:
    """An answer as a table shows it: its first line, without the sentence's end."""
    line = first_line(answer).strip().removesuffix(".")
    return line if len(line) <= LONGEST_ANSWER else line[: LONGEST_ANSWER - 1] + "…"
