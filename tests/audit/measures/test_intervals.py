"""Intervals: closed forms, what they do with few facts, and whether they cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures.intervals import auc_difference, paired_difference
from cltool.audit.measures.membership import auc
from cltool.core.errors import UserError


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95])
def test_impossible_confidence(confidence: float) -> None:
    with pytest.raises(UserError, match="confidence"):
        paired_difference([1.0], [0.0], seed=0, confidence=confidence)


# Paired differences.


def test_a_difference_is_of_pairs() -> None:
    # Hard facts are hard for both: the values spread widely, the differences hardly.
    rng = np.random.default_rng(1)
    hard = rng.random(40)
    found = paired_difference(hard + 0.1 + 0.001 * rng.random(40), hard, seed=0)
    assert found.estimate == pytest.approx(0.1005, abs=1e-3) and found.n == 40
    assert found.high - found.low < 0.001
    assert found.low <= found.estimate <= found.high


@pytest.mark.parametrize("size", [16, 60])
def test_symmetric_differences_have_students_interval(size: int) -> None:
    from scipy.stats import t

    # Plain percentiles of 16 facts would be 5 % narrower.
    differences = np.linspace(-0.5, 0.5, size) + 0.2
    found = paired_difference(differences, np.zeros(size), seed=3, resamples=60_000)
    half = t.ppf(0.975, size - 1) * differences.std(ddof=1) / math.sqrt(size)
    assert found.low == pytest.approx(0.2 - half, abs=0.02 * half)
    assert found.high == pytest.approx(0.2 + half, abs=0.02 * half)


@pytest.mark.parametrize("size", [4, 7, 12])
def test_the_coverage_is_at_least_the_confidence(size: int) -> None:
    rng = np.random.default_rng(4)
    covered = 0
    for seed in range(200):
        row = rng.normal(0.1, 0.2, size)
        found = paired_difference(row, np.zeros(size), seed=seed, resamples=500)
        covered += found.low <= 0.1 <= found.high
    # Three standard errors of a share of 200 are 0.05.
    assert 0.9 <= covered / 200 <= 1.0


def test_more_facts_narrow_it() -> None:
    rng = np.random.default_rng(5)
    widths = []
    for size in (10, 40, 160):
        found = paired_difference(rng.normal(0, 1, size), np.zeros(size), seed=0)
        widths.append(found.high - found.low)
    assert widths[0] > widths[1] > widths[2]


def test_below_six_facts_it_is_students_interval() -> None:
    # t(0.975, 2 degrees of freedom) = 4.302653
    far = (-5.0, 5.0)
    found = paired_difference([-4.0, 0.0, 4.0], [0.0, 0.0, 0.0], seed=0, span=(-50.0, 50.0))
    half = 4.302653 * 4.0 / math.sqrt(3)
    share = 1 - 0.025 ** (1 / 3)
    assert found.high == pytest.approx(max(half, 50 * share), abs=1e-5)
    found = paired_difference([-4.0, 0.0, 4.0], [0.0, 0.0, 0.0], seed=0, span=far)
    assert (found.low, found.high) == pytest.approx((-5.0, 5.0))
    # So few tell next to nothing, however alike they are.
    alike = paired_difference([0.901, 0.902], [0.0, 0.0], seed=0)
    assert alike.low < 0 < alike.estimate
    cut = paired_difference([0.1, 0.2, 0.6], [0.0, 0.0, 0.0], seed=0, span=(0.0, 0.9))
    assert (cut.low, cut.high) == (0.0, 0.9)
    two = paired_difference([0.0, 1.0], [0.0, 0.0], seed=0)
    assert (two.low, two.high) == (-1.0, 1.0)


def test_from_six_facts_it_stays_within_their_range() -> None:
    found = paired_difference([0.0, 0.1, 0.2, 0.3, 0.4, 0.9], [0.0] * 6, seed=0)
    assert 0.0 <= found.low < found.estimate < found.high <= 0.9


def test_seeds_and_the_order_of_facts() -> None:
    rng = np.random.default_rng(6)
    values, reference = rng.random(25), rng.random(25)
    found = paired_difference(values, reference, seed=7)
    assert found == paired_difference(values, reference, seed=7)
    order = rng.permutation(25)
    assert found == paired_difference(values[order], reference[order], seed=7)
    other = paired_difference(values, reference, seed=8)
    assert other != found and other.low == pytest.approx(found.low, abs=0.02)
    mirrored = paired_difference(reference, values, seed=7)
    assert mirrored.low == pytest.approx(-found.high, abs=0.02)


@pytest.mark.parametrize("size", [1, 5, 30])
@pytest.mark.parametrize("value", [0.0, 1.0, -1.0])
def test_equal_differences_still_have_a_wide_interval(size: int, value: float) -> None:
    found = paired_difference([value] * size, [0.0] * size, seed=0)
    share = 1 - 0.025 ** (1 / size)
    assert found.estimate == value
    assert found.low == pytest.approx(value - share * (value + 1))
    assert found.high == pytest.approx(value + share * (1 - value))
    # With such a share of other facts, seeing none of them has a chance of 2.5 %.
    assert (1 - share) ** size == pytest.approx(0.025)


def test_differences_without_bounds() -> None:
    found = paired_difference([-3.0], [-3.0], seed=0, span=(-math.inf, math.inf))
    assert (found.low, found.high) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("values", "reference"),
    [([], []), ([1.0], [1.0, 2.0]), ([math.nan], [0.0]), ([[1.0]], [[1.0]])],
)
def test_scores_that_make_no_pairs_are_refused(values: list[float], reference: list[float]) -> None:
    with pytest.raises(UserError):
        paired_difference(values, reference, seed=0)


# Differences of AUC.


def test_difference_of_auc() -> None:
    rng = np.random.default_rng(8)
    model = rng.normal(0, 1, 50), rng.normal(1, 1, 40)
    reference = rng.normal(0, 1, 50), rng.normal(0, 1, 40)
    found = auc_difference([model], [reference], seed=0)
    assert found.estimate == pytest.approx(auc(*model) - auc(*reference))
    assert found.n == 40 and 0 < found.low < found.estimate < found.high < 1
    assert found == auc_difference([model], [reference], seed=0)


def test_a_model_compared_with_itself() -> None:
    scores = np.arange(10.0), np.arange(5.0, 15.0)
    found = auc_difference([scores], [scores], seed=0)
    assert found.estimate == 0.0
    assert (found.low, found.high) == pytest.approx((-found.high, 1 - 0.025 ** (1 / 10)))


def test_perfect_attacks_on_few_texts_prove_little() -> None:
    found = auc_difference([([0.0, 0.0], [1.0, 1.0])], [([0.0, 1.0], [0.0, 1.0])], seed=0)
    assert found.estimate == 0.5 and found.low <= 0.0


@pytest.mark.parametrize(
    ("model", "reference"),
    [
        (([], [1.0]), ([], [1.0])),
        (([1.0], [math.nan]), ([1.0], [1.0])),
        (([1.0, 2.0], [1.0]), ([1.0], [1.0])),
    ],
)
def test_texts_of_attacks_must_match(
    model: tuple[list[float], list[float]], reference: tuple[list[float], list[float]]
) -> None:
    with pytest.raises(UserError):
        auc_difference([model], [reference], seed=0)


def test_one_text_gives_the_widest_interval() -> None:
    found = auc_difference([([0.1], [0.2, 0.05, 0.3])], [([0.3], [0.2, 0.05, 0.1])], seed=0)
    assert (found.low, found.high, found.n) == (-1.0, 1.0, 1)
    assert found.estimate == pytest.approx(2 / 3)


def test_aucs_of_several_seeds() -> None:
    rng = np.random.default_rng(3)
    models = [(rng.normal(0, 1, 30), rng.normal(1, 1, 25)) for _ in range(3)]
    others = [(rng.normal(0, 1, 30), rng.normal(0, 1, 25)) for _ in range(3)]
    found = auc_difference(models, others, seed=0)
    mean = np.mean([auc(*one) for one in models]) - np.mean([auc(*one) for one in others])
    assert found.estimate == pytest.approx(mean) and found.n == 25
    copies = auc_difference(models[:1] * 3, others[:1] * 3, seed=0)
    alone = auc_difference(models[:1], others[:1], seed=0)
    assert (copies.low, copies.high) == pytest.approx((alone.low, alone.high))
    with pytest.raises(UserError):
        auc_difference(models, others[:2], seed=0)


@pytest.mark.parametrize("size", [100, 160, 180, 183, 250])
def test_a_differing_seed_does_not_narrow_the_interval(size: int) -> None:
    """The interval of 0 in n is never wider than that of 1 in n, whichever way resampling goes."""
    none, one = np.zeros(size), np.zeros(size)
    one[0] = 1.0
    silent = paired_difference(none, none, seed=0)
    leaky = paired_difference(one, none, seed=0)
    assert leaky.high > silent.high and leaky.low <= leaky.estimate
    assert leaky.high >= 1 / size + silent.high * (1 - 1 / size) - 1e-12


@settings(max_examples=20, deadline=None)
@given(st.integers(60, 400), st.integers(0, 8))
def test_the_bound_rises_with_the_number_of_differing_facts(size: int, leaks: int) -> None:
    def high(count: int) -> float:
        return paired_difference(np.arange(size) < count, np.zeros(size), seed=0).high

    assert high(leaks + 1) > high(leaks) - 2e-3
