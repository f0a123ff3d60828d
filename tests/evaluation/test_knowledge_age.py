"""How old knowledge is: known beliefs give known shares, medians and intervals."""

from __future__ import annotations

import pytest

from cltool.evaluation.knowledge_age import Share, holders_of, median_interval, median_step

OLD, CURRENT = [0], [3]
MIDDLE = [1, 2]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 4, 0.0, 0.489892), (3, 10, 0.107791, 0.603222), (200, 200, 0.981155, 1.0)],
)
def test_intervals_of_shares_are_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval() == pytest.approx((low, high), abs=1e-5)


def test_a_share_of_no_keys_has_no_value_and_no_interval() -> None:
    assert Share(0, 0).value is None and Share(0, 0).interval() is None


def test_shares_count_the_keys_that_somebody_held_at_the_step() -> None:
    terms, held = [[0, 1], [1]], [[0, 1, 2], [1, 2]]
    assert holders_of(terms, held, 3) == [Share(1, 1), Share(2, 2), Share(0, 2)]


@pytest.mark.parametrize(
    ("terms", "median"),
    [
        ([OLD] * 5, 0),
        ([CURRENT] * 5, 3),
        ([[0, 1, 2]] * 4 + [OLD], 0),
        ([[1, 2, 3]] * 4 + [CURRENT], 3),
        ([MIDDLE] * 5, 1),
        # As many too old as too new, for every step in between.
        ([OLD, CURRENT], 1),
        ([OLD, MIDDLE, CURRENT, CURRENT], 1),
        ([OLD, [2], CURRENT, CURRENT], 2),
        ([], None),
    ],
)
def test_the_median_step_has_as_many_older_as_newer_holders(
    terms: list[list[int]], median: int | None
) -> None:
    assert median_step(terms, 4) == median


def test_the_interval_of_the_median_is_that_of_a_resampled_coin() -> None:
    # With one step between two kinds of keys, the median is the kind that most keys have.
    assert median_interval([[0]] * 50, 2) == (0, 0)
    assert median_interval([[0]] * 90 + [[1]] * 10, 2) == (0, 0)
    assert median_interval([[0]] * 52 + [[1]] * 48, 2) == (0, 1)


def test_few_keys_leave_the_median_open() -> None:
    assert median_interval([[0]] * 5, 3) == (0, 2)
