"""Whether strategies meet bounds on their scores (`cltool.evaluation.requirements`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from cltool.evaluation.requirements.bounds import Bound, parse_bounds
from cltool.evaluation.requirements.checks import Check, Verdict
from cltool.evaluation.requirements.runs import check_runs
from cltool.runs.groups import Variant
from cltool.runs.measured import Measured

RATIOS = {"perplexity": "perplexity_ratio", "unlisted": "unlisted", "protected": "protected"}
"""Scores with a value before the stream, and the score that is their ratio to it."""

FROM_STEP_0 = ("valid", "trained", "forced")
"""Scores whose value before the first update is that of step 0."""

FACTS = {
    "retained": ("n_retained",),
    "kept": ("n_kept",),
    "stale": ("n_superseded",),
    "erased": ("n_erased",),
    "resurfaced": ("n_erased",),
    "new": ("n_new",),
    "valid": ("n_new", "n_retained"),
    "trained": ("n_new", "n_retained"),
    "forced": ("n_new", "n_retained"),
    "unlisted": ("n_unlisted",),
    "protected": ("n_protected",),
}
"""For each score that is a share of facts or questions, the columns that count them."""

NOTHING_TO_MISS = ("stale", "erased", "resurfaced")
"""Scores of facts that a stream may not have; an upper bound on them is then met."""


def read_requirements(texts: Sequence[str], where: str = "--require") -> tuple[Bound, ...]:
    """Return the bounds of some texts, each with one or several.

    Raises:
        UserError: one is not valid.
    """
    if not texts:
        return ()
    return parse_bounds(",".join(texts), where, ratios=(*RATIOS, *FROM_STEP_0))


def check_variant(variant: Variant, bounds: Sequence[Bound], failed: int = 0) -> list[Check]:
    """Check the bounds against the runs of a strategy.

    A bound is not met by a selection: if a run failed, diverged or has not done all steps, what the
    others meet is undecided.

    Args:
        variant: the runs.
        bounds: the bounds.
        failed: how many further runs of it ended in an error.
    """
    lost = _incomplete(variant, failed)
    checks = []
    for bound in bounds:
        items = count_of_facts(variant, bound)
        check = _absent(variant, bound) or check_runs(
            bound, variant.by_stream(_values(variant, bound)), several=variant.several, items=items
        )
        if lost and check.verdict is Verdict.PASS:
            check = replace(check, verdict=Verdict.UNDECIDED, reason=f"{check.reason}, but {lost}")
        elif lost and math.isnan(check.value):
            check = replace(check, reason=lost)
        checks.append(check)
    return checks


def count_of_facts(variant: Variant, bound: Bound) -> int | None:
    """Return how many facts, or questions, a score is a share of; None if it is not known.

    Of several runs it is the smallest number.
    """
    name, worst = bound.score, False
    for end in ("_min", "_max"):
        name, worst = name.removesuffix(end), worst or name.endswith(end)
    if name not in FACTS or (bound.ratio and name in FROM_STEP_0):
        return None
    counts = [_count(one, name, worst) for one in variant.scored]
    return min(counts, default=0) or None


def _count(one: Measured, score: str, worst: bool) -> int:
    """Return the facts of a run's last step; of ``new``, those of all its updates."""
    columns = FACTS[score]
    if any(column not in one.steps for column in columns):
        return 0
    numbers = one.steps[list(columns)].sum(axis=1)
    updates = numbers.loc[1:]
    if worst:
        updates = updates[updates > 0]
        return int(updates.min()) if len(updates) else 0
    return int(updates.sum()) if score == "new" else int(numbers.iloc[-1])


def _values(variant: Variant, bound: Bound) -> list[float]:
    """Return a score of each scored run; its ratio to the value before, if the bound is on that."""
    if not bound.ratio:
        return variant.values(bound.score)
    if bound.score in RATIOS:
        return variant.values(RATIOS[bound.score])
    pairs = zip(variant.values(bound.score), variant.scored, strict=True)
    return [_divided(value, float(one.steps[bound.score].iloc[0])) for value, one in pairs]


def _divided(value: float, before: float) -> float:
    return value / before if before > 0 else math.nan


def _absent(variant: Variant, bound: Bound) -> Check | None:
    """Return a check that is met because the stream has no such facts; None if it has some."""
    score = bound.score.removesuffix("_max")
    if score not in NOTHING_TO_MISS or bound.at_least or not variant.scored:
        return None
    (column,) = FACTS[score]
    if any(column not in one.steps or one.steps[column].sum() for one in variant.scored):
        return None
    what = "superseded" if score == "stale" else "to be forgotten"
    return Check(
        bound, Verdict.PASS, math.nan, math.nan, math.nan, f"nothing was {what}",
        runs=len(variant.scored),
    )  # fmt: skip


def _incomplete(variant: Variant, failed: int) -> str:
    """Return which of a strategy's runs do not count; empty if all of them do, to the end."""
    runs = len(variant.runs) + failed
    if failed:
        return f"{failed} of {runs} runs failed"
    diverged = sum(one.diverged for one in variant.runs)
    if diverged:
        return f"{diverged} of {runs} runs diverged" if runs > 1 else "the run diverged"
    behind = sum(not one.finished for one in variant.runs)
    if behind:
        return f"{behind} of {runs} runs are not finished" if runs > 1 else "it is not finished"
    return ""
