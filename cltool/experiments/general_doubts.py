"""Warns of updates that damage what no stream lists: general questions and plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.runs.general import FOLDER

LOST = 0.1
"""Share of the unlisted questions whose loss is a warning."""

ENOUGH = 20
"""Unlisted questions from which on a lost share says something."""

WORSE = 1.5
"""Perplexity of a general text, over that of the model before, which is a warning."""


def sentences(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence if the last step has much less general knowledge than the base model.

    Args:
        rows: of ``steps.jsonl``.
    """
    numbers = (rows[-1].get(FOLDER) or {}) if rows else {}
    unlisted, asked = numbers.get("unlisted"), numbers.get("n_unlisted") or 0
    ratio = numbers.get("perplexity_ratio")
    found = []
    if unlisted is not None and asked >= ENOUGH and unlisted <= 1 - LOST:
        found.append(
            f"answers only {round(unlisted * asked)} of {asked:.0f} unlisted questions that it"
            " answered before the stream"
        )
    if numbers and (ratio is None or ratio >= WORSE):
        worse = "is infinite" if ratio is None else f"is {ratio:.2f} times what it was"
        found.append(f"has lost plain text: its perplexity {worse}")
    if not found:
        return []
    return [
        f"After {rows[-1]['label']}, the model {' and '.join(found)}. The updates damage what the"
        " stream does not list. A lower learning rate (learner.lr) usually damages less; so may a"
        " strategy that rehearses base facts, with --protect-general."
    ]
