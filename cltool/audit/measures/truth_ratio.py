"""TOFU's truth ratio and forget quality: is the right answer more probable than wrong ones?

Maini et al. (2024), "TOFU: A Task of Fictitious Unlearning for LLMs", equation 1, averages the
probabilities of the wrong answers:

    R = (1/|W| * sum over w of P(w)^(1/|w|)) / P(paraphrase)^(1/|paraphrase|)

Published code averages their log-probabilities instead, so the numerator is a geometric mean:
open-unlearning's code does so everywhere, TOFU's code for the forget quality. This module does the
same, and adds open-unlearning's 1e-10 to the denominator; this R is never above the equation's. 0:
the model is certain of the right answer; 1: right and wrong answers are equally probable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cltool.audit.measures.memorisation import EPSILON
from cltool.audit.measures.ragged import PerItem, Ragged, Values, per_item, rows, same_length
from cltool.core.errors import UserError


def truth_ratio(right: Ragged, wrong: Ragged) -> Values:
    """Return exp(mean of ``wrong``) / (exp(mean of ``right``) + 1e-10), (items,).

    Args:
        right: mean log-probabilities per token (`cltool.audit.measures.memorisation.mean_logps`)
            of the right answer in one or more paraphrases: one array for each item.
        wrong: the same for the wrong answers in the same wordings: one array for each item.

    Raises:
        UserError: an item has no right or no wrong answer.
    """
    true, false = mean_logs(right, wrong)
    return np.exp(false) / (np.exp(true) + EPSILON)


def preference(right: Ragged, wrong: Ragged) -> PerItem:
    """Return P(right) / (P(right) + P(wrong)): 1 is certain of the right answer, 1/2 undecided.

    The same two probabilities as in `truth_ratio`. open-unlearning's ``prob_mean`` is this with
    1e-10 in the denominator; without it, undecided is 1/2 even if both answers are improbable.

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
    """Return the log of the geometric mean of right and of wrong answers, each (items,).

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


@dataclass(frozen=True, slots=True)
class ForgetQuality:
    """The agreement of two models' truth ratios.

    Attributes:
        p: the forget quality, the p-value of a two-sample Kolmogorov-Smirnov test. A low p means
            that the models differ; a high p may only mean that there are few facts.
        statistic: largest distance of the two distribution functions, between 0 and 1.
        n: number of facts of the erased model. p depends on it: compare p at equal n only.
        n_reference: number of facts of the retrained model.
    """

    p: float
    statistic: float
    n: int
    n_reference: int


def forget_quality(ratios: ArrayLike, reference: ArrayLike) -> ForgetQuality:
    """Return TOFU's forget quality: truth ratios on the erased facts against the retrained model's.

    The test is two-sided and uses ranks only, so ratios and their inverses, which TOFU's code
    compares, give the same p.

    Args:
        ratios: (items,), truth ratios of the model that erased the facts.
        reference: (items of the reference,), truth ratios of the retrained model.

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
