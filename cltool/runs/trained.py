"""How each update of a run was trained, and which updates were not learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

KEY = "training"
"""Where a row of ``steps.jsonl`` holds how its update was trained."""

COLUMNS = {
    "stop": "why training stopped",
    "epochs": "passes over the update",
    "learned": "share of the update's sentences that the model completed correctly when it was last"
    " trained on each",
    "answered": "`new` of the update: share of its facts answered right in held-out wordings",
}
"""What is held there, each with its meaning."""

LEARNED = 0.9
"""Share of completed sentences below which an update is missed, if `stop_at` was not reached."""

ANSWERED = 0.8
"""Facts answered right, as a share, below which an update was not learned."""

_UNLEARNED = "Not learned: "
_UNANSWERED = "Learned as sentences, but not answered when asked: "
"""Beginnings of the warnings: about the sentences of an update, and about its facts only."""


def of(row: Row) -> Row:
    """Return how the update of a row of ``steps.jsonl`` was trained; empty if it was not."""
    found = row.get(KEY)
    return found if isinstance(found, Mapping) else {}


def in_words(training: Row) -> str:
    """Return ``learned, 7 epochs``; empty without training."""
    if "stop" not in training:
        return ""
    epochs = training.get("epochs")
    return f"{training['stop']}, {epochs} epoch{'s' * (epochs != 1)}"


def with_warnings(warnings: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Return the warnings of a run with those about updates that were not learned.

    Args:
        warnings: those of the record; earlier warnings of these kinds are replaced.
        rows: the rows of ``steps.jsonl``; the first is that of the base.
    """
    kept = [text for text in warnings if not text.startswith((_UNLEARNED, _UNANSWERED))]
    missed = [row for row in rows[1:] if _missed(of(row))]
    for head, completed in ((_UNLEARNED, False), (_UNANSWERED, True)):
        if found := [row for row in missed if _completed(of(row)) == completed]:
            kept.append(_warning(head, found, len(rows) - 1))
    return kept


def _missed(training: Row) -> bool:
    answered = training.get("answered")
    return not _completed(training) or (answered is not None and answered < ANSWERED)


def _completed(training: Row) -> bool:
    """Return whether the sentences of an update were learned, whatever is answered."""
    learned = training.get("learned")
    return training.get("stop") == "learned" or learned is None or learned >= LEARNED


def _warning(head: str, missed: Sequence[Row], updates: int) -> str:
    worst = min(missed, key=lambda row: _lowest(of(row)))
    training = of(worst)
    shares = []
    if training.get("answered") is not None:
        shares.append(f"{training['answered']:.2f} of its facts are answered right")
    if training.get("learned") is not None:
        shares.append(f"{training['learned']:.2f} of its sentences were completed in training")
    labels = [str(row.get("label")) for row in missed]
    named = ", ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")
    which = f". The worst is {worst.get('label')}" if len(missed) > 1 else ""
    return (
        f"{head}{len(missed)} of {updates} update{'s' * (updates != 1)} ({named}){which}:"
        f" {', '.join(shares)}. {_advice(training)}"
    )


def _advice(training: Row) -> str:
    """Return when training stopped, and what to change."""
    epochs = training.get("epochs")
    stop = training.get("stop")
    text = f"Training on it stopped after {epochs} epoch{'s' * (epochs != 1)} ({stop})."
    if _completed(training):
        # The sentences were learned, but not what they say.
        return f"{text} Give each relation more wordings."
    if stop == "budget":
        return f"{text} A larger budget would allow more."
    return f"{text} learner.stop_at and learner.epochs set when."


def _lowest(training: Row) -> float:
    shares = [training.get("learned"), training.get("answered")]
    return min(float(share) for share in shares if share is not None)
