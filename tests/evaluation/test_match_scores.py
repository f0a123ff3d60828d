"""The scores of ledgers whose answers were judged by containment and by choice, made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from cltool.evaluation.metrics import accuracy_matrix
from cltool.evaluation.summary import summary

from .ledger_rows import row, table

OBJECTS = {"A": ("Ada", ["Bob", "Robert"]), "C": ("Cid", ["Dan"])}
"""Subject → its first object, and the spellings of the one that replaces it."""

CHANGED = {"A": 1, "C": 2}
"""Subject → the update that replaces its object; B keeps its own."""


def answered(step: int, subject: str, form: str, said: str, **found: Any) -> dict[str, Any]:
    """One row of a ledger, for a fact as it is after ``step``; nothing is right or stale yet."""
    before, after = OBJECTS.get(subject, ("Bea", []))
    changed = CHANGED.get(subject, 99)
    taught = changed if step >= changed else 0
    objects = {"accepted": after if taught else [before], "outdated": [before] if taught else []}
    about = {"group": "new" if step == taught else "retained", "learned": taught}
    judged = {"right": False, "stale": False, "forced": False}
    return row(step, subject, form, said, **{**objects, **about, **judged, **found})


def contains(step: int, subject: str, answers: tuple[str, str], right: str) -> list[dict[str, Any]]:
    """A paraphrase and a question; ``right`` has a 1 for each answer that is right then."""
    forms = zip(("paraphrase", "question"), answers, right, strict=True)
    return [
        answered(step, subject, form, said, right=one == "1", match="contains")
        for form, said, one in forms
    ]


def choice(step: int, subject: str, chosen: str, verdict: str) -> list[dict[str, Any]]:
    """A paraphrase with a verdict, and a question without one."""
    how = {"match": "choice", "contains": "wrong"}
    verdicts = {"choice": verdict, "chosen": chosen, "right": verdict == "right"}
    return [
        answered(step, subject, "paraphrase", "Zed", **how, **verdicts),
        answered(step, subject, "question", "Zed", **how),
    ]


def test_a_later_object_counts_where_a_sentence_claims_it() -> None:
    rows = table(
        contains(0, "A", ("I think it is Bob.", "It is not Bob."), "00"),
        contains(0, "B", ("It is Bea.", "Bea"), "11"),
        contains(0, "C", ("The mayor of C is Dan, they say.", "Dan"), "00"),
        contains(1, "A", ("It is Robert.", "Ada"), "10"),
        contains(1, "B", ("It is Bea.", "Who knows"), "10"),
        contains(1, "C", ("It is Cid.", "Surely Dan."), "10"),
        contains(2, "A", ("It is Ada.", "Ada"), "00"),
        contains(2, "B", ("It is Bea.", "Bea"), "11"),
        contains(2, "C", ("Dan it is.", "Cid"), "10"),
    )
    expected = [[1.0, 0.5, 1.0], [0.5, 0.5, 0.5], [1.0, 0.0, 0.5]]
    np.testing.assert_allclose(accuracy_matrix(rows).to_numpy(), expected)
    exact = accuracy_matrix(rows.assign(match="exact"))
    assert (exact[1][0], exact[2][0]) == (0.0, 0.5), "the other way to match gives another matrix"


def test_a_later_object_counts_where_it_was_the_most_probable_one() -> None:
    rows = table(
        choice(0, "A", "Robert", "wrong"),
        choice(0, "B", "Bea", "right"),
        choice(0, "C", "Cid", "right"),
        choice(1, "A", "Bob", "right"),
        choice(1, "B", "Ada", "wrong"),
        choice(1, "C", "Dan", "wrong"),
        choice(2, "A", "Ada", "outdated"),
        choice(2, "B", "Bea", "right"),
        choice(2, "C", "Dan", "right"),
    )
    # A column holds one fact, and each fact has one verdict: the questions do not count.
    expected = [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]
    np.testing.assert_allclose(accuracy_matrix(rows).to_numpy(), expected)
    scores = summary(rows)
    assert scores["acc"] == 2 / 3
    assert scores["new"] == 1.0
