"""The tables of docs/scale.md are those that the tools make, and follow from closed forms."""

from __future__ import annotations

import math
import statistics

import pytest

from tools import many_runs, scale
from tools.many_runs import Plan, simulate


def test_the_page_has_the_tables_of_the_tools() -> None:
    page = scale.PAGE.read_text(encoding="utf-8")
    assert scale.with_tables(page, scale.read()) == page
    assert many_runs.with_table(page) == page
    assert page.count("<!-- end -->") == 2
    assert "| `ewc` |" in page


def test_memory_is_divided_over_the_fewest_gpus_that_hold_it() -> None:
    constants = {"live": 16.0, "stored": 0.0}
    assert scale.needed(constants, 1e9) == (16e9, 1)
    assert scale.needed(constants, 4.5e9) == (72e9, 1)
    assert scale.needed(constants, 4.6e9)[1] == 2
    assert scale.needed(constants, 70e9) == (1.12e12, 16)


def test_the_constants_are_those_of_float32_and_adamw() -> None:
    found = scale.read()
    assert found["naive"] == {"live": pytest.approx(16, abs=0.1), "stored": 0}
    assert found["ewc"] == {"live": pytest.approx(24, abs=0.3), "stored": pytest.approx(8, abs=0.1)}
    assert found["frozen"]["live"] == pytest.approx(4, abs=0.1)


@pytest.mark.slow
def test_the_constants_are_measured_again() -> None:
    for name in ("naive", "ewc", "lora"):
        again, written = scale.measure(name), scale.read()[name]
        assert again == {part: pytest.approx(written[part], abs=0.3) for part in written}


def test_without_failures_runs_take_turns() -> None:
    done = simulate(Plan(runs=10, gpus=4, hours=2.0))
    assert (done.hours, done.lost, done.failures) == (6.0, 0.0, 0)
    assert simulate(Plan(runs=10, gpus=4, hours=2.0, share=2)).hours == 4.0


def test_a_run_that_starts_again_takes_as_long_as_the_closed_form_says() -> None:
    # With exponential failures at rate r, a run of d hours needs (e^(r d) - 1) / r hours of work.
    plan = Plan(runs=1, gpus=1, hours=2, between=2, repair=0, resume=False, retries=10**6)
    found = statistics.mean(simulate(plan, seed).hours for seed in range(4000))
    assert found == pytest.approx(2 * (math.e - 1), rel=0.06)


def test_a_run_that_goes_on_loses_at_most_a_step_at_each_failure() -> None:
    plan = Plan(runs=50, gpus=4, hours=10, steps=20, between=10, retries=10**6)
    done = simulate(plan)
    work = plan.runs * plan.hours
    assert done.failures > 10
    assert done.lost * work / (1 - done.lost) <= done.failures * plan.hours / plan.steps + 1e-6
    assert done.lost < simulate(Plan(**{**vars(plan), "resume": False})).lost


def test_runs_that_fail_too_often_are_given_up() -> None:
    plan = Plan(runs=20, gpus=4, hours=100, steps=2, between=1, retries=2)
    done = simulate(plan)
    assert (done.given_up, done.failures) == (20, 60)


def test_a_run_does_not_start_again_before_it_has_failed() -> None:
    # One run computes on one GPU at a time, so all that it computes takes that long.
    plan = Plan(runs=1, gpus=8, hours=10, steps=1, between=10, repair=0, retries=10**6)
    for seed in range(40):
        done = simulate(plan, seed)
        assert done.hours >= plan.hours / (1 - done.lost) - 1e-6
