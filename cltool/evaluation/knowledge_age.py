"""Measures how old knowledge is: shares with Wilson's interval, and the median step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from cltool.core.seeds import derive

CONFIDENCE = 0.95

RESAMPLES = 2000

FEW = 6
"""With fewer keys, resampling does not show how uncertain a median is."""

Terms = Sequence[Sequence[int]]
"""For each key, the steps in which the believed holder held, ascending."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of keys and its confidence interval (Wilson 1927).

    Attributes:
        hits: the keys that count.
        of: all keys.
    """

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None if there are no keys."""
        return self.hits / self.of if self.of else None

    def interval(self) -> tuple[float, float] | None:
        """Return the interval; None if there are no keys."""
        if not self.of:
            return None
        z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
        more = z * z / self.of
        middle = self.hits / self.of + more / 2
        half = math.sqrt(self.hits * (self.of - self.hits) / self.of**2 * more + more * more / 4)
        low, high = (middle - half) / (1 + more), (middle + half) / (1 + more)
        # An end that is 0 or 1 must stay so in spite of rounding.
        return (low if self.hits else 0.0), (high if self.hits < self.of else 1.0)


def holders_of(terms: Terms, held: Terms, steps: int) -> list[Share]:
    """Return, for each step, the share of keys whose believed holder held at that step.

    Args:
        terms: the believed terms.
        held: for each of the same keys, all steps in which somebody held it. A key counts only at
            these steps.
        steps: number of steps.
    """
    return [
        Share(
            sum(step in own for own in terms),
            sum(step in own for own in held),
        )
        for step in range(steps)
    ]


def median_step(terms: Terms, steps: int) -> int | None:
    """Return the step for which as many believed holders are too old as are too new.

    A holder is too old for a step if its term ended before, and too new if it begins later. If
    several steps are balanced equally well, it is the middle one of them, or the earlier of two.
    """
    if not terms:
        return None
    leans = _leans(terms, steps).sum(axis=0, keepdims=True)
    return int(_balanced(leans)[0])


def median_interval(terms: Terms, steps: int, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Return an interval of `median_step`: percentiles of a bootstrap over keys.

    Fewer than `FEW` keys are too few to resample; the interval is then all steps.
    """
    if len(terms) < FEW:
        return 0, steps - 1
    leans = _leans(terms, steps)
    rng = np.random.default_rng(derive(0, "median step"))
    size = len(terms)
    counts = rng.multinomial(size, np.full(size, 1 / size), size=RESAMPLES)
    found = np.sort(_balanced(counts @ leans))
    tail = int((1 - confidence) / 2 * RESAMPLES)
    return int(found[tail]), int(found[-1 - tail])


def _leans(terms: Terms, steps: int) -> NDArray[np.int64]:
    """Return (keys, steps): 1 where the believed holder is too new, -1 where it is too old."""
    leans = np.zeros((len(terms), steps), dtype=np.int64)
    for row, own in zip(leans, terms, strict=True):
        row[: own[0]] = 1
        row[own[-1] + 1 :] = -1
    return leans


def _balanced(leans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the best balanced step of each row."""
    distance = np.abs(leans)
    best = distance == distance.min(axis=1, keepdims=True)
    middle = (best.sum(axis=1, keepdims=True) + 1) // 2
    return np.asarray(np.argmax(best.cumsum(axis=1) >= middle, axis=1), dtype=np.int64)
