"""Checks a bound against the values of several runs, which differ in their seeds or streams."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from cltool.evaluation.metrics import ENOUGH, clustered_interval
from cltool.evaluation.requirements.bounds import Bound
from cltool.evaluation.requirements.checks import (
    Check,
    Interval,
    Verdict,
    between,
    compare,
    enough,
    number,
)
from cltool.evaluation.requirements.intervals import CONFIDENCE, exact_share
from cltool.evaluation.requirements.items import allows_no_exception
from cltool.evaluation.scores import all_scores

FACTS = "facts"
MEASURED = ("count", "seconds", "size")
"""Formats of scores that are numbers of something, not samples: every run must be in the bound."""


def check_runs(
    bound: Bound,
    clusters: Sequence[Sequence[float]],
    *,
    several: bool = False,
    items: int | None = None,
) -> Check:
    """Check a bound on a score against its values in several runs.

    With three or more runs (streams, if there are several), the interval is that of their mean, as
    in tables. A score that is a share of facts has a second interval, the exact binomial one for
    that number of facts, because few facts show little however equal the runs are. The bound is
    met, or missed, if both intervals say so. With fewer runs, only the second one counts, for each
    run; without it nothing decides.

    A count or a cost is in the bound if it is in every run. A bound on a share that allows no
    exception (≥ 1 or ≤ 0) is missed if one run has one.

    Args:
        bound: the bound.
        clusters: the values of each stream: ratios, if the bound is on one. NaN values do not
            count.
        several: the values stand beside others of several streams.
        items: the number of facts, if the score is a share of them.
    """
    finite = [[one for one in values if not math.isnan(one)] for values in clusters]
    finite = [values for values in finite if values]
    flat = [one for values in finite for one in values]
    if not flat:
        return Check(bound, Verdict.UNDECIDED, math.nan, math.nan, math.nan,
                     "no run has a value", runs=0)  # fmt: skip
    mean, half = clustered_interval(finite, several)
    score = all_scores().get(bound.score)
    counted = score is not None and score.format in MEASURED and not bound.ratio
    if counted or math.isinf(mean) or (items and allows_no_exception(bound)):
        return _one_by_one(bound, flat, mean, items)
    alone = len(finite) == 1 and not several
    units = len(flat) if alone else len(finite)
    kind = "run" if alone else "stream"
    parts: list[_Part] = []
    if units >= ENOUGH:
        parts.append(_over_runs(bound, mean, half, units, kind))
    if items:
        parts.append(_over_facts(bound, [mean] if units >= ENOUGH else flat, items))
    if not parts:
        few = f"a single {kind} has" if units == 1 else f"{units} {kind}s are too few for"
        reason = f"{few} {'no' if units == 1 else 'an'} interval; {ENOUGH} may decide"
        return Check(bound, Verdict.UNDECIDED, mean, math.nan, math.nan, reason,
                     runs=len(flat), decides_runs=ENOUGH)  # fmt: skip
    return _together(bound, mean, parts, items or 0, len(flat))


@dataclass(frozen=True, slots=True)
class _Part:
    """One interval: its verdict, and how many facts, runs or streams (``kind``) would decide."""

    kind: str
    n: int
    interval: Interval
    verdict: Verdict
    needed: int | None = None

    @property
    def reason(self) -> str:
        """Why it decides, or what would."""
        text = f"the 95% interval of {self.n:,} {self.kind} is {between(self.interval)}"
        if self.verdict is not Verdict.UNDECIDED:
            return text
        if self.needed is None:
            return f"{text}; no number of {self.kind} would decide"
        return f"{text}; {self.needed:,} {self.kind} would decide"


def _together(bound: Bound, mean: float, parts: Sequence[_Part], items: int, runs: int) -> Check:
    """Return what all intervals say; undecided if one is."""
    same = len({part.verdict for part in parts}) == 1
    verdict = parts[0].verdict if same else Verdict.UNDECIDED
    return Check(
        bound,
        verdict,
        mean,
        min(part.interval[0] for part in parts),
        max(part.interval[1] for part in parts),
        " and ".join(part.reason for part in parts if part.verdict is verdict),
        items,
        runs,
        decides=next((part.needed for part in parts if part.kind == FACTS), None),
        decides_runs=next((part.needed for part in parts if part.kind != FACTS), None),
    )


def _over_runs(bound: Bound, mean: float, half: float, units: int, kind: str) -> _Part:
    """Return what the spread between runs says, and how many of the same spread would decide."""
    from scipy.stats import t

    def quantile(n: int) -> float:
        return float(t.ppf((1 + CONFIDENCE) / 2, n - 1)) / math.sqrt(n)

    def interval(n: int) -> Interval:
        width = half * quantile(n) / quantile(units)
        return mean - width, mean + width

    own = mean - half, mean + half
    verdict = compare(bound, own)
    needed = enough(bound, units, interval) if verdict is Verdict.UNDECIDED else None
    return _Part(f"{kind}s", units, own, verdict, needed)


def _over_facts(bound: Bound, shares: Sequence[float], n: int) -> _Part:
    """Return what the number of facts says, of every share, and how many would decide."""
    intervals = [_exact(one, n) for one in shares]
    whole = min(low for low, _ in intervals), max(high for _, high in intervals)
    verdict = compare(bound, whole)
    needed = None
    if verdict is Verdict.UNDECIDED and len({bound.meets(one) for one in shares}) == 1:
        each = [
            enough(bound, n, partial(_exact, one))
            for one, own in zip(shares, intervals, strict=True)
            if compare(bound, own) is Verdict.UNDECIDED
        ]
        known = [one for one in each if one is not None]
        needed = max(known) if len(known) == len(each) else None
    return _Part(FACTS, n, whole, verdict, needed)


def _exact(share: float, n: int) -> Interval:
    return exact_share(share * n, n)


def _one_by_one(bound: Bound, values: Sequence[float], mean: float, items: int | None) -> Check:
    """Check every run by itself: one exception is one, whatever the other runs do."""
    missed = [one for one in values if not bound.meets(one)]
    runs, low, high = len(values), min(values), max(values)
    strict = allows_no_exception(bound)
    if not missed:
        verdict, reason = Verdict.PASS, "in every run" if runs > 1 else "in the run"
    elif strict or len(missed) == runs:
        verdict = Verdict.FAIL
        reason = f"in {len(missed)} of {runs} runs" if runs > 1 else "in the run"
    else:
        verdict, reason = Verdict.UNDECIDED, f"met in {runs - len(missed)} of {runs} runs"
    span = number(low) if low == high else between((low, high))
    return Check(bound, verdict, mean, low, high, f"{span} {reason}", items or 0, runs)
