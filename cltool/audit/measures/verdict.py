"""Verdicts: can a model that erased facts be distinguished from one that never knew them?

The target is the retrained model's score, not 0: a score above it is residue, a score below it is
over-forgotten, and both are failures. The rule is that of equivalence testing (Schuirmann 1987, "A
comparison of the two one-sided tests procedure and the power approach"): the interval of the
difference, not its estimate, is compared with a tolerance, so a few facts that agree by chance
prove nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from cltool.audit.measures.intervals import Interval
from cltool.core.errors import UserError

Leak = Literal["higher", "lower"]
"""Whether a higher or a lower score reveals more of the erased facts."""


class Verdict(StrEnum):
    """The result of comparing an interval of (score - retrained model's score) with a tolerance."""

    INDISTINGUISHABLE = "indistinguishable"
    """The whole interval is within the tolerance."""

    RESIDUE = "residue"
    """The whole interval is beyond the tolerance, and the score reveals more than the reference."""

    OVER_FORGOTTEN = "over-forgotten"
    """The whole interval is beyond the tolerance, and the score reveals less than the reference."""

    UNDECIDED = "undecided"
    """The interval crosses the edge of the tolerance: there are too few facts to decide."""


def decide(difference: Interval, tolerance: float, leak: Leak = "higher") -> Verdict:
    """Return the verdict on an interval of differences.

    With the difference signed so that positive reveals more: indistinguishable if
    [low, high] is within [-tolerance, tolerance], residue if low > tolerance, over-forgotten if
    high < -tolerance, otherwise undecided. An interval wider than twice the tolerance is never
    indistinguishable.

    Args:
        difference: score minus the retrained model's (`paired_difference`).
        tolerance: largest difference that counts as equal, in the score's unit.
        leak: whether a higher or a lower score reveals more of the erased facts.

    Raises:
        UserError: the tolerance is not above 0, or ``leak`` is not a valid direction.
    """
    if not tolerance > 0:
        raise UserError(
            f"not a valid tolerance: {tolerance}",
            where="tolerance",
            hint="Give the largest difference that counts as equal, for example 0.05.",
        )
    if leak not in ("higher", "lower"):
        raise UserError(
            f"not a valid direction: {leak!r}", where="leak", hint="Give higher or lower."
        )
    low, high = difference.low, difference.high
    if leak == "lower":
        low, high = -high, -low
    if -tolerance <= low and high <= tolerance:
        return Verdict.INDISTINGUISHABLE
    if low > tolerance:
        return Verdict.RESIDUE
    return Verdict.OVER_FORGOTTEN if high < -tolerance else Verdict.UNDECIDED
