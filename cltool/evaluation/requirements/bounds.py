"""The grammar of bounds on scores: ``retained>=0.95, stale<=0.02, perplexity<=1.05x``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cltool.core.errors import UserError
from cltool.core.similar import guess
from cltool.evaluation.scores import all_scores

EXAMPLE = "retained>=0.95, stale<=0.02"
ROUNDING = 1e-9
"""Differences below this are rounding errors of a mean, so they miss no bound."""

FEW = 6
LISTED = "docs/scores.md lists the scores."
"""An error lists up to `FEW` scores; of more it says this."""

_BOUND = re.compile(
    r"\s*(?P<score>[\w.:-]*\w)\s*(?P<sign>>=|<=|≥|≤)\s*"
    r"(?P<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<ratio>[x×])?\s*"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on a score, such as ``retained>=0.98`` or ``perplexity<=1.05x``.

    Attributes:
        score: the name of the score.
        at_least: whether ``value`` is a lower bound; otherwise it is an upper bound.
        value: the bound.
        ratio: whether the bound is on the score divided by its value before the update, or before
            the stream.
    """

    score: str
    at_least: bool
    value: float
    ratio: bool = False

    def meets(self, value: float) -> bool:
        """Return whether a value (a ratio, if the bound is on one) is within the bound."""
        return self._gap(value) <= ROUNDING

    def missed_by(self, scores: Mapping[str, float]) -> float:
        """Return the distance of the score from the bound; 0 if the bound is met.

        A missing score (NaN) is infinitely far from it.
        """
        gap = self._gap(scores[self.score])
        return math.inf if math.isnan(gap) else gap if gap > ROUNDING else 0.0

    def _gap(self, value: float) -> float:
        return self.value - value if self.at_least else value - self.value

    @property
    def text(self) -> str:
        """The bound as it is written on the command line."""
        return f"{self.score}{'>=' if self.at_least else '<='}{self.value:g}{'x' * self.ratio}"

    def __str__(self) -> str:
        return f"{self.score} {'≥' if self.at_least else '≤'} {self.value:g}{'×' * self.ratio}"


def parse_bounds(
    text: str,
    where: str = "--require",
    scores: Iterable[str] | None = None,
    ratios: Iterable[str] | None = None,
    example: str = EXAMPLE,
) -> tuple[Bound, ...]:
    """Return the bounds that ``text`` describes, separated by commas.

    A bound is a score, ``>=`` or ``<=``, and a number. A number followed by ``x`` is a ratio to
    the value before the update.

    Args:
        text: the bounds.
        where: the option or file that has them, for errors.
        scores: the scores that a bound may name; by default all scores and costs.
        ratios: the scores whose ratio may be bounded; by default all.
        example: bounds that errors show.

    Raises:
        UserError: the text is not valid, names an unknown score, or no value can meet it. All
            errors are reported at once.
    """
    names = list(all_scores() if scores is None else scores)
    divided = names if ratios is None else list(ratios)
    found: list[Bound] = []
    wrong: list[str] = []
    for part in text.split(","):
        read = _read(part, names, divided)
        if isinstance(read, Bound):
            wrong += _conflicts(read, found)
            found.append(read)
        else:
            wrong.append(read)
    if wrong:
        known = f"Scores: {', '.join(names)}." if len(names) <= FEW else LISTED
        what = wrong[0] if len(wrong) == 1 else f"{len(wrong)} bounds are not valid"
        raise UserError(
            what,
            where=where,
            details=wrong if len(wrong) > 1 else (),
            hint=f"Write it like {example}. {known}",
        )
    return tuple(found)


def _read(part: str, names: list[str], divided: list[str]) -> Bound | str:
    """Return a bound, or what is wrong with it."""
    match = _BOUND.fullmatch(part)
    wrong = f"not a valid bound: {part.strip()!r}"
    if match is None:
        return wrong
    score, value, ratio = match["score"], float(match["value"]), bool(match["ratio"])
    if score not in names:
        return f"{wrong}: unknown score. {guess(score, names)}".rstrip()
    if not math.isfinite(value):
        return f"{wrong}: the number is too large"
    if ratio and score not in divided:
        known = f" Scores with one: {', '.join(divided)}." * bool(divided)
        return f"{wrong}: there is no value before to compare with.{known}"
    if ratio and value <= 0:
        return f"{wrong}: a ratio is above 0"
    return Bound(score, match["sign"] in (">=", "≥"), value, ratio)


def _conflicts(bound: Bound, others: Iterable[Bound]) -> list[str]:
    """Return what is wrong with ``bound`` beside the bounds before it."""
    found = []
    for one in others:
        if (one.score, one.ratio) != (bound.score, bound.ratio):
            continue
        if one.at_least == bound.at_least:
            found.append(f"{one.text} and {bound.text} are both given")
        elif not one.meets(bound.value):
            found.append(f"no value meets both {one.text} and {bound.text}")
    return found
