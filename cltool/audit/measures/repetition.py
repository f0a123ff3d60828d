"""Degenerate text: a collapsed model repeats itself or says nothing.

Welleck et al. (2020), "Neural Text Generation with Unlikelihood Training": seq-rep-n. A model that
answers nonsense has perfect forgetting scores, so the share of degenerate answers is reported with
them, and compared with the retrained model's.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from cltool.audit.measures.ragged import PerItem, per_item
from cltool.core.errors import UserError
from cltool.evaluation import repetition
from cltool.evaluation.repetition import LOOP

Tokens = Sequence[Hashable]
"""A generated text as tokens: ids or words."""


def seq_rep(texts: Sequence[Tokens], n: int = 4) -> PerItem:
    """Return seq-rep-n of each text (`cltool.evaluation.repetition.seq_rep`).

    Args:
        texts: generated texts, without prompts.
        n: length of the n-grams; Welleck et al. report 4.

    Raises:
        UserError: n is below 1.
    """
    if n < 1:
        raise UserError(f"not a valid length of n-grams: {n}", where="n", hint="Give 1 or more.")
    return per_item([repetition.seq_rep(text, n) for text in texts])


def degenerate(texts: Sequence[Tokens], n: int = 2, at_least: float = LOOP) -> PerItem:
    """Return 1 for each text that is empty or whose seq-rep-n reaches ``at_least``, else 0.

    The mean is the share of degenerate answers. Answers about a fact are short, so pairs of tokens
    count by default, and an answer of any length can repeat itself.

    Args:
        texts: generated texts, without prompts.
        n: length of the n-grams.
        at_least: threshold of seq-rep-n, in (0, 1].

    Raises:
        UserError: n is below 1, or ``at_least`` is not in (0, 1].
    """
    if not 0 < at_least <= 1:
        raise UserError(
            f"not a valid share of repeated n-grams: {at_least}",
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
