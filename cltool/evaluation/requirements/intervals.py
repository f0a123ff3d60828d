"""Confidence intervals of shares, and of the ratio of two shares of the same items."""

from __future__ import annotations

import math

CONFIDENCE = 0.95


def exact_share(right: float, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact binomial interval of a share (Clopper & Pearson 1934).

    Args:
        right: the number of right answers, in [0, n]. It may be fractional, where an item is the
            mean of several answers: the variance of values between 0 and 1 is at most that of
            right and wrong answers with the same mean, so the interval is then rather too wide.
        n: the number of items, at least 1.
        confidence: share of such intervals that contain the true share.
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = 0.0 if right <= 0 else float(beta.ppf(tail, right, n - right + 1))
    high = 1.0 if right >= n else float(beta.ppf(1 - tail, right + 1, n - right))
    return low, high


def paired_ratio(
    both: float, gained: float, lost: float, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the interval of (share after) / (share before), both of the same items.

    It is that of Bonett & Price 2006, "Confidence intervals for a ratio of binomial proportions
    based on paired data": two Wilson intervals whose confidence is adjusted so that their ratio has
    the wanted one. Items that are wrong before and after do not matter.

    Args:
        both: number of items that are right before and after.
        gained: number of those that are right only after.
        lost: number of those that are right only before.
        confidence: share of such intervals that contain the true ratio.

    Returns:
        ``(0, inf)`` if no item is right before, or none after and before.
    """
    from scipy.stats import norm

    n = both + gained + lost
    after, before = both + gained, both + lost
    if before <= 0:
        return 0.0, math.inf
    joint = math.sqrt((gained + lost + 2) / ((after + 1) * (before + 1)))
    apart = sum(math.sqrt((1 - (one + 1) / (n + 2)) / (one + 1)) for one in (after, before))
    z = float(norm.ppf((1 + confidence) / 2)) * joint / apart
    low_after, high_after = _wilson(after, n, z)
    low_before, high_before = _wilson(before, n, z)
    return low_after / high_before, high_after / low_before if low_before > 0 else math.inf


def _wilson(right: float, n: float, z: float) -> tuple[float, float]:
    """Return Wilson's score interval of ``right`` of ``n`` for the normal quantile ``z``."""
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact two-sided p-value that gains and losses are equally likely (McNemar 1947).

    1 if nothing changed.
    """
    from scipy.stats import binomtest

    changed = gained + lost
    return float(binomtest(lost, changed, 0.5).pvalue) if changed else 1.0
