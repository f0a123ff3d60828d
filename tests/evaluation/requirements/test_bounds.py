"""The grammar of bounds."""

from __future__ import annotations

import math

import pytest

from cltool.core.errors import UserError
from cltool.evaluation.requirements.bounds import Bound, parse_bounds


def test_several_bounds_in_one_text() -> None:
    bounds = parse_bounds("retained>=0.95, stale <= 2e-2,perplexity<=1.05x ,bwt>=-0.1")
    assert bounds == (
        Bound("retained", True, 0.95),
        Bound("stale", False, 0.02),
        Bound("perplexity", False, 1.05, ratio=True),
        Bound("bwt", True, -0.1),
    )


@pytest.mark.parametrize("text", ["new>=0.95", "perplexity<=1.05x", "resurfaced<=0", "bwt>=-0.5"])
def test_a_bound_is_written_as_it_is_read(text: str) -> None:
    (bound,) = parse_bounds(text)
    assert bound.text == text
    assert parse_bounds(str(bound)) == (bound,)  # the printed form, with ≥ and ×, too


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("new>0.95", "not a valid bound: 'new>0.95'"),
        ("new>=", "not a valid bound"),
        ("new>=0.9.5", "not a valid bound"),
        ("", "not a valid bound: ''"),
        ("new>=0.9,", "not a valid bound: ''"),
        ("retaind>=0.9", "Did you mean 'retained'"),
        ("new>=1e999", "too large"),
        ("perplexity<=0x", "a ratio is above 0"),
        ("new>=0.9, new>=0.8", "new>=0.9 and new>=0.8 are both given"),
        ("new>=0.9, new<=0.8", "no value meets both new>=0.9 and new<=0.8"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(UserError, match="--require") as caught:
        parse_bounds(text)
    assert what in str(caught.value)
    assert "Write it like retained>=0.95" in str(caught.value)


def test_all_errors_are_said_at_once() -> None:
    with pytest.raises(UserError, match="2 bounds are not valid") as caught:
        parse_bounds("age>=3, new>=0.9, stale<0.1")
    assert "age>=3" in str(caught.value) and "stale<0.1" in str(caught.value)


def test_a_range_is_two_bounds() -> None:
    assert len(parse_bounds("new>=0.2, new<=0.8, new>=0.9x")) == 3


def test_how_far_a_score_is_from_a_bound() -> None:
    scores = {"new": 0.9, "retained": 0.5, "stale": math.nan}
    low, equal, missing = parse_bounds("new>=0.95, retained>=0.5, stale<=1")
    assert low.missed_by(scores) == pytest.approx(0.05)
    assert equal.missed_by(scores) == 0
    assert missing.missed_by(scores) == math.inf
    # The mean of ten times 0.1 is not exactly 0.1.
    assert parse_bounds("stale<=0.1")[0].missed_by({"stale": sum([0.1] * 3) / 3}) == 0
