"""Rows of ledgers that tests make by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cltool.evaluation.ledger import COLUMNS

FORMS = ("paraphrase", "question")


def row(step: int, subject: str, form: str, answer: str, **other: Any) -> dict[str, Any]:
    """One row of a ledger; right and stale follow from the answer."""
    accepted, outdated = other.get("accepted", [subject]), other.get("outdated", [])
    made = {
        "step": step,
        "subject": subject,
        "relation": "is",
        "form": form,
        "number": 0,
        "prompt": f"{subject} is",
        "closing": ".",
        "group": "retained",
        "learned": 0,
        "accepted": accepted,
        "outdated": outdated,
        "answer": answer,
        "stop": "end",
        "matched": None,
        "right": answer in accepted,
        "stale": answer in outdated,
        "forced": answer in accepted,
        "logp": -1.0,
        "logp_outdated": None,
    }
    return {**made, **other}


def asked(step: int, subject: str, answers: Sequence[str], **other: Any) -> list[dict[str, Any]]:
    """A paraphrase and a question of one fact."""
    return [row(step, subject, f, a, **other) for f, a in zip(FORMS, answers, strict=True)]


def table(*parts: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([one for part in parts for one in part], columns=list(COLUMNS))
