"""Checks a bound against one model's answers, item by item, and those of the model before it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cltool.core.errors import UserError
from cltool.evaluation.requirements.bounds import Bound
from cltool.evaluation.requirements.checks import (
    Check,
    Interval,
    Verdict,
    between,
    compare,
    enough,
)
from cltool.evaluation.requirements.intervals import CONFIDENCE, exact_share, mcnemar, paired_ratio

FEWEST_TEXTS = 3
"""Fewest texts with which an interval of the perplexity is given."""


def check_items(
    bound: Bound, after: Sequence[float], before: Sequence[float] | None = None
) -> Check:
    """Check a bound on a share of items, such as questions that are answered right.

    The interval of a share is the exact binomial one; that of a ratio to the share before is the
    paired one of Bonett & Price. A bound that allows no exception (≥ 1 or ≤ 0) needs no interval:
    it is met if there is no exception among the items.

    Args:
        bound: the bound.
        after: (items,), one value an item: 1 if it is right (for ``stale``: outdated), 0 if not,
            or a share of its answers.
        before: (items,), the same items, asked of the model before; needed for a ratio.

    Raises:
        UserError: values are not between 0 and 1, or the items before are missing or not the same
            number.
    """
    values = _shares(after, "after")
    earlier = None if before is None else _shares(before, "before")
    if bound.ratio and earlier is None:
        raise UserError(f"{bound} needs the answers of the model before", where="before")
    if earlier is not None and len(earlier) != len(values):
        raise UserError(
            f"{len(values)} items after and {len(earlier)} before cannot be paired",
            hint="Give a value for each item, in the same order.",
        )
    if not len(values):
        return Check(bound, Verdict.UNDECIDED, math.nan, math.nan, math.nan, "nothing was asked")
    if bound.ratio and earlier is not None:
        check = _of_ratio(bound, values, earlier)
    else:
        check = share_check(bound, float(values.mean()), len(values))
    if earlier is None:
        return check
    gained, lost = int((values > earlier).sum()), int((values < earlier).sum())
    return Check(
        bound, check.verdict, check.value, check.low, check.high, check.reason, check.n,
        decides=check.decides, gained=gained, lost=lost, p=mcnemar(gained, lost),
    )  # fmt: skip


def share_check(bound: Bound, share: float, n: int) -> Check:
    """Check a bound against a share of ``n`` items, at least 1."""
    if allows_no_exception(bound):
        met = bound.meets(share)
        reason = "no exception" if met else "an exception"
        verdict = Verdict.PASS if met else Verdict.FAIL
        return Check(bound, verdict, share, share, share, f"{reason} among {_of(n)}", n)
    interval = exact_share(share * n, n)
    verdict = compare(bound, interval)
    needed = None
    if verdict is Verdict.UNDECIDED:
        needed = enough(bound, n, lambda more: exact_share(share * more, more))
    return Check(bound, verdict, share, *interval, _reason(bound, interval, n, needed), n,
                 decides=needed)  # fmt: skip


def allows_no_exception(bound: Bound) -> bool:
    """Return whether a bound on a share, or on a number of exceptions, is at the end of its range.

    No sample shows that there are no exceptions elsewhere, so it is about the items asked.
    """
    return not bound.ratio and (bound.value >= 1 if bound.at_least else bound.value <= 0)


def check_losses(
    bound: Bound, after: Sequence[float], before: Sequence[float], tokens: Sequence[int]
) -> Check:
    """Check a bound on the perplexity of a text, from the losses of its parts.

    The interval is Student's t interval of the mean difference of the losses (of the mean loss, if
    the bound is no ratio), a ratio estimate weighted by tokens; it is then exponentiated.

    Args:
        bound: the bound.
        after: (texts,), mean loss of each text's tokens with the model after, in nats.
        before: (texts,), the same with the model before.
        tokens: (texts,), number of tokens of each text that count in its mean.

    Raises:
        UserError: the numbers of texts differ.
    """
    if not len(after) == len(before) == len(tokens):
        raise UserError(
            f"{len(after)} losses after, {len(before)} before and {len(tokens)} numbers of tokens"
            " cannot be paired"
        )
    losses = np.asarray(after, float) - (np.asarray(before, float) if bound.ratio else 0.0)
    weights, n = np.asarray(tokens, float), len(losses)
    if not n or not weights.sum():
        return Check(bound, Verdict.UNDECIDED, math.nan, math.nan, math.nan, "nothing was measured")
    mean = float((weights * losses).sum() / weights.sum())
    value = _exp(mean)
    if not math.isfinite(mean):
        verdict = Verdict.PASS if bound.meets(value) else Verdict.FAIL
        return Check(bound, verdict, value, value, value, f"the value is {value}", n)
    if n < FEWEST_TEXTS:
        return Check(bound, Verdict.UNDECIDED, value, math.nan, math.nan,
                     f"{n} texts are too few for an interval", n, decides=FEWEST_TEXTS)  # fmt: skip
    spread = float(np.sqrt(((weights * (losses - mean)) ** 2).sum() * n / (n - 1)) / weights.sum())

    def interval(texts: int) -> Interval:
        from scipy.stats import t

        half = float(t.ppf((1 + CONFIDENCE) / 2, texts - 1)) * spread * math.sqrt(n / texts)
        return _exp(mean - half), _exp(mean + half)

    verdict = compare(bound, interval(n))
    needed = enough(bound, n, interval) if verdict is Verdict.UNDECIDED else None
    reason = _reason(bound, interval(n), n, needed, "text")
    return Check(bound, verdict, value, *interval(n), reason, n, decides=needed)


def _of_ratio(bound: Bound, after: NDArray[np.float64], before: NDArray[np.float64]) -> Check:
    n = len(after)
    if not before.sum():
        return Check(bound, Verdict.UNDECIDED, math.nan, math.nan, math.nan,
                     "the model before had none right, so there is no ratio", n)  # fmt: skip
    both = float(np.minimum(after, before).sum())
    gained = float(np.maximum(after - before, 0).sum())
    lost = float(np.maximum(before - after, 0).sum())

    def interval(items: int) -> Interval:
        scale = items / n
        return paired_ratio(both * scale, gained * scale, lost * scale)

    verdict = compare(bound, interval(n))
    needed = enough(bound, n, interval) if verdict is Verdict.UNDECIDED else None
    reason = _reason(bound, interval(n), n, needed)
    value = float(after.sum() / before.sum())
    return Check(bound, verdict, value, *interval(n), reason, n, decides=needed)


def _reason(
    bound: Bound, interval: Interval, n: int, needed: int | None, kind: str = "item"
) -> str:
    """Return why an interval decides, or what would."""
    verdict = compare(bound, interval)
    text = f"the 95% interval of {_of(n, kind)} is {between(interval)}"
    if verdict is not Verdict.UNDECIDED:
        return text
    if needed is None:
        return f"{text}; the value is too near to the bound for any number to decide"
    return f"{text}; {needed:,} would decide"


def _of(n: int, kind: str = "item") -> str:
    return f"{n:,} {kind}{'' if n == 1 else 's'}"


def _shares(values: Sequence[float], where: str) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not bool(((found >= 0) & (found <= 1)).all()):
        raise UserError("an item's value is not between 0 and 1", where=where)
    return found


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf
