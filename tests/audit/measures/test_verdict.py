"""Verdicts: the three regions, their edges, and too few facts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from cltool.audit.measures.intervals import Interval, paired_difference
from cltool.audit.measures.verdict import Leak, Verdict, decide
from cltool.core.errors import UserError


def judge(one: ArrayLike, other: ArrayLike, leak: Leak = "higher") -> Verdict:
    return decide(paired_difference(one, other, seed=0), 0.05, leak)


def between(low: float, high: float) -> Interval:
    return Interval((low + high) / 2, low, high, 30)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.05, 0.05, "indistinguishable"),
        (0.0, 0.0, "indistinguishable"),
        (0.02, 0.04, "indistinguishable"),
        (0.051, 0.4, "residue"),
        (-0.4, -0.051, "over-forgotten"),
        (0.05, 0.4, "undecided"),
        (0.04, 0.4, "undecided"),
        (-0.4, -0.05, "undecided"),
        (-0.06, 0.0, "undecided"),
        (-1.0, 1.0, "undecided"),
        (float("nan"), float("nan"), "undecided"),
    ],
)
def test_regions(low: float, high: float, expected: str) -> None:
    assert decide(between(low, high), 0.05) == expected


@settings(max_examples=60, deadline=None)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.001, 0.5))
def test_the_other_direction_mirrors_the_verdicts(
    low: float, width: float, tolerance: float
) -> None:
    forth, back = between(low, low + width), between(-low - width, -low)
    assert decide(forth, tolerance, "higher") == decide(back, tolerance, "lower")


@settings(max_examples=60, deadline=None)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0.001, 0.5))
def test_a_wide_interval_never_shows_agreement(low: float, width: float, tolerance: float) -> None:
    found = decide(between(low, low + width), tolerance)
    if width > 2 * tolerance + 1e-9:
        assert found != Verdict.INDISTINGUISHABLE
    # A larger tolerance may turn any verdict to agreement or doubt, never to the other failure.
    looser = decide(between(low, low + width), tolerance * 2)
    assert looser in {found, Verdict.INDISTINGUISHABLE, Verdict.UNDECIDED}


@pytest.mark.parametrize("tolerance", [0.0, -0.1, float("nan")])
def test_without_tolerance_nothing_is_equal(tolerance: float) -> None:
    with pytest.raises(UserError, match="tolerance"):
        decide(between(0, 0), tolerance)


def test_unknown_direction() -> None:
    wrong: Any = "up"
    with pytest.raises(UserError, match="direction"):
        decide(between(0, 0), 0.1, wrong)


def test_judged_from_scores() -> None:
    rng = np.random.default_rng(0)
    reference = (rng.random(200) < 0.05).astype(float)
    known = (rng.random(200) < 0.6).astype(float)
    assert judge(known, reference) == "residue"
    assert judge(reference, known) == "over-forgotten"
    assert judge(reference, reference) == "indistinguishable"
    assert judge(known, reference, "lower") == "over-forgotten"


def test_a_few_facts_that_agree_prove_nothing() -> None:
    for size, expected in ((3, "undecided"), (30, "undecided"), (100, "indistinguishable")):
        none = np.zeros(size)
        assert judge(none, none) == expected


def test_three_of_three_leaks_are_residue() -> None:
    assert judge([1.0] * 3, [0.0] * 3) == "undecided"
    assert judge([1.0] * 6, [0.0] * 6) == "residue"
