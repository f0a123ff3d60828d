"""leak@k: the chance that at least one of several sampled answers reveals a fact.

Reisizadeh et al. (2025), "Leak@k: Unlearning Does Not Make LLMs Forget Under Probabilistic
Decoding"; the estimator for yes-or-no scores is that of pass@k, Chen et al. (2021), "Evaluating
Large Language Models Trained on Code", equation 1.
"""

from __future__ import annotations

import math

import numpy as np

from cltool.audit.measures.ragged import PerItem, Ragged, Values, per_item, rows
from cltool.core.errors import UserError


def leak_at_k(scores: Ragged, k: int) -> PerItem:
    """Return the expected largest score among k of each item's n sampled answers, unbiased.

    It is the mean over all choices of k answers: the sum over i of C(i-1, k-1) / C(n, k) times the
    i-th smallest score. If scores are 0 or 1, with c ones among n, it is 1 - C(n-c, k) / C(n, k),
    the unbiased pass@k.

    Args:
        scores: one array for each item, with a score for each of its n sampled answers: whether
            it leaks the fact, or how much (ROUGE-L recall, for example).
        k: number of answers that an attacker draws.

    Raises:
        UserError: k is below 1, or an item has fewer than k answers.
    """
    found = rows(scores)
    _check(found, k)
    return per_item([_largest(np.sort(row), k) for row in found])


def _largest(ordered: Values, k: int) -> float:
    size = len(ordered)
    ways = math.comb(size, k)
    weights = [math.comb(place, k - 1) / ways for place in range(size)]
    return float(np.dot(weights, ordered))


def _check(found: list[Values], k: int) -> None:
    if k < 1:
        raise UserError(f"not a valid number of answers: {k}", where="k", hint="Give 1 or more.")
    for number, row in enumerate(found):
        if len(row) < k:
            raise UserError(
                f"{len(row)} sampled answers are too few for leak@{k}",
                where=f"item {number}",
                hint="Sample more answers, or use a smaller k.",
            )
