"""Intervals of rates, and of differences between two models that were asked the same facts.

Wilson (1927), "Probable inference, the law of succession, and statistical inference". Efron
(1979), "Bootstrap methods", with the expanded percentiles of Hesterberg (2015), "What Teachers
Should Know About the Bootstrap", without which intervals of a few facts are too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cltool.audit.measures.ragged import Values
from cltool.core.errors import UserError

AT_ONCE = 1_000_000
"""Most facts that are drawn at once in resampling."""

FEW = 5
"""Of so many unlike facts, resampling gives a fair picture."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and where the true value may lie.

    Attributes:
        estimate: the estimate.
        low: lower end.
        high: upper end.
        n: facts that it comes from.
        confidence: share of such intervals that hold the true value.
    """

    estimate: float
    low: float
    high: float
    n: int
    confidence: float = 0.95


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a rate; of no trials, all of [0, 1] and an estimate of NaN.

    Args:
        successes: how often it happened.
        n: how often it could have.
        confidence: in (0, 1).

    Raises:
        UserError: there are more successes than trials, or fewer than none.
    """
    _check_confidence(confidence)
    if not 0 <= successes <= n:
        raise UserError(
            f"{successes} of {n} is no rate", hint="Count the successes among the trials."
        )
    if n == 0:
        return Interval(math.nan, 0.0, 1.0, 0, confidence)
    from scipy.stats import binomtest

    ends = binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return Interval(successes / n, float(ends.low), float(ends.high), n, confidence)


def paired_difference(
    values: ArrayLike,
    reference: ArrayLike,
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 10_000,
    span: tuple[float, float] = (-1.0, 1.0),
) -> Interval:
    """Mean over facts of value - reference, with a bootstrap interval over the facts.

    Both models are asked the same facts, so differences are drawn, never values alone: what
    makes a fact hard for both does not widen the interval. Percentiles are expanded for the
    number of facts. The order of the facts changes nothing.

    Resampling never leaves the range of the differences, and the range of n facts misses the
    middle of a distribution with a chance of 2^(1-n). Where that alone is more than the
    interval may miss (below six facts at 0.95), it is Student's t interval, cut to ``span``, and
    no less than that of facts which all agree: so few tell next to nothing.

    Where all differences are equal (a single fact, or the same right and wrong answers) resampling
    shows no spread at all, however few facts there are. Then the interval is the exact binomial
    one (Clopper & Pearson 1934) for facts of another kind of which none was seen: a share of at
    most 1 - (alpha/2)^(1/n) of the facts, at the worst value in ``span``. Where less than
    five facts differ from all others, which is too few to draw from, it is never less than that.

    Args:
        values: (facts,), a score of the model for each fact.
        reference: (facts,), the reference's score for the same facts.
        seed: of the resampling.
        confidence: in (0, 1).
        resamples: how many times facts are drawn.
        span: the least and the largest that a difference can be.

    Raises:
        UserError: there are no facts, not as many values as references, or a NaN among them.
    """
    _check_confidence(confidence)
    found, other = np.asarray(values, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if found.shape != other.shape or found.ndim != 1 or not len(found):
        raise UserError(
            f"values of shape {found.shape} and {other.shape} make no pairs",
            hint="Give one value for each fact from both models, and at least one fact.",
        )
    differences = np.sort(found - other)
    if np.isnan(differences).any():
        raise UserError(
            "a score is not a number, so its difference is not known",
            hint="Leave the fact out of both, or score it as an answer that is wrong.",
        )
    size, mean = len(differences), float(differences.mean())
    few = 2.0 ** (1 - size) > 1 - confidence
    if few:
        low, high = _student(differences, confidence, span) if size > 1 else (mean, mean)
    else:
        low, high = _percentiles(_means(differences, resamples, seed), size, confidence)
    if few or _rarely_differ(differences):
        least = _unseen(mean, size, confidence, span)
        low, high = min(low, least[0]), max(high, least[1])
    return Interval(mean, low, high, size, confidence)


def auc_difference(
    models: Sequence[tuple[ArrayLike, ArrayLike]],
    references: Sequence[tuple[ArrayLike, ArrayLike]],
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 2000,
    span: tuple[float, float] = (-1.0, 1.0),
) -> Interval:
    """`cltool.audit.measures.membership.auc` less the reference's, with a bootstrap interval.

    Erased and unseen texts are drawn apart, and the same ones for both models; of several seeds
    the AUCs' means are compared, and a text is drawn with all of its seeds. ``n`` is the number of
    texts in the smaller set; where resampling shows no spread, the interval is that of
    `paired_difference` for so many, and of a single text it is all that a difference can be.

    Args:
        models: of each seed, scores of an attack on the erased texts and on the unseen ones,
            (items,) and (other items,); higher means not a member.
        references: scores on the same texts with each seed's reference model.
        seed: of the resampling.
        confidence: in (0, 1).
        resamples: how many times texts are drawn.
        span: the least and the largest that the difference can be.

    Raises:
        UserError: a set is empty, holds NaN, or is not scored by both models.
    """
    _check_confidence(confidence)
    kernels = [_wins(*one) for one in (*models, *references)]
    shapes = dict.fromkeys(kernel.shape for kernel in kernels)
    if len(shapes) != 1 or len(models) != len(references):
        raise UserError(
            f"{' and '.join(map(str, shapes))} texts make no pairs",
            hint="Attack all models with the same texts.",
        )
    count = len(models)
    differences = np.mean(kernels[:count], axis=0) - np.mean(kernels[count:], axis=0)
    size, mean = min(differences.shape), float(differences.mean())
    if size < 2:
        return Interval(mean, *span, size, confidence)
    if differences.min() == differences.max():
        return Interval(mean, *_unseen(mean, size, confidence, span), size, confidence)
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(resamples):
        counts = [
            np.bincount(rng.integers(count, size=count), minlength=count) / count
            for count in differences.shape
        ]
        drawn.append(counts[0] @ differences @ counts[1])
    low, high = _percentiles(np.array(drawn), size, confidence)
    if any(_rarely_differ(differences.mean(axis=axis)) for axis in (0, 1)):
        least = _unseen(mean, size, confidence, span)
        low, high = min(low, least[0]), max(high, least[1])
    return Interval(mean, max(low, span[0]), min(high, span[1]), size, confidence)


def _rarely_differ(values: Values) -> bool:
    """Whether some value is that of most, and less than `FEW` are others."""
    most = int(np.unique(values, return_counts=True)[1].max())
    return 2 * most > len(values) and len(values) - most < FEW


def _means(differences: Values, resamples: int, seed: int) -> Values:
    """(resamples,): means of as many differences, drawn with replacement, few enough at once."""
    rng, size = np.random.default_rng(seed), len(differences)
    most = max(1, AT_ONCE // size)
    parts = [min(most, resamples - begin) for begin in range(0, resamples, most)]
    drawn = [differences[rng.integers(size, size=(part, size))].mean(axis=1) for part in parts]
    return np.concatenate(drawn)


def _wins(erased: ArrayLike, holdout: ArrayLike) -> Values:
    """(erased, holdout): 1 where the unseen text has the higher score, 0.5 where they tie."""
    one, other = (np.ravel(np.asarray(scores, dtype=np.float64)) for scores in (erased, holdout))
    for name, scores in (("erased", one), ("holdout", other)):
        if not len(scores) or np.isnan(scores).any():
            raise UserError(
                "an attack needs a score for every text, and at least one",
                where=name,
                hint="Leave out texts without label tokens; look for a model that gives NaN.",
            )
    wins = (other > one[:, None]) + 0.5 * (other == one[:, None])
    return np.asarray(wins, dtype=np.float64)


def _student(
    differences: Values, confidence: float, span: tuple[float, float]
) -> tuple[float, float]:
    from scipy.stats import t

    size, mean = len(differences), float(differences.mean())
    quantile = float(t.ppf((1 + confidence) / 2, size - 1))
    half = quantile * float(differences.std(ddof=1)) / math.sqrt(size)
    return max(mean - half, span[0]), min(mean + half, span[1])


def _percentiles(drawn: Values, size: int, confidence: float) -> tuple[float, float]:
    from scipy.stats import norm, t

    # Resampled means spread by (n - 1)/n too little, and normally where Student's t would.
    quantile = float(t.ppf((1 + confidence) / 2, size - 1)) * math.sqrt(size / (size - 1))
    tail = float(norm.cdf(-quantile))
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def _unseen(
    mean: float, size: int, confidence: float, span: tuple[float, float]
) -> tuple[float, float]:
    share = 1 - ((1 - confidence) / 2) ** (1 / size)
    return mean - share * (mean - span[0]), mean + share * (span[1] - mean)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise UserError(
            f"{confidence} is no confidence", where="confidence", hint="Give 0.95, for example."
        )
