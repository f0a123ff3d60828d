"""How much of what was erased an attack brings back, relearning or quantising for example."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEAST_DROP = 1e-12
"""A drop no larger than this is no drop."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What an attack brought back.

    Attributes:
        of_drop: share of the drop in score that was undone: 0 nothing, 1 all of it; below 0 the
            attack buried the facts deeper, above 1 it taught more than was erased. NaN where
            erasing had lowered nothing.
        beyond_reference: how far the score lies from the retrained model's under the same
            attack, as a share of the way to the score before erasing: 0 is what the attack gives
            a model that never knew, and the target; 1 all that was known. NaN where that model
            scores no lower than the score before erasing, or is not given.
    """

    of_drop: float
    beyond_reference: float


def restored(
    before: float, erased: float, attacked: float, reference: float | None = None
) -> Restored:
    """What came back of a score that erasing had lowered.

    of_drop = (attacked - erased) / (before - erased), and
    beyond_reference = (attacked - reference) / (before - reference).

    An attack that trains teaches something to any model, also to one that never knew the facts:
    ``beyond_reference`` leaves that out, ``of_drop`` does not.

    Args:
        before: score on the erased facts before they were erased, higher is known.
        erased: the same after erasing.
        attacked: the same after the attack.
        reference: the retrained model's score after the same attack.
    """
    floor = math.nan if reference is None else reference
    return Restored(_share(attacked, erased, before), _share(attacked, floor, before))


def _share(value: float, floor: float, ceiling: float) -> float:
    way = ceiling - floor
    return (value - floor) / way if way > LEAST_DROP else math.nan
