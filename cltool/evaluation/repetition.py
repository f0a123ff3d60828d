"""Repetition in a text: how many of its n-grams occurred before.

Welleck et al. (2020), "Neural Text Generation with Unlikelihood Training": seq-rep-n.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

LOOP = 0.5
"""Share of repeated pairs from which a text repeats itself: at least every other one."""


def seq_rep(tokens: Sequence[Hashable], n: int = 4) -> float:
    """Return seq-rep-n: 1 - (distinct n-grams) / (n-grams). Higher: more repetition.

    A text shorter than n tokens has no n-gram and scores 0.

    Args:
        tokens: a text as token ids or words.
        n: length of the n-grams, at least 1.
    """
    grams = [tuple(tokens[place : place + n]) for place in range(len(tokens) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def repeats(tokens: Sequence[Hashable]) -> bool:
    """Return whether a text repeats itself: seq-rep-2 is at least `LOOP`."""
    return seq_rep(tokens, 2) >= LOOP
