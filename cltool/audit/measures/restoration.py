"""How much of the erased knowledge an attack, such as relearning or quantisation, brings back."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_DROP = 1e-12
"""Smaller drops count as no drop."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The effect of an attack on a score that erasing had lowered.

    Attributes:
        of_drop: share of the drop in score that the attack undid: 0 nothing, 1 all of it. Below
            0 the attack lowered the score further; above 1 it raised it above the score before
            erasing. NaN if erasing did not lower the score.
        beyond_reference: distance to the retrained model's score under the same attack, as a
            share of the distance between that and the score before erasing. 0, the target, is
            what the attack does to a model that never knew the facts; 1 is full knowledge. NaN if
            the retrained model's score is not below the score before erasing, or is not given.
    """

    of_drop: float
    beyond_reference: float


def restored(
    before: float, erased: float, attacked: float, reference: float | None = None
) -> Restored:
    """Return how much of a score that erasing had lowered came back.

    of_drop = (attacked - erased) / (before - erased), and
    beyond_reference = (attacked - reference) / (before - reference).

    An attack that trains teaches something to any model, even to one that never knew the facts:
    ``of_drop`` includes that effect, ``beyond_reference`` does not.

    Args:
        before: score on the erased facts before erasing; higher means known.
        erased: score after erasing.
        attacked: score after the attack.
        reference: the retrained model's score after the same attack.
    """
    floor = math.nan if reference is None else reference
    return Restored(_share(attacked, erased, before), _share(attacked, floor, before))


def _share(value: float, floor: float, ceiling: float) -> float:
    way = ceiling - floor
    return (value - floor) / way if way > LEAST_DROP else math.nan
