"""Truth ratio and forget quality."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures import truth_ratio as t
from cltool.core.errors import UserError

LOGP = st.floats(-15, -0.01)
ANSWERS = st.lists(LOGP, min_size=1, max_size=5)
ITEMS = st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=6)
RATIOS = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=12)


def logs(*probabilities: float) -> list[float]:
    return [math.log(p) for p in probabilities]


def test_by_hand() -> None:
    # geometric mean of 0.4 and 0.1 is 0.2
    found = t.truth_ratio([logs(0.5), logs(0.2)], [logs(0.4, 0.1), logs(0.2)])
    assert found.tolist() == pytest.approx([0.4, 1.0], abs=1e-8)


def test_several_right_wordings_are_averaged_too() -> None:
    found = t.truth_ratio([logs(0.9, 0.1)], [logs(0.3)])
    assert found.tolist() == pytest.approx([0.3 / math.sqrt(0.09)], abs=1e-8)


def test_the_epsilon_is_beside_the_right_answer() -> None:
    assert t.truth_ratio(logs(1e-10), [logs(0.5)])[0] == pytest.approx(0.5 / 2e-10)
    assert t.truth_ratio([-math.inf], [[-math.inf]])[0] == 0.0


@settings(max_examples=60, deadline=None)
@given(ITEMS)
def test_equals_roots_of_products(items: list[tuple[list[float], list[float]]]) -> None:
    right, wrong = [a for a, _ in items], [b for _, b in items]
    found, share = t.truth_ratio(right, wrong), t.preference(right, wrong).values
    for n, (a, b) in enumerate(items):
        p = math.prod(map(math.exp, a)) ** (1 / len(a))
        q = math.prod(map(math.exp, b)) ** (1 / len(b))
        assert found[n] == pytest.approx(q / (p + 1e-10), rel=1e-9)
        assert share[n] == pytest.approx(p / (p + q), rel=1e-9)
        arithmetic = sum(map(math.exp, b)) / len(b)
        assert found[n] <= arithmetic / (p + 1e-10) * (1 + 1e-9)
    shuffled = t.truth_ratio([a[::-1] for a in right], [b[::-1] for b in wrong])
    np.testing.assert_allclose(shuffled, found)


@pytest.mark.parametrize(
    ("right", "wrong", "which"), [([[]], [[-1]], "right"), ([[-1]], [[]], "wrong")]
)
def test_both_sides_need_an_answer(
    right: list[list[float]], wrong: list[list[float]], which: str
) -> None:
    with pytest.raises(UserError, match=f"no {which} answer"):
        t.truth_ratio(right, wrong)
    with pytest.raises(UserError, match=f"no {which} answer"):
        t.preference(right, wrong)


def test_as_many_items_on_both_sides() -> None:
    with pytest.raises(UserError):
        t.truth_ratio([[-1.0]], [[-1.0], [-1.0]])


# Forget quality.


def test_equal_samples_are_indistinguishable() -> None:
    found = t.forget_quality([0.1, 0.5, 0.9], [0.9, 0.1, 0.5])
    assert (found.p, found.statistic, found.n, found.n_reference) == (1.0, 0.0, 3, 3)


def test_two_separate_samples_by_counting() -> None:
    # Of the C(6, 3) = 20 orders of three and three, two part them completely.
    found = t.forget_quality([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    assert found.statistic == 1.0
    assert found.p == pytest.approx(2 / 20)


def test_the_same_distance_weighs_more_with_more_facts() -> None:
    few = t.forget_quality([0, 1] * 5, [0, 0] * 5)
    many = t.forget_quality([0, 1] * 50, [0, 0] * 50)
    assert few.statistic == many.statistic == 0.5
    assert many.p < few.p and (few.n, many.n) == (10, 100)


@settings(max_examples=60, deadline=None)
@given(RATIOS, RATIOS)
def test_quality_is_symmetric_and_depends_on_ranks_only(
    one: list[float], other: list[float]
) -> None:
    ratios, reference = np.round(one, 6), np.round(other, 6)
    found = t.forget_quality(ratios, reference)
    assert t.forget_quality(reference, ratios).p == pytest.approx(found.p)
    assert t.forget_quality(ratios[::-1], reference).p == found.p
    # TOFU's code compares the inverses.
    inverse = t.forget_quality(1 / (ratios + 1e-3), 1 / (reference + 1e-3))
    assert inverse.statistic == pytest.approx(found.statistic)
    assert inverse.p == pytest.approx(found.p)


@settings(max_examples=60, deadline=None)
@given(RATIOS, RATIOS)
def test_the_statistic_is_the_widest_gap(one: list[float], other: list[float]) -> None:
    gaps = [
        abs(sum(x <= at for x in one) / len(one) - sum(x <= at for x in other) / len(other))
        for at in [*one, *other]
    ]
    assert t.forget_quality(one, other).statistic == pytest.approx(max(gaps))


def test_quality_needs_both_models() -> None:
    with pytest.raises(UserError, match="both models"):
        t.forget_quality([], [1.0])
    with pytest.raises(UserError, match="both models"):
        t.forget_quality([1.0], [])
