"""Whether a model still finds the right answer more likely than wrong ones: TOFU's scores.

Maini et al. (2024), "TOFU: A Task of Fictitious Unlearning for LLMs", equation 1, which averages
the probabilities of the wrong answers,

    R = (1/|W| * sum over w of P(w)^(1/|w|)) / P(paraphrase)^(1/|paraphrase|),

Published code averages their log-probabilities, so that the numerator is the geometric mean:
open-unlearning's everywhere, TOFU's for the forget quality (its scripts disagree about the model
utility). That is followed, with open-unlearning's 1e-10 beside the denominator; by the inequality
of the means this R is never above the equation's. 0 is certain of the right answer, 1 undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cltool.audit.measures.memorisation import EPSILON
from cltool.audit.measures.ragged import PerItem, Ragged, Values, per_item, rows, same_length
from cltool.core.errors import UserError


def truth_ratio(right: Ragged, wrong: Ragged) -> Values:
    """(items,): exp(mean of ``wrong``) / (exp(mean of ``right``) + 1e-10).

    Args:
        right: mean log-probabilities a token (see `cltool.audit.measures.memorisation.mean_logps`)
        of
            the right answer, paraphrased, in one wording or more: one array an item.
        wrong: those of the wrong answers in the same words: one array an item.

    Raises:
        UserError: an item has no right or no wrong answer.
    """
    true, false = _probabilities(right, wrong)
    return false / (true + EPSILON)


def right_share(right: Ragged, wrong: Ragged) -> PerItem:
    """P(right) / (P(right) + P(wrong) + 1e-10): 1 is certain of the right answer, 1/2 undecided.

    The same two probabilities as in `truth_ratio`, in the form that open-unlearning calls
    ``prob_mean``: unlike `closer_to_one` it says which of them is preferred.

    Args:
        right: as for `truth_ratio`.
        wrong: as for `truth_ratio`.

    Raises:
        UserError: an item has no right or no wrong answer.
    """
    true, false = _probabilities(right, wrong)
    return per_item(true / (true + false + EPSILON))


def preference(right: Ragged, wrong: Ragged) -> PerItem:
    """`right_share` without its 1e-10: undecided is 1/2 however improbable both answers are.

    Args:
        right: as for `truth_ratio`.
        wrong: as for `truth_ratio`.

    Raises:
        UserError: an item has no right or no wrong answer.
    """
    from scipy.special import expit

    true, false = mean_logs(right, wrong)
    with np.errstate(invalid="ignore"):
        ahead = np.where(true == false, 0.0, true - false)
    return per_item(expit(ahead))


def mean_logs(right: Ragged, wrong: Ragged) -> tuple[Values, Values]:
    """(items,) each: log of the geometric mean over an item's right answers, and its wrong ones.

    Args:
        right: as for `truth_ratio`.
        wrong: as for `truth_ratio`.

    Raises:
        UserError: an item has no right or no wrong answer.
    """
    true, false = rows(right), rows(wrong)
    same_length(true, false, "sets of wrong answers")
    for number, (one, other) in enumerate(zip(true, false, strict=True)):
        if not len(one) or not len(other):
            raise UserError(
                f"there is no {'wrong' if len(one) else 'right'} answer to compare",
                where=f"item {number}",
                hint="Give every item at least one right and one wrong answer.",
            )
    means = [np.array([row.mean() for row in side], float) for side in (true, false)]
    return means[0], means[1]


def _probabilities(right: Ragged, wrong: Ragged) -> tuple[Values, Values]:
    true, false = mean_logs(right, wrong)
    return np.exp(true), np.exp(false)


def closer_to_one(ratios: ArrayLike) -> PerItem:
    """min(R, 1/(R + 1e-10)): for erased facts, 1 where right and wrong are equally likely.

    TOFU's truth ratio of its forget set. It does not tell a model that prefers the right answer
    from one that prefers the wrong ones by as much.

    Args:
        ratios: (items,), truth ratios.
    """
    found = np.asarray(ratios, dtype=np.float64)
    return per_item(np.minimum(found, 1 / (found + EPSILON)))


def true_better(ratios: ArrayLike) -> PerItem:
    """max(0, 1 - R): for retained facts, 1 where only the right answer is likely.

    TOFU's truth ratio of its other sets, a part of the model utility.

    Args:
        ratios: (items,), truth ratios.
    """
    return per_item(np.maximum(0, 1 - np.asarray(ratios, dtype=np.float64)))


@dataclass(frozen=True, slots=True)
class ForgetQuality:
    """How well the truth ratios of two models agree.

    Attributes:
        p: the forget quality, the p-value of a two-sample Kolmogorov-Smirnov test; a low one
            tells the models apart, a high one may only mean that there were few facts.
        statistic: the largest distance of the two distribution functions, between 0 and 1.
        n: facts of the erased model. p depends on it: compare p at equal n only.
        n_reference: facts of the retrained model.
    """

    p: float
    statistic: float
    n: int
    n_reference: int


def forget_quality(ratios: ArrayLike, reference: ArrayLike) -> ForgetQuality:
    """TOFU's forget quality: truth ratios on the erased facts against the retrained model's.

    The test is two-sided and looks at ranks only, so that ratios and their inverses, which
    TOFU's code compares, give the same p.

    Args:
        ratios: (items,), truth ratios of the model that erased the facts.
        reference: (items of the reference,), those of the retrained model.

    Raises:
        UserError: one of them is empty.
    """
    from scipy.stats import ks_2samp

    found, other = np.ravel(np.asarray(ratios, float)), np.ravel(np.asarray(reference, float))
    if not len(found) or not len(other):
        raise UserError(
            "forget quality needs truth ratios of both models",
            hint="Score the erased facts with the retrained model too.",
        )
    test: Any = ks_2samp(found, other)
    return ForgetQuality(float(test.pvalue), float(test.statistic), len(found), len(other))


def model_utility(scores: Sequence[float]) -> float:
    """Harmonic mean of scores on what is to be kept: one at 0 brings it to 0.

    TOFU takes nine: probability, ROUGE-L recall and truth ratio (`true_better`) on retained
    facts, neighbours and the world.

    Args:
        scores: between 0 and 1, higher is better.

    Raises:
        UserError: there are none, or one is negative.
    """
    from scipy.stats import hmean

    if not len(scores):
        raise UserError("model utility needs at least one score", hint="Score what is to be kept.")
    if min(scores) < 0:
        raise UserError(
            f"a score of {min(scores)} has no harmonic mean with others",
            hint="Give scores between 0 and 1.",
        )
    return float(hmean(np.asarray(scores, dtype=np.float64)))
