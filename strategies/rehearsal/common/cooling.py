"""The fall of the learning rate while lines are rehearsed, in rounds until all are probable."""

from __future__ import annotations

import math
import sys

ALLOWED = 0.005
"""Share of lines that may stay too improbable to be recited."""

FEWER = 0.1
"""A further round must have reduced the number of such lines by this share, or it is the last."""

AGAIN = 0.5
"""Rate at which a further round starts, over that of the first."""


def another_round(missing: int, before: float, lines: int) -> bool:
    """Return whether a further round is needed and likely to help.

    Args:
        missing: number of lines that are too improbable.
        before: that number after the round before; infinity if there was none.
        lines: number of all lines.
    """
    return missing > ALLOWED * lines and missing <= (1 - FEWER) * before


class Cooling:
    """Lets the rate fall from its full value to zero.

    Args:
        epochs: length of the first round; without a meaning if there is a budget.
        share_left: share of a fixed budget that is left; the rate falls over the rest of it, in
            one round. None without a budget.
    """

    def __init__(self, epochs: int, share_left: float | None) -> None:
        self._epochs = max(1, epochs)
        self._share = share_left
        self._peak = 1.0
        self._done = 0
        self._missing: float = sys.maxsize

    def factor(self, within: float, share_left: float | None) -> float:
        """Return the factor of the rate.

        Args:
            within: share of the epoch that is done.
            share_left: share of a fixed budget that is left.
        """
        if self._share is not None:
            return min(1.0, (share_left or 0.0) / max(self._share, sys.float_info.min))
        return self._peak * max(0.0, 1.0 - (self._done + within) / self._epochs)

    def over(self, missing: int, lines: int, left: int) -> bool:
        """Take note of an epoch; return whether it was the last one.

        Args:
            missing: number of lines that are too improbable to be recited.
            lines: number of all lines.
            left: most epochs that may follow.
        """
        self._done += 1
        if self._share is not None or self._done < self._epochs:
            return False
        if left < 1 or not another_round(missing, self._missing, lines):
            return True
        self._missing = missing
        self._peak = AGAIN
        self._done = 0
        self._epochs = min(left, math.ceil(self._epochs / 2))
        return False
