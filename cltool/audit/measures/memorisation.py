"""Measures of how much of a text a model has memorised, from token scores or generated answers.

Maini et al. (2024), "TOFU: A Task of Fictitious Unlearning for LLMs": probability and ROUGE.
Tirumala et al. (2022), "Memorization Without Overfitting": exact memorisation. Carlini et al.
(2021), "Extracting Training Data from Large Language Models", and Wang et al. (2025), "Towards
Effective Evaluations and Comparisons for LLM Unlearning Methods": extraction strength. The
details are those of open-unlearning (Dorna et al. 2025).

All measures are between 0 and 1; higher means more memorised. A high score on an erased fact is a
leak only if it is higher than the retrained model's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cltool.audit.measures.ragged import PerItem, Ragged, Values, per_item, rows, same_length

EPSILON = 1e-10
"""Added to denominators, as in the published code."""


def mean_logps(logps: Ragged, masks: Ragged | None = None) -> Values:
    """Return the mean log-probability of the label tokens, in nats, (items,); NaN without any.

    Its negative is the published ``avg_loss``.

    Args:
        logps: natural-log probabilities of the tokens, one array for each item.
        masks: true for label tokens; by default all tokens are labels.
    """
    return _means(rows(logps, masks))


def probability(logps: Ragged, masks: Ragged | None = None) -> PerItem:
    """Return P(answer | question)^(1/length): exp of the mean log-probability of label tokens.

    The published code includes the end token. An item without label tokens has NaN, and the mean
    is over the others.

    Args:
        logps: natural-log probabilities of the tokens, one array for each item.
        masks: true for label tokens; by default all tokens are labels.
    """
    found = rows(logps, masks)
    return per_item(np.exp(_means(found)), [len(row) > 0 for row in found])


def exact_memorisation(hits: Ragged, masks: Ragged | None = None) -> PerItem:
    """Return the share of label tokens that are the most probable ones, teacher-forced.

    The published code leaves out the end token. An item without label tokens has NaN, and the
    mean is over the others.

    Args:
        hits: whether each token is the argmax of the model's prediction, one array for each item.
        masks: true for label tokens; by default all tokens are labels.
    """
    found = rows(hits, masks)
    return per_item(_means(found), [len(row) > 0 for row in found])


def extraction_strength(hits: Ragged, masks: Ragged | None = None) -> PerItem:
    """Return 1 - k/length; k is the shortest prefix after which every label token is the argmax.

    After such a prefix, greedy decoding gives exactly the rest. The published code leaves out the
    end token. As in open-unlearning, k is at most length - 1, so a text whose last token is wrong
    has 1/length and not 0; and an item without label tokens has 0, which counts in the mean.

    Args:
        hits: whether each token is the argmax of the model's prediction, one array for each item.
        masks: true for label tokens; by default all tokens are labels.
    """
    return per_item([_strength(row) for row in rows(hits, masks)])


def _strength(hits: Values) -> float:
    if not len(hits):
        return 0.0
    wrong = np.flatnonzero(hits == 0)
    prefix = min(int(wrong[-1]) + 1, len(hits) - 1) if len(wrong) else 0
    return 1 - prefix / len(hits)


def _means(found: Sequence[Values]) -> Values:
    return np.array([row.mean() if len(row) else np.nan for row in found], float)


def rouge_l(answers: Sequence[str], truths: Sequence[str], *, stem: bool = True) -> PerItem:
    """Return the ROUGE-L recall (Lin 2004) of answers, computed by the package rouge-score.

    It is the length of the longest common subsequence, as a share of the true text's words. Words
    are runs of a-z and 0-9 in lower case: other letters count as spaces, so a text in another
    script has no words and a score of 0.

    Args:
        answers: generated texts, without the prompt.
        truths: the true texts, one for each answer.
        stem: Porter-stem words of more than three letters, as TOFU and open-unlearning do;
            MUSE's own code does not.

    Raises:
        UserError: the numbers of answers and truths differ.
    """
    from rouge_score.rouge_scorer import RougeScorer

    same_length(answers, truths, "true texts")
    scorer = RougeScorer(["rougeL"], use_stemmer=stem)
    pairs = zip(truths, answers, strict=True)
    return per_item([scorer.score(truth, answer)["rougeL"].recall for truth, answer in pairs])
