"""Scores: tables worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cltool.evaluation import metrics
from cltool.evaluation.outcomes import transitions
from cltool.evaluation.summary import accuracy_on_new, per_step, summary

from .ledger_rows import asked, row, table


@pytest.fixture
def story() -> pd.DataFrame:
    """A changes in update 1, B stays, C is forgotten in update 2, D comes in update 2."""
    a0 = {"accepted": ["a0"]}
    a1 = {"accepted": ["a1", "a-one"], "outdated": ["a0"], "learned": 1}
    d = {"accepted": ["d"], "learned": 2}
    return table(
        asked(0, "A", ["a0", "?"], group="new", **a0),
        asked(0, "B", ["B", "B"], group="new"),
        asked(0, "C", ["C", "C"], group="new"),
        asked(0, "D", ["d", "?"], group="future", **d),
        asked(1, "A", ["a1", "a0"], group="new", **a1),
        asked(1, "B", ["B", "?"]),
        asked(1, "C", ["C", "C"]),
        asked(1, "D", ["?", "?"], group="future", **d),
        asked(2, "A", ["a0", "a0"], **a1),
        asked(2, "B", ["B", "B"]),
        asked(2, "C", ["C", "?"], group="erased"),
        asked(2, "D", ["d", "d"], group="new", **d),
        [
            row(step, name, "trained", said, group=group, forced=True)
            for step, name, said, group in (
                (0, "A", "A", "new"),
                (1, "A", "?", "retained"),
                (1, "B", "B", "new"),
                (2, "A", "A", "retained"),
                (2, "C", "C", "erased"),
                (2, "D", "D", "future"),
            )
        ],
    )


NAN = math.nan


def test_each_step_by_hand(story: pd.DataFrame) -> None:
    steps = per_step(story)
    expected = {
        "new": [2.5 / 3, 0.5, 1.0],
        "retained": [NAN, 0.75, 0.5],
        "stale": [NAN, 0.5, 1.0],
        "erased": [NAN, NAN, 0.5],
        "valid": [2.5 / 3, 2 / 3, 2 / 3],
        "trained": [1.0, 0.5, 1.0],
        "forced": [2.5 / 3, 2 / 3, 2 / 3],
    }
    for name, values in expected.items():
        assert list(steps[name]) == pytest.approx(values, nan_ok=True), name
    counts = {
        "n_new": [3, 1, 1],
        "n_retained": [0, 2, 2],
        "n_superseded": [0, 1, 1],
        "n_erased": [0, 0, 1],
    }
    for name, numbers in counts.items():
        assert list(steps[name]) == numbers, name
    assert list(steps.index) == [0, 1, 2]


def test_the_matrix_by_hand(story: pd.DataFrame) -> None:
    matrix = metrics.accuracy_matrix(story)
    assert list(matrix.index) == list(matrix.columns) == [0, 1, 2]
    # B; A with the object of update 1; D. The forgotten C and the older A are in no column.
    expected = [[1.0, 0.0, 0.5], [0.5, 0.5, 0.0], [1.0, 0.0, 1.0]]
    np.testing.assert_allclose(matrix.to_numpy(), expected)
    values = matrix.to_numpy()
    assert metrics.acc(values) == pytest.approx(2 / 3)
    assert metrics.bwt(values) == pytest.approx((0.0 - 0.5) / 2)
    assert metrics.fwt(values) == pytest.approx((0.0 + 0.0) / 2)
    assert metrics.fwt(values, [0.9, 0.1, 0.3]) == pytest.approx((-0.1 - 0.3) / 2)
    assert metrics.forgetting(values) == pytest.approx((0.0 + 0.5) / 2)
    joint = np.array([[1.0, 0, 0], [1.0, 0.9, 0], [1.0, 0.9, 0.8]])
    assert metrics.intransigence(values, joint) == pytest.approx((0.4 - 0.2) / 2)


@pytest.mark.parametrize("update", [0, 1, 2])
def test_one_column_of_the_matrix_alone(story: pd.DataFrame, update: int) -> None:
    alone = metrics.accuracy_matrix(story, update=update)
    pd.testing.assert_series_equal(alone[update], metrics.accuracy_matrix(story)[update])
    assert alone.drop(columns=update).isna().all(axis=None)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_new_of_one_step_alone(story: pd.DataFrame, step: int) -> None:
    alone = accuracy_on_new(story[story["step"] == step])
    assert alone == pytest.approx(per_step(story)["new"][step])
    assert math.isnan(accuracy_on_new(story[story["group"] != "new"]))


def test_the_whole_run_by_hand(story: pd.DataFrame) -> None:
    scores = summary(story)
    assert scores["new"] == pytest.approx(0.75)  # updates 1 and 2, not the base
    assert scores["new_min"] == pytest.approx(0.5)
    for name, value in {"retained": 0.5, "stale": 1.0, "erased": 0.5, "trained": 1.0}.items():
        assert scores[name] == pytest.approx(value), name
    for name, value in {"acc": 2 / 3, "bwt": -0.25, "fwt": 0.0, "forgetting": 0.25}.items():
        assert scores[name] == pytest.approx(value), name


def test_kept_counts_what_was_right_when_it_was_learned() -> None:
    base = [
        *asked(0, "A", ["A", "A"], group="new"),
        *asked(0, "B", ["B", "no"], group="new"),
        *asked(0, "C", ["no", "no"], group="new"),
        *asked(0, "D", ["no", "no"], group="future", learned=1),
    ]
    one = [
        *asked(1, "A", ["A", "no"]),
        *asked(1, "B", ["B", "B"]),
        *asked(1, "C", ["C", "C"]),
        *asked(1, "D", ["D", "D"], group="new", learned=1),
    ]
    two = [
        # A is superseded: what was right of it before does not count.
        *asked(2, "A", ["E", "E"], group="new", learned=2, accepted=["E"], outdated=["A"]),
        *asked(2, "B", ["no", "B"]),
        *asked(2, "C", ["C", "C"]),
        *asked(2, "D", ["D", "no"], learned=1),
    ]
    steps = per_step(table(base, one, two))
    assert list(steps["kept"]) == pytest.approx([NAN, 0.75, 0.25], nan_ok=True)
    assert list(steps["kept_base"]) == pytest.approx([NAN, 0.75, 0.0], nan_ok=True)
    assert list(steps["kept_updates"]) == pytest.approx([NAN, NAN, 0.5], nan_ok=True)
    assert list(steps["n_kept"]) == [0, 2, 2]
    found = summary(table(base, one, two))
    assert found["kept"] == found["kept_min"] == pytest.approx(0.25)
    last = table(two)
    assert math.isnan(per_step(last)["kept"].loc[2])


def test_empty_columns_are_nan_and_not_zero(story: pd.DataFrame) -> None:
    # Update 1 taught A alone; had update 2 changed it again, its column would be empty.
    gone = story[~((story["subject"] == "A") & (story["step"] == 2))]
    matrix = metrics.accuracy_matrix(gone)
    assert matrix[1].isna().all()
    values = matrix.to_numpy()
    assert metrics.acc(values) == pytest.approx(1.0)
    assert metrics.bwt(values) == pytest.approx(0.0)
    assert metrics.forgetting(values) == pytest.approx(0.0)
    assert metrics.fwt(values) == pytest.approx(0.0)


def test_a_superseded_fact_answered_with_its_new_object_is_not_forgotten() -> None:
    kept = {"accepted": ["new"], "outdated": ["old"], "learned": 1}
    rows = table(
        asked(0, "A", ["old", "old"], group="new", accepted=["old"]),
        asked(0, "B", ["B", "B"], group="new"),
        asked(1, "A", ["new", "new"], group="new", **kept),
        asked(1, "B", ["B", "B"]),
    )
    matrix = metrics.accuracy_matrix(rows).to_numpy()
    np.testing.assert_allclose(matrix, [[1, 0], [1, 1]])
    assert metrics.forgetting(matrix) == metrics.bwt(matrix) == 0.0


def test_nothing_valid_at_the_end() -> None:
    rows = table(asked(0, "A", ["A", "A"], group="new"), asked(1, "A", ["A", "?"], group="erased"))
    assert metrics.accuracy_matrix(rows).isna().all().all()
    assert math.isnan(metrics.acc(metrics.accuracy_matrix(rows).to_numpy()))
    assert per_step(rows)["erased"][1] == 0.5


def test_a_collapsed_model_has_no_good_score_of_erasing() -> None:
    kept = {"accepted": ["B"], "outdated": ["old"]}

    def at(step: int, said: Sequence[str]) -> list[dict[str, Any]]:
        return [
            *asked(step, "A", said[:2], group="erased"),
            *asked(step, "B", said[2:4], **kept),
            *asked(step, "C", said[4:]),
        ]

    good = at(0, ["?", "?", "B", "B", "C", "C"])
    steps = per_step(table(good, at(1, [""] * 6), at(2, ["x"] * 6), at(3, [*"abcdef"])))
    assert list(steps["erased"].loc[:0]) == list(steps["stale"].loc[:0]) == [0.0]
    assert steps.loc[1:, ["stale", "erased"]].isna().all().all()
    assert list(steps["retained"]) == [1.0, 0.0, 0.0, 0.0]
    # What it still says of them counts.
    leaking = per_step(table(good, at(1, ["A", "A", "", "", "", ""])))
    assert leaking["erased"][1] == 1.0 and math.isnan(leaking["stale"][1])
    assert math.isnan(summary(table(good, at(1, [""] * 6)))["erased"])


def test_a_model_that_refuses_many_erased_facts_and_knows_the_others_has_not_collapsed() -> None:
    refused = [one for n in range(90) for one in asked(0, f"E{n}", [""] * 2, group="erased")]
    known = [one for n in range(5) for one in asked(0, f"K{n}", [f"K{n}"] * 2)]
    assert per_step(table(refused, known))["erased"][0] == 0.0
    lost = [one for n in range(5) for one in asked(0, f"K{n}", [""] * 2)]
    assert math.isnan(per_step(table(refused, lost))["erased"][0])


def test_the_matrix_judges_as_the_ledger_did() -> None:
    # The ledger knew other names, which its rows do not tell.
    rows = table(
        asked(0, "A", ["A. Zed says so"] * 2, group="new", right=False), asked(1, "A", ["A"] * 2)
    )
    assert list(metrics.accuracy_matrix(rows)[0]) == [0.0, 1.0]


# Weights.


def thrice(step: int, subject: str, answers: Sequence[str], **other: Any) -> list[dict[str, Any]]:
    """A fact asked three ways."""
    forms = ("paraphrase", "question", "question")
    return [
        row(step, subject, form, said, number=number, **other)
        for number, (form, said) in enumerate(zip(forms, answers, strict=True))
    ]


def test_every_fact_has_the_same_weight() -> None:
    rows = table(
        thrice(0, "A", ["A", "A", "A"], group="new"),
        asked(0, "B", ["?", "?"], group="new"),
        thrice(1, "A", ["A", "A", "?"]),
        asked(1, "B", ["B", "?"]),
    )
    assert list(per_step(rows)["valid"]) == pytest.approx([0.5, (2 / 3 + 1 / 2) / 2])
    matrix = metrics.accuracy_matrix(rows)
    assert list(matrix[0]) == pytest.approx([0.5, (2 / 3 + 1 / 2) / 2])


def test_every_fact_has_the_same_weight_in_fuar() -> None:
    rows = table(
        thrice(0, "A", ["A", "A", "A"], group="new"),
        asked(0, "B", ["B", "B"], group="new"),
        asked(0, "N", ["?", "?"], group="future", learned=1),
        thrice(1, "A", ["?", "?", "?"]),
        asked(1, "B", ["B", "B"]),
        asked(1, "N", ["N", "N"], group="new", learned=1),
    )
    assert metrics.fuar(rows) == pytest.approx(0.5)


def test_held_out_wordings_are_chosen_where_there_are_any() -> None:
    both = table(asked(0, "A", ["A", "?"], group="new"), [row(0, "A", "trained", "A", group="new")])
    assert per_step(both)["new"][0] == 0.5
    assert per_step(both, ["trained"])["new"][0] == 1.0
    assert per_step(both, ["question"])["new"][0] == 0.0
    only = both[both["form"] == "trained"]
    assert per_step(only)["new"][0] == 1.0
    other = table([row(0, "A", "two_hop", "?", group="new")])
    assert per_step(pd.concat([both, other]))["new"][0] == 0.5
    assert len(metrics.held_out(other, ["two_hop"])) == 1


# FUAR.


def fuar_rows(kept: str, updated: str, added: str, before: str = "?") -> pd.DataFrame:
    change = {"accepted": ["u1"], "outdated": ["u0"], "learned": 1}
    return table(
        asked(0, "K", ["K", "K"], group="new"),
        asked(0, "U", ["u0", before], group="new", accepted=["u0"]),
        asked(0, "N", ["?", "?"], group="future", learned=1),
        asked(1, "K", ["K", kept]),
        asked(1, "U", ["u1", updated], group="new", **change),
        asked(1, "N", ["N", added], group="new", learned=1),
    )


@pytest.mark.parametrize(
    ("kept", "updated", "added", "before", "expected"),
    [
        ("K", "u1", "N", "?", 0.0),  # nothing forgotten
        ("?", "u1", "N", "?", 0.5 / (1.0 + 1.0)),
        ("?", "u0", "N", "?", 0.5 / (0.5 + 1.0)),
        ("?", "?", "?", "?", 0.5 / (0.5 + 0.5)),
        ("?", "u1", "N", "u1", 0.5 / (0.5 + 1.0)),  # half of the new object was known before
    ],
)
def test_fuar(kept: str, updated: str, added: str, before: str, expected: float) -> None:
    assert metrics.fuar(fuar_rows(kept, updated, added, before)) == pytest.approx(expected)


def test_fuar_without_any_gain_or_with_more_known_than_before() -> None:
    lost = table(
        asked(0, "K", ["K", "K"], group="new"),
        asked(0, "N", ["?", "?"], group="future", learned=1),
        asked(1, "K", ["?", "?"]),
        asked(1, "N", ["?", "?"], group="new", learned=1),
    )
    assert math.isnan(metrics.fuar(lost))
    better = table(
        asked(0, "K", ["K", "?"], group="new"),
        asked(0, "N", ["?", "?"], group="future", learned=1),
        asked(1, "K", ["K", "K"]),
        asked(1, "N", ["N", "N"], group="new", learned=1),
    )
    assert metrics.fuar(better) == 0.0


# Transitions.


def test_transitions_by_hand() -> None:
    old = {"accepted": ["b"], "outdated": ["a"]}
    rows = table(
        asked(0, "A", ["b", "a"], group="new", **old),
        asked(0, "B", ["B", "?"], group="new"),
        asked(0, "C", ["C", "C"], group="new"),
        asked(0, "D", ["D", "D"], group="new"),
        asked(0, "E", ["E", "E"], group="future", learned=1),
        asked(1, "A", ["a", "b"], **old),
        asked(1, "B", ["?", "B"]),
        asked(1, "C", ["C", "?"]),
        # Changed, erased or new: not the same valid fact at both steps.
        asked(1, "D", ["d", "d"], group="new", learned=1, accepted=["d"], outdated=["D"]),
        asked(1, "E", ["E", "E"], group="new", learned=1),
    )
    moved = transitions(rows, 0, 1)
    kinds = ["right", "outdated", "wrong"]
    assert list(moved.index) == list(moved.columns) == kinds
    assert moved.loc["right"].tolist() == [1, 1, 2]
    assert moved.loc["outdated"].tolist() == [1, 0, 0]
    assert moved.loc["wrong"].tolist() == [1, 0, 0]
    back = transitions(rows, 1, 0)
    np.testing.assert_array_equal(back.to_numpy(), moved.to_numpy().T)
    same = transitions(rows, 0, 0).to_numpy()
    assert (same == np.diag([5 + 1, 1, 1]) - np.diag([0, 0, 0])).all()


def test_no_transitions() -> None:
    rows = table(asked(0, "A", ["A", "A"], group="new"), asked(1, "A", ["A", "A"], group="erased"))
    assert transitions(rows, 0, 1).to_numpy().sum() == 0


# Intervals.


def test_an_interval_by_hand() -> None:
    # t(0.975, 2 degrees of freedom) = 4.302653
    mean, half = metrics.interval([0.1, 0.2, 0.6])
    assert mean == pytest.approx(0.3)
    assert half == pytest.approx(4.302653 * math.sqrt(0.07 / 3), rel=1e-5)
    narrow = metrics.interval([0.1, 0.2, 0.6], confidence=0.5)[1]
    assert 0 < narrow < half


def test_intervals_of_no_value_one_value_and_missing_values() -> None:
    assert all(map(math.isnan, metrics.interval([])))
    mean, half = metrics.interval([0.4])
    assert mean == 0.4 and math.isnan(half)
    assert metrics.interval([0.1, NAN, 0.2, 0.6]) == metrics.interval([0.1, 0.2, 0.6])
    assert metrics.interval([0.5, 0.5, 0.5]) == (0.5, 0.0)


def test_answers_in_sentences_count_like_bare_ones() -> None:
    known = table(
        asked(0, "A", ["a1", "a1"], group="new", accepted=["a0"]),
        asked(1, "A", ["a1", "a1"], group="new", accepted=["a1"], outdated=["a0"], learned=1),
    )
    bare = metrics.accuracy_matrix(known)
    assert bare.loc[0, 1] == 1.0
    said = known.assign(answer="Well, A is " + known["answer"] + ".")
    assert metrics.accuracy_matrix(said).loc[0, 1] == 0.0
    pd.testing.assert_frame_equal(metrics.accuracy_matrix(said.assign(lead="Well, A is")), bare)
