"""What a sample of the facts of a stream adds to the intervals of scores.

A run may ask about a sample of its facts (``probe.sample``, ``probe.limit``), in which each fact
has the same probability to be. The share p of n sampled facts of N is then uncertain by

    var(p) = p (1 - p) / (n - 1) * (1 - n / N)

(Cochran 1977, Sampling Techniques, chapter 3; the last factor is the finite population correction).
Where a fact is asked in several wordings, p is a mean of the means of facts, whose variance is
smaller, so the interval is rather too wide. Stratification makes it smaller, too, and is not taken
into account. The variance is added to that between seeds, because all runs of a comparison ask
about the same facts, and more seeds do not make it smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NORMAL = 1.959964
"""The 97.5% quantile of the normal distribution."""

_LARGEST = 0.25
"""Largest p (1 - p)."""

_BY_UPDATE = ("new", "acc", "intransigence")
"""Shares that are means over updates, each over the facts that it taught."""

_DIFFERENCES = ("bwt", "fwt", "forgetting")
"""Differences of such shares."""

_ONE_UPDATE = ("new_min",)
_OF_CHANGED, _OF_ERASED = ("stale", "stale_max"), ("erased", "erased_max")
_OF_BASE, _OF_UPDATES = ("kept_base",), ("kept_updates", "found", "read")
_OF_ALL = (
    *("retained", "retained_min", "kept", "kept_min"),
    *("valid", "trained", "forced", "choice"),
)


@dataclass(frozen=True)
class Sampled:
    """The sample of the facts of a stream that a run asks about.

    Attributes:
        facts: how many facts are asked about.
        of: how many facts the stream has.
        taught: for each step, how many of the asked facts it teaches.
        changed: how many of the asked facts updates supersede.
        erased: how many of the asked facts updates ask to forget.
    """

    facts: int
    of: int
    taught: Sequence[int]
    changed: int
    erased: int

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Sampled | None:
        """Return the sample of a run; None if it asks about all facts."""
        found = record.get("sampled")
        return cls(**found) if isinstance(found, Mapping) else None

    def variance(self, score: str, mean: float) -> float:
        """Return the variance of a score of a run that comes from the sample; 0 if none does."""
        share = min(max(mean, 0.0), 1.0)
        each = share * (1 - share)
        later = [count for count in self.taught[1:] if count]
        if score in (*_BY_UPDATE, *_DIFFERENCES) and later:
            by_update = sum(1 / max(count - 1, 1) for count in later) / len(later) ** 2
            # Nothing is known of how the two shares of a difference go together.
            return (2 * _LARGEST if score in _DIFFERENCES else each) * by_update * self._correction
        if score in _ONE_UPDATE and later:
            return self._of(min(later), each)
        for scores, count in (
            (_OF_CHANGED, self.changed),
            (_OF_ERASED, self.erased),
            (_OF_BASE, self.taught[0] if self.taught else 0),
            (_OF_UPDATES, self._updated),
            (_OF_ALL, self.facts),
        ):
            if score in scores:
                return self._of(count, each)
        return 0.0

    def variance_at(self, step: int, score: str, mean: float) -> float:
        """Return the same for a score of one step."""
        if score == "new":
            return self._of(self.taught[step], mean * (1 - mean)) if self.taught[step] else 0.0
        return self.variance(score, mean)

    @property
    def _updated(self) -> int:
        """At most how many of the asked facts updates teach; each counts once."""
        base, later = sum(self.taught[:1]), sum(self.taught[1:])
        return min(later, self.facts - base + self.changed)

    def _of(self, count: int, each: float) -> float:
        return each / max(count - 1, 1) * self._correction

    @property
    def _correction(self) -> float:
        return 1 - self.facts / self.of
