"""Is the forgetting real? What stands between a comparison and its conclusions."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

from cltool.evaluation.scores import SCORES
from cltool.reporting import formats
from cltool.reporting.table import compare as compared
from cltool.reporting.table import leaders
from cltool.runs.groups import Group

KNOWN = 0.8
"""Accuracy on the base facts before the first update, below which the base is in doubt."""

FORGOTTEN = 0.1
"""Forgetting of `naive`, below which there is hardly anything to prevent."""


def doubts(group: Group) -> list[str]:
    """Why the differences between these runs may mean little; a sentence each."""
    found = (check(group) for check in CHECKS)
    return [text for text in found if text]


def _base(group: Group) -> str:
    known = [float(run.steps["new"].iloc[0]) for run in group.runs if run.done]
    known = [share for share in known if not math.isnan(share)]
    if not known or (share := statistics.mean(known)) >= KNOWN:
        return ""
    return (
        f"Before the first update {formats.share(share)} of the base facts were answered right:"
        " what was never known cannot be forgotten. Teach them first (--teach-base), or ask"
        " about facts that the model knows."
    )


def _naive(group: Group) -> str:
    found = [
        measured.summary["forgetting"]
        for variant in group.variants
        if variant.strategy == "naive"
        for measured in variant.counted
    ]
    if not found or not (lost := statistics.mean(found)) < FORGOTTEN:
        return ""
    return (
        f"naive forgets hardly anything on this stream (forgetting {formats.share(lost)}), so that"
        " there is little for a strategy to prevent."
    )


def _noise(group: Group) -> str:
    if len(group.variants) < 2:
        return ""
    if any(len(variant.counted) == 1 for variant in group.variants):
        return (
            "One seed tells no difference from noise: compare with --seeds 3 or more before you"
            " conclude anything from small ones."
        )
    frame = compared(group)
    judged = [SCORES[name] for name in ("new", "retained", "acc")]
    tied = [column.title for column in judged if not leaders(frame, column)]
    if not tied:
        return ""
    return f"All differences in {', '.join(tied)} lie within the noise between seeds."


def _wordings(group: Group) -> str:
    forms = {str(form) for run in group.runs if run.done for form in run.answers["form"].unique()}
    if not forms or forms - {"trained"}:
        return ""
    return (
        "Every question was asked in words that were trained: recall of a sentence looks like"
        " knowledge. Give each relation more wordings."
    )


CHECKS: tuple[Callable[[Group], str], ...] = (_base, _naive, _noise, _wordings)
