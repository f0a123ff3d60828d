"""What sampled answers let out: one greedy answer hides what sampling often enough brings up.

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
    """Expected largest score among k of the n answers sampled for each item, without bias.

    sum over i of C(i-1, k-1) / C(n, k) times the i-th smallest score, that is the mean over all
    choices of k answers. Where scores say only whether an answer leaked, in c answers of n, it
    is 1 - C(n-c, k) / C(n, k), the unbiased pass@k.

    Args:
        scores: one array an item, of its n sampled answers: whether each leaks the fact, or by
            how much (ROUGE-L recall, for example).
        k: how many answers an attacker draws.

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


def any_of_k(scores: Ragged, k: int) -> PerItem:
    """The largest score among the first k answers of each item: what k draws did let out.

    Args:
        scores: as for `leak_at_k`, in the order in which the answers were drawn.
        k: how many answers count.

    Raises:
        UserError: k is below 1, or an item has fewer than k answers.
    """
    found = rows(scores)
    _check(found, k)
    return per_item([row[:k].max() for row in found])


def _check(found: list[Values], k: int) -> None:
    if k < 1:
        raise UserError(f"{k} answers cannot leak anything", where="k", hint="Give 1 or more.")
    for number, row in enumerate(found):
        if len(row) < k:
            raise UserError(
                f"{len(row)} sampled answers cannot show what {k} would leak",
                where=f"item {number}",
                hint="Sample more answers, or ask for a smaller k.",
            )
