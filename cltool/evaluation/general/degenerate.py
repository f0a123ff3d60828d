"""Finds answers that are empty or repeat the same words."""

from __future__ import annotations

import itertools
import re

LOOP = 0.5
"""Share of repeated word pairs from which an answer counts as a loop."""

FEW_WORDS = 8
"""In an answer with fewer words, repeated pairs do not count."""

MOST_ALIKE = 12
"""A character that occurs more often than this in a row also counts as a loop."""


def is_degenerate(text: str) -> bool:
    """Return whether an answer is empty or repeats itself.

    An answer of at least `FEW_WORDS` words repeats itself if the share of its pairs of neighbouring
    words that occurred before is at least `LOOP`. An answer of any length repeats itself if one
    character occurs more than `MOST_ALIKE` times in a row.
    """
    words = re.findall(r"\w+", text.casefold())
    if not words:
        return True
    if re.search(rf"([^\W_])\1{{{MOST_ALIKE},}}", text):
        return True
    pairs = list(itertools.pairwise(words))
    return len(words) >= FEW_WORDS and len(set(pairs)) <= (1 - LOOP) * len(pairs)
