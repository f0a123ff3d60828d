"""Membership attacks, their AUC, and privacy leakage."""

from __future__ import annotations

import math
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures import membership as a
from cltool.core.errors import UserError

ITEMS = st.lists(
    st.lists(st.floats(-20, 0, allow_nan=False), min_size=1, max_size=12), min_size=1, max_size=5
)
SCORES = st.lists(st.integers(0, 8).map(float), min_size=1, max_size=8)


def test_loss_is_the_mean_of_the_labels() -> None:
    found = a.loss([[-1.0, -3.0], [-0.5]])
    assert found.tolist() == [2.0, 0.5]
    assert a.loss([[-1.0, -3.0]], [[False, True]]).tolist() == [3.0]
    assert math.isnan(a.loss([[]])[0])


def test_zlib_divides_by_the_compressed_bytes() -> None:
    texts = ["ab" * 40, "Zürich ist schön"]
    found = a.zlib_ratio([[-1.0, -3.0], [-1.0]], texts)
    sizes = [len(zlib.compress(text.encode("utf-8"))) for text in texts]
    assert found.tolist() == pytest.approx([2 / sizes[0], 1 / sizes[1]])
    # Of two texts with one loss, the one that compresses well is the less familiar.
    even = a.zlib_ratio([[-1.0], [-1.0]], ["aaaaaaaaaaaaaaaaaaaaaaaa", "q8Zk1vXw0pLr7TnB3yGd5hJm"])
    assert even[0] > even[1]
    assert a.zlib_ratio([[-8.0]], [""])[0] == pytest.approx(8 / len(zlib.compress(b"")))


def test_reference_is_a_difference() -> None:
    found = a.reference([[-1.0, -3.0], [-1.0]], [[-4.0, -2.0], [-0.5]])
    assert found.tolist() == [-1.0, 0.5]
    assert a.reference([[-1.0, -9.0]], [[-2.0, 0.0]], [[True, False]]).tolist() == [-1.0]
    with pytest.raises(UserError):
        a.reference([[-1.0]], [])


def test_numbers_of_texts_must_match() -> None:
    with pytest.raises(UserError, match="texts"):
        a.zlib_ratio([[-1.0]], [])


# Min-k%.


@pytest.mark.parametrize(
    ("k", "expected"),
    [(0.2, 9.0), (0.4, 8.0), (0.59, 8.0), (0.6, 22 / 3), (1.0, 5.0), (0.01, 9.0)],
)
def test_min_k_by_hand(k: float, expected: float) -> None:
    # Shares of five tokens are rounded down, but one always counts.
    row = [-7.0, -1.0, -9.0, -2.0, -6.0]
    assert a.min_k([row], k=k)[0] == pytest.approx(expected)


def test_min_k_of_one_token_and_of_no_tokens() -> None:
    assert a.min_k([[-3.0], []], k=0.1).tolist() == [3.0, 0.0]


@settings(max_examples=60, deadline=None)
@given(ITEMS, st.sampled_from([0.05, 0.2, 0.4, 0.7, 1.0]))
def test_min_k_equals_taking_the_worst_away(items: list[list[float]], k: float) -> None:
    found = a.min_k(items, k=k)
    for value, row in zip(found, items, strict=True):
        left, taken = list(row), []
        for _ in range(max(1, math.floor(len(row) * k))):
            taken.append(left.pop(left.index(min(left))))
        assert value == pytest.approx(-sum(taken) / len(taken))
    np.testing.assert_allclose(a.min_k([row[::-1] for row in items], k=k), found)
    assert (found >= a.loss(items) - 1e-9).all()
    np.testing.assert_allclose(a.min_k(items, k=1.0), a.loss(items), atol=1e-12)


def test_min_k_sees_labels_only() -> None:
    assert a.min_k([[-50.0, -1.0, -2.0]], [[0, 1, 1]], k=0.5).tolist() == [2.0]


@pytest.mark.parametrize("k", [0.0, -0.1, 1.01, 20])
def test_k_must_be_a_share(k: float) -> None:
    with pytest.raises(UserError, match="share of tokens"):
        a.min_k([[-1.0]], k=k)
    with pytest.raises(UserError, match="share of tokens"):
        a.min_k_plus_plus([[-1.0]], [[-1.0]], [[1.0]], k=k)


# Min-k%++.


def test_plus_plus_by_hand() -> None:
    found = a.min_k_plus_plus([[-1.0, -5.0, -2.0]], [[-2.0, -2.0, -2.0]], [[0.5, 1.5, 1.0]], k=0.7)
    # (2, -2, 0): the lowest two average -1
    assert found.tolist() == [1.0]


def test_plus_plus_of_certain_predictions() -> None:
    # The variance is raised to 1e-6, the deviation to 1e-3.
    found = a.min_k_plus_plus([[-0.5]], [[0.0]], [[0.0]])
    assert found[0] == pytest.approx(500.0)
    assert a.min_k_plus_plus([[-0.5]], [[0.0]], [[0.9e-3]])[0] == pytest.approx(500.0)
    assert a.min_k_plus_plus([[-0.5]], [[0.0]], [[2e-3]])[0] == pytest.approx(250.0)


@settings(max_examples=60, deadline=None)
@given(ITEMS)
def test_plus_plus_of_standard_places_is_min_k(items: list[list[float]]) -> None:
    zeros, ones = [[0.0] * len(r) for r in items], [[1.0] * len(r) for r in items]
    plain = a.min_k(items, k=0.4)
    np.testing.assert_allclose(a.min_k_plus_plus(items, zeros, ones, k=0.4), plain)
    # Shifting and stretching both the scores and the predictions changes nothing.
    moved = [[3 * x - 1 for x in r] for r in items]
    means, stds = [[-1.0] * len(r) for r in items], [[3.0] * len(r) for r in items]
    np.testing.assert_allclose(
        a.min_k_plus_plus(moved, means, stds, k=0.4), plain, rtol=1e-9, atol=1e-9
    )


def test_plus_plus_needs_statistics_of_each_token() -> None:
    with pytest.raises(UserError, match="means"):
        a.min_k_plus_plus([[-1.0, -2.0]], [[-1.0]], [[1.0, 1.0]])
    with pytest.raises(UserError, match="standard deviations"):
        a.min_k_plus_plus([[-1.0, -2.0]], [[-1.0, -1.0]], [[1.0]])
    assert a.min_k_plus_plus([[]], [[]], [[]]).tolist() == [0.0]


# AUC and privacy leakage.


@pytest.mark.parametrize(
    ("erased", "holdout", "expected"),
    [
        ([1.0, 2.0], [3.0, 4.0], 1.0),
        ([3.0, 4.0], [1.0, 2.0], 0.0),
        ([1.0, 1.0], [1.0], 0.5),
        ([1.0, 3.0], [2.0, 3.0], 0.625),
        ([1.0], [math.inf], 1.0),
        ([math.inf, -math.inf], [0.0], 0.5),
    ],
)
def test_auc_by_hand(erased: list[float], holdout: list[float], expected: float) -> None:
    assert a.auc(erased, holdout) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(SCORES, SCORES)
def test_auc_counts_pairs(erased: list[float], holdout: list[float]) -> None:
    won = sum((h > e) + 0.5 * (h == e) for e in erased for h in holdout)
    found = a.auc(erased, holdout)
    assert found == pytest.approx(won / (len(erased) * len(holdout)))
    assert a.auc(holdout, erased) == pytest.approx(1 - found)
    assert a.auc(np.exp(erased), np.exp(holdout)) == pytest.approx(found)
    assert a.auc(erased[::-1], holdout) == pytest.approx(found)


@pytest.mark.parametrize(
    ("erased", "holdout", "where"),
    [([], [1.0], "erased"), ([1.0], [], "holdout"), ([1.0], [math.nan], "holdout")],
)
def test_auc_needs_scores(erased: list[float], holdout: list[float], where: str) -> None:
    with pytest.raises(UserError, match=where):
        a.auc(erased, holdout)


def test_leakage_by_hand() -> None:
    assert a.privacy_leakage(0.5, 0.5) == 0.0
    # As MUSE counts, 0.1 against 0.5 and 0.9 against 0.5.
    assert a.privacy_leakage(0.9, 0.5) == pytest.approx(-80.0)
    assert a.privacy_leakage(0.1, 0.5) == pytest.approx(80.0)
    assert a.privacy_leakage(1.0, 0.5) == pytest.approx(-100.0)


def test_more_recognised_is_more_negative() -> None:
    found = [a.privacy_leakage(auc, 0.45) for auc in np.linspace(0, 1, 11)]
    assert all(one > other for one, other in pairwise(found))
    assert found[0] > 0 > found[-1]


def test_leakage_against_a_reference_that_recognises_all() -> None:
    assert a.privacy_leakage(1.0, 1.0) == 0.0
    assert a.privacy_leakage(0.9, 1.0) == pytest.approx(0.1 / 1e-10 * 100)
