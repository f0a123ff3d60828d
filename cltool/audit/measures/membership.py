"""Attacks that guess whether a model was trained on a text, and what they amount to.

Every score is of the kind of a loss: HIGHER MEANS NOT A MEMBER, as in open-unlearning. Yeom et al.
(2018), "Privacy Risk in Machine Learning": loss. Carlini et al. (2021), "Extracting Training Data
from Large Language Models": zlib, reference. Shi et al. (2024), "Detecting Pretraining Data from
Large Language Models": min-k%. Zhang et al. (2025), "Min-K%++". Shi et al. (2025), "MUSE":
privacy leakage.

The texts compared with the erased ones, the holdout, must be of the same kind and unseen by the
model: an attack tells any difference between the two sets, not only membership. The retrained
model's AUC shows how much of that there is.
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
"""What the variance of log p is raised to in min-k%++, as in open-unlearning."""


def loss(logps: Ragged, masks: Ragged | None = None) -> Values:
    """(items,): mean loss of the label tokens, in nats; NaN without any. Higher: not a member.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        masks: true where a token is a label; by default all are.
    """
    return -mean_logps(logps, masks)


def zlib_ratio(logps: Ragged, texts: Sequence[str], masks: Ragged | None = None) -> Values:
    """(items,): the loss over the bytes that zlib needs for the text. Higher: not a member.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        texts: the text of each item's label tokens, special tokens left out.
        masks: true where a token is a label; by default all are.
    """
    losses = loss(logps, masks)
    same_length(losses, texts, "texts")
    return np.asarray(losses / np.array([len(zlib.compress(t.encode())) for t in texts], float))


def reference(logps: Ragged, reference_logps: Ragged, masks: Ragged | None = None) -> Values:
    """(items,): the loss less a reference model's loss. Higher: not a member.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        reference_logps: those of a model that surely did not see the texts.
        masks: true where a token is a label; by default all are.
    """
    found, other = rows(logps, masks), rows(reference_logps, masks)
    same_length(found, other, "items of the reference")
    return loss(found) - loss(other)


def min_k(logps: Ragged, masks: Ragged | None = None, *, k: float = 0.4) -> Values:
    """(items,): mean loss of the least probable tokens. Higher: not a member.

    max(1, floor(k * length)) tokens count. An item without label tokens has 0, as published.
    MUSE and open-unlearning's benchmarks take k = 0.4.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        masks: true where a token is a label; by default all are.
        k: which share of the tokens, in (0, 1].

    Raises:
        UserError: k is no share.
    """
    return _lowest(rows(logps, masks), k)


def min_k_plus_plus(
    logps: Ragged, means: Ragged, stds: Ragged, masks: Ragged | None = None, *, k: float = 0.4
) -> Values:
    """(items,): `min_k` of log-probabilities standardised at each place. Higher: not a member.

    (log p(token) - mean) / std, where mean and std are those of log p under the model's own
    prediction at the token's place. The variance is raised to at
    least 1e-6, as in open-unlearning.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        means: mean of log p at each token's place.
        stds: standard deviation of log p at each token's place.
        masks: true where a token is a label; by default all are.
        k: which share of the tokens, in (0, 1].

    Raises:
        UserError: k is no share, or the arrays do not fit each other.
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
            f"{k} is no share of tokens", where="k", hint="Give a number above 0, at most 1."
        )
    lowest = [np.sort(row)[: max(1, int(len(row) * k))] for row in scores]
    return np.array([-row.mean() if len(row) else 0.0 for row in lowest], float)


def auc(erased: ArrayLike, holdout: ArrayLike) -> float:
    """Chance that a text of ``erased`` looks more like a member than one of ``holdout``.

    1: the erased texts are all recognised as members; 0.5: nothing to tell; 0: they look less
    familiar than unseen texts, which betrays them as well. Ties count half.

    Args:
        erased: (items,), scores of an attack on the erased texts; higher means not a member.
        holdout: (other items,), its scores on unseen texts.

    Raises:
        UserError: one of them is empty or holds NaN.
    """
    from scipy.stats import rankdata
    from sklearn.metrics import roc_auc_score

    sets = [np.ravel(np.asarray(scores, dtype=np.float64)) for scores in (erased, holdout)]
    for name, scores in zip(("erased", "holdout"), sets, strict=True):
        if not len(scores) or np.isnan(scores).any():
            raise UserError(
                "an attack needs a score for every text, and at least one",
                where=name,
                hint="Leave out texts without label tokens; look for a model that gives NaN.",
            )
    labels = np.repeat([0, 1], [len(scores) for scores in sets])
    # Ranks order infinite losses too, which roc_auc_score refuses.
    return float(roc_auc_score(labels, rankdata(np.concatenate(sets))))


def privacy_leakage(found: float, retrained: float) -> float:
    """MUSE's PrivLeak, in percent: how far an attack's AUC is from the retrained model's.

    (A - A_retrained) / (A_retrained + 1e-10) * 100, where A = 1 - `auc` is how often the holdout
    looks more like a member, as MUSE counts. Negative: the erased texts are still recognised
    (residue), at worst -100. Positive: they look less familiar than to a model that never saw
    them (over-forgotten). 0 is the target.

    Args:
        found: `auc` on the model that erased the texts.
        retrained: `auc` on the retrained model.
    """
    return ((1 - found) - (1 - retrained)) / ((1 - retrained) + EPSILON) * 100
