"""The result of checking a bound: pass, fail or undecided, the interval, and what would decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cltool.evaluation.requirements.bounds import Bound

MOST = 10**7
"""More items or runs than this are not worth naming: the value is at the bound."""

Interval = tuple[float, float]


class Verdict(StrEnum):
    """Whether a bound is met."""

    PASS = "pass"
    """The whole interval is within the bound."""

    FAIL = "fail"
    """The whole interval is beyond the bound."""

    UNDECIDED = "undecided"
    """The interval contains the bound, or there is none: too few items or runs to decide."""


@dataclass(frozen=True, slots=True)
class Check:
    """A bound, and whether what was measured meets it.

    Attributes:
        bound: the bound.
        verdict: the verdict.
        value: the value measured, or the ratio to the value before; NaN if there is none.
        low, high: ends of its 95% interval; NaN if there is none, equal to the value where a single
            exception decides.
        reason: why, in one sentence without a full stop.
        n: number of items (facts, questions, texts); 0 if it is not known.
        runs: number of runs that the value comes from.
        decides: the number of items that would decide it, if the value stayed what it is; None if
            it is decided or no number would.
        decides_runs: the same, in runs (streams if there are several).
        gained, lost: number of items that are right only after and only before the update; None if
            the items before are not known.
        p: the exact p-value that they are equally likely (`intervals.mcnemar`).
    """

    bound: Bound
    verdict: Verdict
    value: float
    low: float
    high: float
    reason: str
    n: int = 0
    runs: int = 1
    decides: int | None = None
    decides_runs: int | None = None
    gained: int | None = None
    lost: int | None = None
    p: float | None = None


def overall(checks: Sequence[Check]) -> Verdict:
    """Return the verdict on all bounds: fail if one fails, else undecided if one is."""
    verdicts = {check.verdict for check in checks}
    for one in (Verdict.FAIL, Verdict.UNDECIDED):
        if one in verdicts:
            return one
    return Verdict.PASS


def compare(bound: Bound, interval: Interval) -> Verdict:
    """Return the verdict on an interval; undecided if an end is NaN."""
    ends = [bound.meets(end) for end in interval]
    if any(math.isnan(end) for end in interval) or any(ends) != all(ends):
        return Verdict.UNDECIDED
    return Verdict.PASS if all(ends) else Verdict.FAIL


def enough(bound: Bound, now: int, interval: Callable[[int], Interval]) -> int | None:
    """Return the smallest number from ``now`` on with which an interval decides the bound.

    Args:
        bound: the bound.
        now: a number with which it is undecided.
        interval: the interval that a number of items gives if the value stays the same.

    Returns:
        None if even `MOST` would not decide.
    """
    low, high = now, max(2 * now, 2)
    while compare(bound, interval(high)) is Verdict.UNDECIDED:
        if high >= MOST:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if compare(bound, interval(middle)) is Verdict.UNDECIDED:
            low = middle
        else:
            high = middle
    return high


def number(value: float) -> str:
    """Return a number for a sentence, with up to four digits."""
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def between(interval: Interval) -> str:
    """Return an interval for a sentence."""
    return f"{number(interval[0])} to {number(interval[1])}"
