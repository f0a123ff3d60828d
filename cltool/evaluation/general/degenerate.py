"""Finds answers that are no language any more: empty ones, and loops of repeated words."""

from __future__ import annotations

import itertools
import re

LOOP = 0.5
"""Share of repeated word pairs from which an answer counts as a loop."""

FEW_WORDS = 8
"""In a shorter answer, repeated pairs say nothing."""

MOST_ALIKE = 12
"""A character that is repeated more often in a row is a loop, too."""


def is_degenerate(text: str) -> bool:
    """Return whether an answer is empty or repeats itself.

    It repeats itself if at least `LOOP` of its pairs of neighbouring words occurred before, in at
    least `FEW_WORDS` words, or if one character stands more than `MOST_ALIKE` times in a row.
    """
    words = re.findall(r"\w+", text.casefold())
    if not words:
        return True
    if re.search(rf"([^\W_])\1{{{MOST_ALIKE},}}", text):
        return True
    pairs = list(itertools.pairwise(words))
    return len(words) >= FEW_WORDS and len(set(pairs)) <= (1 - LOOP) * len(pairs)
