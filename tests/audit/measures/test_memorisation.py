"""Memorisation: closed forms, masks, and slow derivations of the same numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures import memorisation as m
from cltool.audit.measures.ragged import per_item, rows
from cltool.core.errors import UserError

LOGPS = st.lists(
    st.lists(st.floats(-20, 0, allow_nan=False), min_size=1, max_size=9), min_size=1, max_size=6
)
HITS = st.lists(st.lists(st.booleans(), max_size=9), min_size=1, max_size=6)


def logs(*probabilities: float) -> list[float]:
    return [math.log(p) for p in probabilities]


# Probability.


def test_probability_is_the_geometric_mean_of_the_tokens() -> None:
    found = m.probability([logs(0.5, 0.125), logs(0.9), logs(0.2, 0.2, 0.2)])
    assert found.values.tolist() == pytest.approx([0.25, 0.9, 0.2])
    assert found.mean == pytest.approx((0.25 + 0.9 + 0.2) / 3)
    assert found.n == 3


@settings(max_examples=60, deadline=None)
@given(LOGPS)
def test_probability_equals_a_product_and_a_root(items: list[list[float]]) -> None:
    found = m.probability(items)
    for value, row in zip(found.values, items, strict=True):
        product = math.prod(math.exp(one) for one in row)
        assert value == pytest.approx(product ** (1 / len(row)), rel=1e-9, abs=1e-300)
    assert 0 <= found.mean <= 1
    backwards = m.probability([row[::-1] for row in items][::-1])
    assert backwards.mean == pytest.approx(found.mean)
    longer = m.probability([row * 3 for row in items])
    np.testing.assert_allclose(longer.values, found.values)


def test_more_probable_tokens_are_more_probable() -> None:
    low = m.probability([[-1.0, -2.0]]).mean
    assert m.probability([[-1.0, -1.5]]).mean > low > m.probability([[-1.1, -2.0]]).mean


def test_only_label_tokens_count() -> None:
    masked = m.probability(
        [[-9.0, *logs(0.5, 0.125), -7.0], [math.nan, math.log(0.3)]],
        [[False, True, True, False], [0, 1]],
    )
    assert masked.values.tolist() == pytest.approx([0.25, 0.3])


def test_padded_tables_are_read_row_by_row() -> None:
    table = np.array([[-1.0, -3.0, 0.0], [-2.0, 0.0, 0.0]])
    mask = np.array([[1, 1, 0], [1, 0, 0]])
    assert m.mean_logps(table, mask).tolist() == [-2.0, -2.0]


def test_nothing_to_measure() -> None:
    found = m.probability([[], logs(0.5)], None)
    assert math.isnan(found.values[0]) and found.mean == pytest.approx(0.5) and found.n == 1
    for none in (m.probability([]), m.exact_memorisation([]), m.extraction_strength([])):
        assert math.isnan(none.mean) and none.n == 0 and none.values.shape == (0,)


def test_a_broken_score_breaks_the_mean() -> None:
    found = m.probability([[math.nan, -1.0], [-1.0]])
    assert math.isnan(found.mean) and found.n == 2


def test_impossible_tokens_have_probability_zero() -> None:
    assert m.probability([[-math.inf, -1.0]]).values[0] == 0.0


@pytest.mark.parametrize("masks", [[[True]], [[True, True], [True]], [[[True, True]]]])
def test_shapes_of_masks_must_match(masks: Any) -> None:
    with pytest.raises(UserError):
        m.probability([[-1.0, -2.0]], masks)


# Probability among options.


# Exact memorisation and extraction strength.


def test_exact_memorisation_by_hand() -> None:
    found = m.exact_memorisation([[True, False, True, True], [True], [False, False], []])
    assert found.values[:3].tolist() == [0.75, 1.0, 0.0]
    assert math.isnan(found.values[3])
    assert found.mean == pytest.approx(1.75 / 3) and found.n == 3
    masked = m.exact_memorisation([[False, True, False]], [[False, True, True]])
    assert masked.mean == 0.5


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ([1, 1, 1, 1], 1.0),
        ([0, 1, 1, 1], 0.75),
        ([1, 0, 1, 1], 0.5),
        ([0, 1, 0, 1], 0.25),
        ([1], 1.0),
    ],
)
def test_extraction_strength_by_hand(hits: list[int], expected: float) -> None:
    assert m.extraction_strength([hits]).mean == expected


def test_a_wrong_last_token_leaves_the_published_floor() -> None:
    # The published loop ends at the last token, whether it is right or not.
    assert m.extraction_strength([[1, 1, 1, 0]]).mean == 0.25
    assert m.extraction_strength([[0]]).mean == 1.0


def test_texts_without_tokens_have_no_strength() -> None:
    found = m.extraction_strength([[], [True]])
    assert found.values.tolist() == [0.0, 1.0] and found.mean == 0.5 and found.n == 2


@settings(max_examples=60, deadline=None)
@given(HITS)
def test_extraction_strength_equals_trying_every_prefix(items: list[list[bool]]) -> None:
    found = m.extraction_strength(items).values
    for value, row in zip(found, items, strict=True):
        size = len(row)
        right = [k for k in range(size) if all(row[k:])]
        expected = 0.0 if not size else (size - min([*right, size - 1])) / size
        assert value == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(HITS)
def test_one_more_hit_lowers_neither(items: list[list[bool]]) -> None:
    filled = [row for row in items if row]
    better = [[True, *row[1:]] for row in filled]
    for measure in (m.extraction_strength, m.exact_memorisation):
        assert (measure(better).values >= measure(filled).values).all()


# ROUGE-L.


def lcs(a: list[str], b: list[str]) -> int:
    """Longest common subsequence, by trying both ways at every difference."""
    if not a or not b:
        return 0
    if a[0] == b[0]:
        return 1 + lcs(a[1:], b[1:])
    return max(lcs(a[1:], b), lcs(a, b[1:]))


def test_rouge_by_hand() -> None:
    found = m.rouge_l(["the cat sat here", "no", ""], ["the black cat sat", "yes it is", "x"])
    assert found.values.tolist() == [0.75, 0.0, 0.0]
    assert found.mean == 0.25


def test_recall_ignores_additional_words() -> None:
    assert m.rouge_l(["Paris"] * 2, ["Paris", "Paris"]).mean == 1.0
    assert m.rouge_l(["it may be Paris or London"], ["Paris"]).mean == 1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=7), st.lists(st.sampled_from("abcd"), max_size=7))
def test_rouge_equals_a_slow_recursion(said: list[str], true: list[str]) -> None:
    found = m.rouge_l([" ".join(said)], [" ".join(true)])
    common = lcs(said, true)
    assert found.mean == pytest.approx(common / len(true) if true else 0.0)


def test_words_are_stemmed_by_default() -> None:
    assert m.rouge_l(["governed cities"], ["governing city"]).mean == 1.0
    assert m.rouge_l(["governed cities"], ["governing city"], stem=False).mean == 0.0
    assert m.rouge_l(["PARIS, France!"], ["paris france"]).mean == 1.0


def test_other_scripts_have_no_words() -> None:
    assert m.rouge_l(["Москва"], ["Москва"]).mean == 0.0


def test_numbers_of_answers_and_truths_must_match() -> None:
    with pytest.raises(UserError, match="true texts"):
        m.rouge_l(["a"], [])


# Ragged arrays.


def test_single_numbers_are_arrays_of_one() -> None:
    assert [row.tolist() for row in rows([-1.0, [-2.0, -3.0]])] == [[-1.0], [-2.0, -3.0]]


def test_the_mean_is_over_counted_tokens() -> None:
    found = per_item([1.0, 2.0, 6.0], [True, False, True])
    assert (found.mean, found.n) == (3.5, 2)
    assert found.values.tolist() == [1.0, 2.0, 6.0]
