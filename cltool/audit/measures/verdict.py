"""Whether a model that erased facts can be told from one that never knew them.

The target is the retrained model's score, not 0: what lies above it is residue, what lies below
is over-forgotten, and both are failures. The rule is that of equivalence testing (Schuirmann
1987, "A comparison of the two one-sided tests procedure and the power approach"): the interval
of the difference, not its estimate, is held against a tolerance, so that a few facts that happen
to agree prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from numpy.typing import ArrayLike

from cltool.audit.measures.intervals import Interval, paired_difference
from cltool.core.errors import UserError

Leak = Literal["higher", "lower"]
"""Whether a higher or a lower score shows more of the erased facts."""


class Verdict(StrEnum):
    """What an interval of (score - retrained model's score) says, beside a tolerance."""

    INDISTINGUISHABLE = "indistinguishable"
    """All of it is within the tolerance."""

    RESIDUE = "residue"
    """All of it is beyond the tolerance, on the side of leaking."""

    OVER_FORGOTTEN = "over-forgotten"
    """All of it is beyond the tolerance, on the other side."""

    UNDECIDED = "undecided"
    """It crosses an edge of the tolerance: there are too few facts to tell."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on.

    Attributes:
        verdict: the verdict.
        difference: score less the retrained model's, in the score's own direction.
        tolerance: the largest difference that does not count.
        leak: which direction shows more of the erased facts.
    """

    verdict: Verdict
    difference: Interval
    tolerance: float
    leak: Leak


def decide(difference: Interval, tolerance: float, leak: Leak = "higher") -> Verdict:
    """The verdict on an interval of differences.

    With d the difference, signed so that positive leaks more: indistinguishable if
    [low, high] lies in [-tolerance, tolerance], residue if low > tolerance, over-forgotten if
    high < -tolerance, and else undecided. An interval wider than twice the tolerance is never
    indistinguishable.

    Args:
        difference: score less the retrained model's (see `paired_difference`).
        tolerance: the largest difference that does not count, in the score's unit.
        leak: whether a higher or a lower score shows more of the erased facts.

    Raises:
        UserError: the tolerance is not above 0, or the direction is unknown.
    """
    if not tolerance > 0:
        raise UserError(
            f"with a tolerance of {tolerance} no number of facts shows that two models agree",
            where="tolerance",
            hint="Give the largest difference that does not matter, such as 0.05.",
        )
    if leak not in ("higher", "lower"):
        raise UserError(f"{leak!r} is no direction", where="leak", hint="Give higher or lower.")
    low, high = difference.low, difference.high
    if leak == "lower":
        low, high = -high, -low
    if -tolerance <= low and high <= tolerance:
        return Verdict.INDISTINGUISHABLE
    if low > tolerance:
        return Verdict.RESIDUE
    return Verdict.OVER_FORGOTTEN if high < -tolerance else Verdict.UNDECIDED


def judge(
    values: ArrayLike,
    reference: ArrayLike,
    *,
    tolerance: float,
    seed: int,
    leak: Leak = "higher",
    confidence: float = 0.95,
    span: tuple[float, float] = (-1.0, 1.0),
) -> Judgement:
    """The verdict on a score that both models have for each erased fact.

    Args:
        values: (facts,), the scores of the model that erased them.
        reference: (facts,), the retrained model's scores for the same facts.
        tolerance: the largest difference that does not count, in the score's unit.
        seed: of the resampling.
        leak: whether a higher or a lower score shows more of the erased facts.
        confidence: of the interval.
        span: the least and the largest that a difference of scores can be.

    Raises:
        UserError: as `paired_difference` and `decide`.
    """
    difference = paired_difference(values, reference, seed=seed, confidence=confidence, span=span)
    return Judgement(decide(difference, tolerance, leak), difference, tolerance, leak)
