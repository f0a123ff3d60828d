"""Bounds against the values of several runs."""

from __future__ import annotations

import math

import pytest

from cltool.evaluation.metrics import interval
from cltool.evaluation.requirements.bounds import parse_bounds
from cltool.evaluation.requirements.checks import Check, Verdict
from cltool.evaluation.requirements.runs import check_runs

PASS, FAIL, UNDECIDED = Verdict.PASS, Verdict.FAIL, Verdict.UNDECIDED


def check(text: str, *values: float, items: int | None = None) -> Check:
    return check_runs(parse_bounds(text)[0], [values], items=items)


def test_the_interval_over_seeds_is_that_of_the_tables() -> None:
    values = (0.96, 0.97, 0.98)
    mean, half = interval(values)
    one = check("acc>=0.9", *values)
    assert (one.low, one.value, one.high) == pytest.approx((mean - half, mean, mean + half))
    assert one.verdict is PASS
    assert check("acc>=0.95", *values).verdict is UNDECIDED
    assert check("acc>=0.999", *values).verdict is FAIL


def test_equal_runs_of_few_facts_are_undecided() -> None:
    few = check("retained>=0.95", 1, 1, 1, items=24)
    assert few.verdict is UNDECIDED
    assert few.decides == 72 and "72 facts would decide" in few.reason
    assert check("retained>=0.95", 1, 1, 1, items=72).verdict is PASS


def test_many_facts_do_not_decide_if_the_runs_disagree() -> None:
    split = check("retained>=0.9", 1.0, 0.9, 0.95, items=10_000)
    assert split.verdict is UNDECIDED
    assert split.decides is None and split.decides_runs is not None
    assert f"{split.decides_runs} runs would decide" in split.reason


def test_the_number_of_runs_that_would_decide_decides() -> None:
    values = [0.90, 0.94] * 2
    needed = check("acc>=0.9", *values).decides_runs
    assert needed is not None
    # Repeating the values keeps the mean; their spread becomes that of the whole set, smaller.
    assert check("acc>=0.9", *(values * math.ceil(needed / 4))).verdict is PASS


def test_one_or_two_runs_are_judged_by_their_facts() -> None:
    assert check("retained>=0.9", 1.0, items=100).verdict is PASS
    assert check("retained>=0.9", 1.0, 0.8, items=100).verdict is UNDECIDED
    assert check("retained>=0.9", 0.5, 0.6, items=100).verdict is FAIL
    single = check("acc>=0.5", 0.99)
    assert single.verdict is UNDECIDED and "a single run has no interval" in single.reason
    assert "2 runs are too few" in check("acc>=0.5", 0.99, 0.98).reason


def test_one_exception_in_one_run_is_one() -> None:
    assert check("resurfaced<=0", 0, 0, 0).verdict is PASS
    assert check("resurfaced<=0", 0, 1, 0).verdict is FAIL
    assert check("erased<=0", 0, 0.1, items=10).verdict is FAIL
    assert check("erased<=0", 0, 0, items=10).verdict is PASS


def test_costs_are_met_in_every_run_or_in_none() -> None:
    assert check("tokens<=100", 90, 99).verdict is PASS
    assert check("tokens<=100", 110, 120).verdict is FAIL
    assert check("tokens<=100", 90, 120).verdict is UNDECIDED


def test_a_value_that_is_missing_or_infinite() -> None:
    assert check("retained>=0.5", math.nan, items=10).verdict is UNDECIDED
    assert check("perplexity<=50", math.inf, math.inf, 10).verdict is UNDECIDED
    assert check("perplexity<=50", math.inf).verdict is FAIL
    assert check("retained>=0.5", math.nan, 1.0, items=100).verdict is PASS


def test_with_several_streams_the_interval_is_over_streams() -> None:
    bound = parse_bounds("acc>=0.9")[0]
    two = check_runs(bound, [[0.95] * 3, [0.96] * 3], several=True)
    assert two.verdict is UNDECIDED and "2 streams are too few" in two.reason
    three = check_runs(bound, [[0.95, 0.97], [0.96], [0.95]], several=True)
    assert three.verdict is PASS and "3 streams" in three.reason
