"""A sample of the facts makes intervals wider, by the variance of a share of a sample."""

from __future__ import annotations

import random
import statistics

import pytest

from cltool.runs.sampling import Sampled


def sampled(**fields: object) -> Sampled:
    given = {"facts": 50, "of": 200, "taught": [40, 5, 5], "changed": 10, "erased": 4, **fields}
    return Sampled(**given)  # type: ignore[arg-type]


def test_the_variance_is_that_of_a_share_drawn_without_replacement() -> None:
    rng = random.Random(0)
    population = [1] * 60 + [0] * 140
    shares = [statistics.mean(rng.sample(population, 50)) for _ in range(4000)]
    told = sampled().variance("retained", 0.3)
    # The formula is an estimate from the sample: its n - 1 stands for n (N - 1) / N.
    assert told == pytest.approx(0.3 * 0.7 / 49 * 0.75)
    assert told == pytest.approx(statistics.variance(shares), rel=0.1)


@pytest.mark.parametrize(
    ("score", "count"),
    [("retained", 50), ("stale", 10), ("erased", 4), ("new_min", 5), ("kept_base", 40)],
)
def test_a_score_counts_the_facts_that_it_is_about(score: str, count: int) -> None:
    assert sampled().variance(score, 0.5) == pytest.approx(0.25 / (count - 1) * 0.75)


@pytest.mark.parametrize("score", ["kept_updates", "found", "read"])
def test_a_score_of_the_facts_of_updates_counts_each_of_them_once(score: str) -> None:
    assert sampled().variance(score, 0.5) == pytest.approx(0.25 / 9 * 0.75)
    again = sampled(taught=[40, 25, 25])  # 10 facts of the base, which change in turn
    assert again.variance(score, 0.5) == pytest.approx(0.25 / 19 * 0.75)


def test_a_mean_over_updates_is_surer_than_one_update() -> None:
    one = sampled()
    assert one.variance("new", 0.5) == pytest.approx(one.variance_at(1, "new", 0.5) / 2)


def test_all_facts_leave_nothing_uncertain() -> None:
    whole = sampled(facts=200)
    for score in ("new", "retained", "stale", "erased", "acc", "bwt"):
        assert whole.variance(score, 0.5) == 0


@pytest.mark.parametrize("score", ["unlisted", "perplexity", "seconds", "tokens"])
def test_what_is_not_asked_of_the_stream_is_not_uncertain(score: str) -> None:
    assert sampled().variance(score, 0.5) == 0


def test_a_run_that_asks_all_facts_has_no_sample() -> None:
    assert Sampled.of_record({}) is None
