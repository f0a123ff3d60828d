"""Membership inference: attacks that guess whether a model was trained on a text.

Every score is like a loss: HIGHER MEANS NOT A MEMBER, as in open-unlearning. Yeom et al.
(2018), "Privacy Risk in Machine Learning": loss. Carlini et al. (2021), "Extracting Training Data
from Large Language Models": zlib, reference. Shi et al. (2024), "Detecting Pretraining Data from
Large Language Models": min-k%. Zhang et al. (2025), "Min-K%++". Shi et al. (2025), "MUSE":
privacy leakage.

The texts that are compared with the erased ones (the holdout) must be of the same kind and unseen
by the model: an attack detects any difference between the two sets, not only membership. The
retrained model's AUC shows how large such other differences are.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cltool.audit.measures.memorisation import EPSILON, mean_logps
from cltool.audit.measures.ragged import Ragged, Values, aligned, rows, same_length
from cltool.core.errors import UserError

LEAST_VARIANCE = 1e-6
"""Lower bound of the variance of log p in min-k%++, as in open-unlearning."""


def loss(logps: Ragged, masks: Ragged | None = None) -> Values:
    """Return the mean loss of the label tokens, in nats, (items,); NaN without any.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        masks: true where a token is a label; by default all are.
    """
    return -mean_logps(logps, masks)


def zlib_ratio(logps: Ragged, texts: Sequence[str], masks: Ragged | None = None) -> Values:
    """Return the loss divided by the bytes of the zlib-compressed text, (items,).

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        texts: the text of each item's label tokens, without special tokens.
        masks: true where a token is a label; by default all are.
    """
    losses = loss(logps, masks)
    same_length(losses, texts, "texts")
    return np.asarray(losses / np.array([len(zlib.compress(t.encode())) for t in texts], float))


def reference(logps: Ragged, reference_logps: Ragged, masks: Ragged | None = None) -> Values:
    """Return the loss minus a reference model's loss, (items,).

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        reference_logps: the same for a model that was not trained on the texts.
        masks: true where a token is a label; by default all are.
    """
    found, other = rows(logps, masks), rows(reference_logps, masks)
    same_length(found, other, "items of the reference")
    return loss(found) - loss(other)


def min_k(logps: Ragged, masks: Ragged | None = None, *, k: float = 0.4) -> Values:
    """Return the mean loss of the least probable tokens, (items,).

    max(1, floor(k * length)) tokens count. An item without label tokens has 0, as published.
    MUSE and open-unlearning's benchmarks use k = 0.4.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        masks: true where a token is a label; by default all are.
        k: share of the tokens, in (0, 1].

    Raises:
        UserError: k is not in (0, 1].
    """
    return _lowest(rows(logps, masks), k)


def min_k_plus_plus(
    logps: Ragged, means: Ragged, stds: Ragged, masks: Ragged | None = None, *, k: float = 0.4
) -> Values:
    """Return `min_k` of log-probabilities that are standardised at each position, (items,).

    (log p(token) - mean) / std, where mean and std are those of log p under the model's own
    prediction at the token's position. The variance is at least 1e-6, as in open-unlearning.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        means: mean of log p at each token's position.
        stds: standard deviation of log p at each token's position.
        masks: true where a token is a label; by default all are.
        k: share of the tokens, in (0, 1].

    Raises:
        UserError: k is not in (0, 1], or the arrays differ in length.
    """
    found, centres, spreads = rows(logps, masks), rows(means, masks), rows(stds, masks)
    aligned(found, centres, "means")
    aligned(found, spreads, "standard deviations")
    least = np.sqrt(LEAST_VARIANCE)
    standard = [
        (row - centre) / np.maximum(spread, least)
        for row, centre, spread in zip(found, centres, spreads, strict=True)
    ]
    return _lowest(standard, k)


def _lowest(scores: Sequence[Values], k: float) -> Values:
    if not 0 < k <= 1:
        raise UserError(
            f"not a valid share of tokens: {k}", where="k", hint="Give a number above 0, at most 1."
        )
    lowest = [np.sort(row)[: max(1, int(len(row) * k))] for row in scores]
    return np.array([-row.mean() if len(row) else 0.0 for row in lowest], float)


def auc(erased: ArrayLike, holdout: ArrayLike) -> float:
    """Return the probability that an ``erased`` text looks more like a member than a holdout one.

    1: all erased texts are recognised as members. 0.5: the two sets cannot be distinguished. 0: the
    erased texts look less familiar than unseen ones, which identifies them too. Ties count half.

    Args:
        erased: (items,), an attack's scores on the erased texts; higher means not a member.
        holdout: (other items,), its scores on unseen texts.

    Raises:
        UserError: one of them is empty or contains NaN.
    """
    from scipy.stats import rankdata
    from sklearn.metrics import roc_auc_score

    sets = [np.ravel(np.asarray(scores, dtype=np.float64)) for scores in (erased, holdout)]
    for name, scores in zip(("erased", "holdout"), sets, strict=True):
        if not len(scores) or np.isnan(scores).any():
            raise UserError(
                "an attack needs at least one text, and a score for every text",
                where=name,
                hint="Leave out texts without label tokens, and check the model for NaN.",
            )
    labels = np.repeat([0, 1], [len(scores) for scores in sets])
    # roc_auc_score does not accept infinite losses; their ranks are finite.
    return float(roc_auc_score(labels, rankdata(np.concatenate(sets))))


def privacy_leakage(found: float, retrained: float) -> float:
    """Return MUSE's PrivLeak, in percent: how far an attack's AUC is from the retrained model's.

    (A - A_retrained) / (A_retrained + 1e-10) * 100, where A = 1 - `auc` is how often the holdout
    text looks more like a member, as in MUSE. Negative: the erased texts are still recognised
    (residue), at worst -100. Positive: they look less familiar than to a model that never saw
    them (over-forgotten). 0 is the target.

    Args:
        found: `auc` of the model that erased the texts.
        retrained: `auc` of the retrained model.
    """
    return ((1 - found) - (1 - retrained)) / ((1 - retrained) + EPSILON) * 100
