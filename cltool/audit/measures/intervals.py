"""Confidence intervals of differences between two models that were asked about the same facts.

Efron (1979), "Bootstrap methods", with the expanded percentiles of Hesterberg (2015), "What
Teachers Should Know About the Bootstrap": without them, intervals of a few facts are too narrow.
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
"""Maximum number of facts that one step of the resampling draws."""

FEW = 5
"""Number of facts that must differ from the others for resampling to show the spread."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval.

    Attributes:
        estimate: the estimate.
        low: lower end.
        high: upper end.
        n: number of facts.
        confidence: share of such intervals that contain the true value.
    """

    estimate: float
    low: float
    high: float
    n: int
    confidence: float = 0.95


def paired_difference(
    values: ArrayLike,
    reference: ArrayLike,
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = 10_000,
    span: tuple[float, float] = (-1.0, 1.0),
) -> Interval:
    """Return the mean over facts of (value - reference), with a bootstrap interval over facts.

    Both models are asked about the same facts, so the bootstrap resamples differences: a fact that
    is hard for both models does not widen the interval. Percentiles are expanded for the number of
    facts. The order of the facts does not matter.

    Resampled means stay within the range of the differences, and the range of n values misses the
    median of their distribution with probability 2^(1-n). If that is more than 1 - confidence
    (fewer than six facts at 0.95), the interval is Student's t interval, cut to ``span``, and at
    least as wide as the binomial interval below.

    If all differences are equal (a single fact, or the same right and wrong answers), resampling
    shows no spread. The interval is then the exact binomial one (Clopper & Pearson 1934) for kinds
    of facts that were not observed: a share of at most 1 - (alpha/2)^(1/n) of the facts, with the
    worst value in ``span``. If fewer than five facts differ from all others, which is too few to
    resample, the interval is at least as wide as that one.

    Args:
        values: (facts,), the model's score for each fact.
        reference: (facts,), the reference model's score for the same facts.
        seed: of the resampling.
        confidence: in (0, 1).
        resamples: number of resamples.
        span: smallest and largest possible difference.

    Raises:
        UserError: there are no facts, the numbers of scores differ, or a score is NaN.
    """
    _check_confidence(confidence)
    found, other = np.asarray(values, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if found.shape != other.shape or found.ndim != 1 or not len(found):
        raise UserError(
            f"values of shape {found.shape} and {other.shape} cannot be paired",
            hint="Give one value for each fact from both models, and at least one fact.",
        )
    differences = np.sort(found - other)
    if np.isnan(differences).any():
        raise UserError(
            "a score is NaN, so the difference is undefined",
            hint="Leave out the fact for both models, or score it as a wrong answer.",
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
    """Return `cltool.audit.measures.membership.auc` minus the reference's, with an interval.

    The bootstrap resamples erased and unseen texts separately, and the same texts for both models.
    With several seeds, the mean AUCs are compared, and a text is resampled with all its seeds.
    ``n`` is the number of texts in the smaller set. If resampling shows no spread, the interval is
    that of `paired_difference` for ``n`` facts; for a single text it is the whole of ``span``.

    Args:
        models: for each seed, the attack's scores on the erased texts and on the unseen ones,
            (items,) and (other items,); higher means not a member.
        references: the same scores with each seed's reference model.
        seed: of the resampling.
        confidence: in (0, 1).
        resamples: number of resamples.
        span: smallest and largest possible difference.

    Raises:
        UserError: a set is empty, contains NaN, or is not scored by both models.
    """
    _check_confidence(confidence)
    kernels = [_wins(*one) for one in (*models, *references)]
    shapes = dict.fromkeys(kernel.shape for kernel in kernels)
    if len(shapes) != 1 or len(models) != len(references):
        raise UserError(
            f"{' and '.join(map(str, shapes))} texts cannot be paired",
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
    """Return whether most values are equal and fewer than `FEW` differ from them."""
    most = int(np.unique(values, return_counts=True)[1].max())
    return 2 * most > len(values) and len(values) - most < FEW


def _means(differences: Values, resamples: int, seed: int) -> Values:
    """Return means of resampled differences, (resamples,); large sets are drawn in parts."""
    rng, size = np.random.default_rng(seed), len(differences)
    most = max(1, AT_ONCE // size)
    parts = [min(most, resamples - begin) for begin in range(0, resamples, most)]
    drawn = [differences[rng.integers(size, size=(part, size))].mean(axis=1) for part in parts]
    return np.concatenate(drawn)


def _wins(erased: ArrayLike, holdout: ArrayLike) -> Values:
    """Return a matrix (erased, holdout): 1 if the unseen text scores higher, 0.5 for a tie."""
    one, other = (np.ravel(np.asarray(scores, dtype=np.float64)) for scores in (erased, holdout))
    for name, scores in (("erased", one), ("holdout", other)):
        if not len(scores) or np.isnan(scores).any():
            raise UserError(
                "an attack needs at least one text, and a score for every text",
                where=name,
                hint="Leave out texts without label tokens, and check the model for NaN.",
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

    # Resampled means have a variance that is (n - 1)/n of the true one, and thin tails.
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
            f"not a valid confidence: {confidence}",
            where="confidence",
            hint="Give a number between 0 and 1, for example 0.95.",
        )
