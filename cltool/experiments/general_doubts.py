"""Warns of updates that damage general knowledge or the perplexity of plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.runs.general import FOLDER

LOST = 0.1
"""If at least this share of the unlisted questions is lost, there is a warning."""

ENOUGH = 20
"""With fewer unlisted questions, there is no warning about them."""

WORSE = 1.5
"""If the perplexity is at least this many times that of the model before, there is a warning."""


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
    # A text of one token predicts none: then neither is a number.
    too_short = ratio is None and numbers.get("kl_text", 0.0) is None
    if numbers and not too_short and (ratio is None or ratio >= WORSE):
        worse = "is infinite" if ratio is None else f"is {ratio:.2f} times what it was"
        found.append(f"predicts a general text worse: its perplexity {worse}")
    if not found:
        return []
    return [
        f"After {rows[-1]['label']}, the model {' and '.join(found)}. The updates damage what the"
        " stream does not contain. A lower learning rate (learner.lr) usually damages less. With"
        " --protect-general, a strategy that rehearses base facts may damage less, too."
    ]
