"""Intervals of shares and of ratios, against scipy and closed forms."""

from __future__ import annotations

import math

import pytest
from scipy.stats import binom, binomtest

from cltool.evaluation.requirements.intervals import exact_share, mcnemar, paired_ratio


@pytest.mark.parametrize(("right", "n"), [(0, 7), (1, 10), (5, 10), (97, 100), (200, 200)])
def test_the_interval_of_a_share_is_that_of_scipy(right: int, n: int) -> None:
    expected = binomtest(right, n).proportion_ci(method="exact")
    assert exact_share(right, n) == pytest.approx((expected.low, expected.high))


def test_the_interval_of_all_right_has_a_closed_form() -> None:
    assert exact_share(72, 72) == pytest.approx((0.025 ** (1 / 72), 1.0))


def test_the_interval_of_a_share_is_symmetric_and_monotone() -> None:
    for right in (0.0, 2.5, 9.0):
        low, high = exact_share(right, 20)
        assert exact_share(20 - right, 20) == pytest.approx((1 - high, 1 - low))
    ends = [exact_share(right / 2, 10) for right in range(21)]
    assert ends == sorted(ends)
    widths = [high - low for low, high in (exact_share(0.9 * n, n) for n in range(10, 300, 10))]
    assert widths == sorted(widths, reverse=True)


def test_the_interval_of_a_ratio_as_in_a_textbook() -> None:
    # Fagerland, Lydersen & Laake, "Statistical Analysis of Contingency Tables", chapter 8: complete
    # response before and after consolidation therapy (Cavo et al. 2012), 59, 6, 16 and 80 of 161.
    low, high = paired_ratio(both=59, gained=6, lost=16)
    assert (round(low, 4), round(high, 4)) == (0.7579, 0.9910)
    assert mcnemar(gained=6, lost=16) == pytest.approx(0.052479, abs=1e-6)


def test_the_interval_of_a_ratio_turns_around_with_its_models() -> None:
    low, high = paired_ratio(both=80, gained=3, lost=9)
    assert paired_ratio(both=80, gained=9, lost=3) == pytest.approx((1 / high, 1 / low))
    assert low < 83 / 89 < high
    same = paired_ratio(both=50, gained=0, lost=0)
    assert same[0] * same[1] == pytest.approx(1)


def test_the_interval_of_a_ratio_is_monotone() -> None:
    lows = [paired_ratio(100 - lost, 0, lost)[0] for lost in range(60)]
    assert lows == sorted(lows, reverse=True)
    lows = [paired_ratio(0.9 * n, 0.02 * n, 0.08 * n)[0] for n in range(20, 400, 20)]
    assert lows == sorted(lows)


def test_no_ratio_without_a_right_item_before() -> None:
    assert paired_ratio(0, 5, 0) == (0.0, math.inf)


def test_mcnemar_is_a_fair_coin() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1
    assert mcnemar(0, 6) == mcnemar(6, 0) == pytest.approx(2 * 0.5**6)
    assert mcnemar(2, 9) == pytest.approx(2 * binom.cdf(2, 11, 0.5))
