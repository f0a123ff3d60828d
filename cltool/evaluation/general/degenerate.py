"""Finds answers that are empty or repeat the same words."""

from __future__ import annotations

import re

from cltool.evaluation.repetition import repeats

FEW_WORDS = 8
"""In an answer with fewer words, repeated pairs do not count."""

MOST_ALIKE = 12
"""A character that occurs more often than this in a row also counts as a loop."""


def is_degenerate(text: str) -> bool:
    """Return whether an answer is empty or repeats itself.

    An answer of at least `FEW_WORDS` words repeats itself if its pairs of neighbouring words do
    (`cltool.evaluation.repetition.repeats`). An answer of any length repeats itself if one
    character occurs more than `MOST_ALIKE` times in a row. The audit looks at the tokens of names,
    which are shorter (`cltool.audit.measures.repetition.degenerate`).
    """
    words = re.findall(r"\w+", text.casefold())
    if not words:
        return True
    if re.search(rf"([^\W_])\1{{{MOST_ALIKE},}}", text):
        return True
    return len(words) >= FEW_WORDS and repeats(words)
