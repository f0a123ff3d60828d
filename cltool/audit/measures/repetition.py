"""Whether generated text is still text: a collapsed model repeats itself or falls silent.

Welleck et al. (2020), "Neural Text Generation with Unlikelihood Training": seq-rep-n.
Li et al. (2016), "A Diversity-Promoting Objective Function for Neural Conversation Models":
distinct-n. A model that answers nonsense scores perfect forgetting, so the share of it stands
beside every such score, and beside the retrained model's.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from cltool.audit.measures.ragged import PerItem, per_item
from cltool.core.errors import UserError

Tokens = Sequence[Hashable]
"""A generated text as tokens: ids or words."""


def seq_rep(texts: Sequence[Tokens], n: int = 4) -> PerItem:
    """seq-rep-n: 1 - (different n-grams) / (n-grams) of each text. Higher: more repetition.

    A text shorter than n tokens has no n-gram to repeat and scores 0.

    Args:
        texts: generated texts, prompts not included.
        n: length of the n-grams; Welleck et al. report 4.

    Raises:
        UserError: n is below 1.
    """
    grams = [_grams(text, n) for text in texts]
    return per_item([1 - len(set(row)) / len(row) if row else 0.0 for row in grams])


def distinct(texts: Sequence[Tokens], n: int = 2) -> float:
    """distinct-n: different n-grams of all texts together, over all their tokens.

    Lower: the texts are all alike. NaN where there is no token.

    Args:
        texts: generated texts, prompts not included.
        n: length of the n-grams; Li et al. report 1 and 2.

    Raises:
        UserError: n is below 1.
    """
    different = {gram for text in texts for gram in _grams(text, n)}
    tokens = sum(len(text) for text in texts)
    return len(different) / tokens if tokens else float("nan")


def degenerate(texts: Sequence[Tokens], n: int = 2, at_least: float = 0.5) -> PerItem:
    """1 for each text that is empty or whose seq-rep-n reaches ``at_least``, else 0.

    The mean is the share of degenerate answers. Answers to questions about a fact are short, so
    pairs of tokens are looked at by default; at 0.5, at least every other pair is a repetition.

    Args:
        texts: generated texts, prompts not included.
        n: length of the n-grams.
        at_least: seq-rep-n from which a text counts, in (0, 1].

    Raises:
        UserError: n is below 1, or ``at_least`` is no share.
    """
    if not 0 < at_least <= 1:
        raise UserError(
            f"{at_least} is no share of repeated n-grams",
            where="at_least",
            hint="Give a number above 0, at most 1.",
        )
    repeated = seq_rep(texts, n).values
    return per_item(
        [
            float(len(text) == 0 or share >= at_least)
            for text, share in zip(texts, repeated, strict=True)
        ]
    )


def _grams(text: Tokens, n: int) -> list[tuple[Hashable, ...]]:
    if n < 1:
        raise UserError(f"there are no n-grams of length {n}", where="n", hint="Give 1 or more.")
    return [tuple(text[place : place + n]) for place in range(len(text) - n + 1)]
