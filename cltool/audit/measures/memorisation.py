"""How much of a text a model still holds, read off its tokens or off what it says.

Maini et al. (2024), "TOFU: A Task of Fictitious Unlearning for LLMs": probability and ROUGE.
Tirumala et al. (2022), "Memorization Without Overfitting": exact memorisation. Carlini et al.
(2021), "Extracting Training Data from Large Language Models", and Wang et al. (2025), "Towards
Effective Evaluations and Comparisons for LLM Unlearning Methods": extraction strength. The
details are those of open-unlearning (Dorna et al. 2025).

All of them lie between 0 and 1, and higher is more memorised. A high score on an erased fact is
a leak only beside the retrained model's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cltool.audit.measures.ragged import PerItem, Ragged, Values, per_item, rows, same_length

EPSILON = 1e-10
"""What the published code adds to its denominators."""


def mean_logps(logps: Ragged, masks: Ragged | None = None) -> Values:
    """(items,): mean log-probability of the label tokens, in nats; NaN without any.

    Its negative is the published ``avg_loss``.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        masks: true where a token is a label; by default all are.
    """
    return _means(rows(logps, masks))


def probability(logps: Ragged, masks: Ragged | None = None) -> PerItem:
    """P(answer | question)^(1/length): exp of the mean log-probability of the label tokens.

    The published code counts the end token among them. An item without
    label tokens has NaN, and the mean is over the others.

    Args:
        logps: natural-log probabilities of the tokens, one array an item.
        masks: true where a token is a label; by default all are.
    """
    found = rows(logps, masks)
    return per_item(np.exp(_means(found)), [len(row) > 0 for row in found])


def probability_among(right: ArrayLike, wrong: Ragged) -> PerItem:
    """P(right) / (P(right) + sum of P(wrong) + 1e-10), each P normalised for length.

    What TOFU takes in place of `probability` where there are wrong options to choose from (its
    real authors and world facts); the 1e-10 is open-unlearning's.

    Args:
        right: (items,), mean log-probabilities of the right answers (see `mean_logps`).
        wrong: one array an item, those of its wrong options.
    """
    true = np.exp(np.asarray(right, dtype=np.float64))
    false = rows(wrong)
    same_length(true, false, "sets of wrong options")
    return per_item(true / (true + [np.exp(row).sum() for row in false] + EPSILON))


def exact_memorisation(hits: Ragged, masks: Ragged | None = None) -> PerItem:
    """Share of the label tokens that are the most probable ones, teacher-forced.

    Published without the end token. An item
    without label tokens has NaN, and the mean is over the others.

    Args:
        hits: whether each token is the argmax of the model's prediction, one array an item.
        masks: true where a token is a label; by default all are.
    """
    found = rows(hits, masks)
    return per_item(_means(found), [len(row) > 0 for row in found])


def extraction_strength(hits: Ragged, masks: Ragged | None = None) -> PerItem:
    """1 - k/length, where k is the shortest prefix after which every label token is the argmax.

    Published without the end token, and teacher-forced: after such a prefix, greedy decoding
    gives exactly the rest. As in open-unlearning, k never exceeds length - 1, so that a text
    whose last token is wrong has 1/length and not 0, and an item without label tokens has 0,
    which counts in the mean.

    Args:
        hits: whether each token is the argmax of the model's prediction, one array an item.
        masks: true where a token is a label; by default all are.
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


@dataclass(frozen=True, slots=True, eq=False)
class RougeL:
    """ROUGE-L of answers (Lin 2004).

    Attributes:
        recall: longest common subsequence, as a share of the true text's words: TOFU's score.
        f1: harmonic mean of that and the share of the answer's words: MUSE's score.
    """

    recall: PerItem
    f1: PerItem


def rouge_l(answers: Sequence[str], truths: Sequence[str], *, stem: bool = True) -> RougeL:
    """ROUGE-L of what was said against what is true, by the package rouge-score.

    Its words are runs of a-z and 0-9 in lower case: other letters count as spaces, so a text
    in another script has no words and a score of 0.

    Args:
        answers: generated texts, the prompt not included.
        truths: the true texts, one for each answer.
        stem: Porter-stem words of more than three letters, as TOFU and open-unlearning do;
            MUSE's own code does not.

    Raises:
        UserError: there are not as many answers as truths.
    """
    from rouge_score.rouge_scorer import RougeScorer

    same_length(answers, truths, "true texts")
    scorer = RougeScorer(["rougeL"], use_stemmer=stem)
    found = [
        scorer.score(truth, answer)["rougeL"] for answer, truth in zip(answers, truths, strict=True)
    ]
    return RougeL(
        per_item([score.recall for score in found]), per_item([score.fmeasure for score in found])
    )
