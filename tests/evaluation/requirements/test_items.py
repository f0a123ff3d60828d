"""Bounds against the items of one model, and of the model before it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cltool.core.errors import UserError
from cltool.evaluation.requirements.bounds import Bound, parse_bounds
from cltool.evaluation.requirements.checks import Check, Verdict, overall
from cltool.evaluation.requirements.items import check_items, check_losses

PASS, FAIL, UNDECIDED = Verdict.PASS, Verdict.FAIL, Verdict.UNDECIDED


def bound(text: str) -> Bound:
    return parse_bounds(text)[0]


def share(text: str, right: int, n: int) -> Check:
    return check_items(bound(text), [1] * right + [0] * (n - right))


def test_a_share_passes_fails_or_is_undecided() -> None:
    assert share("protected>=0.95", 72, 72).verdict is PASS  # 0.025 ** (1/72) is 0.9501
    assert share("protected>=0.95", 71, 71).verdict is UNDECIDED
    assert share("protected>=0.95", 90, 100).verdict is UNDECIDED
    assert share("protected>=0.95", 80, 100).verdict is FAIL
    assert share("stale<=0.05", 0, 72).verdict is PASS


def test_an_upper_bound_mirrors_a_lower_one() -> None:
    for right in range(0, 41, 4):
        lower, upper = share("new>=0.9", right, 40), share("stale<=0.1", 40 - right, 40)
        assert lower.verdict is upper.verdict
        assert (lower.low, lower.high) == pytest.approx((1 - upper.high, 1 - upper.low))


def test_more_right_answers_never_make_a_verdict_worse() -> None:
    order = [FAIL, UNDECIDED, PASS]
    found = [order.index(share("new>=0.8", right, 60).verdict) for right in range(61)]
    assert found == sorted(found)
    assert set(found) == {0, 1, 2}


def test_the_number_of_items_that_would_decide_decides() -> None:
    check = share("protected>=0.95", 20, 20)
    assert check.decides == 72
    assert "72 would decide" in check.reason
    again = share("protected>=0.9", 19, 20)
    assert again.decides is not None
    for n, verdict in ((again.decides, PASS), (again.decides - 1, UNDECIDED)):
        assert check_items(bound("protected>=0.9"), [0.95] * n).verdict is verdict
    assert share("protected>=0.95", 19, 20).decides is None  # it is at the bound
    assert share("protected>=0.95", 72, 72).decides is None  # it is decided


def test_a_bound_without_exceptions_is_about_the_items_asked() -> None:
    assert share("erased<=0", 0, 3).verdict is PASS
    assert share("erased<=0", 1, 1000).verdict is FAIL
    assert share("protected>=1", 3, 3).verdict is PASS
    assert share("protected>=1", 999, 1000).verdict is FAIL


def test_a_ratio_is_paired() -> None:
    before = [1] * 90 + [0] * 10
    same = check_items(bound("retained>=0.95x"), before, before)
    assert (same.verdict, same.value, same.p) == (PASS, 1, 1)
    swapped = [1] * 45 + [0] * 45 + [1] * 10  # 45 lost, 10 gained
    worse = check_items(bound("retained>=0.95x"), swapped, before)
    assert worse.verdict is FAIL
    assert (worse.lost, worse.gained) == (45, 10)
    assert worse.p is not None and worse.p < 1e-4
    # The same two shares, but of items that moved in both directions, say less.
    shuffled = check_items(bound("retained>=0.95x"), [1] * 80 + [0] * 10 + [1] * 10, before)
    assert shuffled.value == 1
    assert shuffled.high - shuffled.low > same.high - same.low
    assert shuffled.verdict is UNDECIDED
    assert shuffled.decides is not None and shuffled.decides > 100


def test_items_that_are_shares_have_a_wider_interval_than_their_bootstrap() -> None:
    rng = np.random.default_rng(0)
    before = rng.integers(0, 4, 200) / 3
    after = np.clip(before - (rng.random(200) < 0.2) / 3, 0, 1)
    check = check_items(bound("retained>=0.5x"), after.tolist(), before.tolist())
    drawn = rng.integers(0, 200, (2000, 200))
    ratios = after[drawn].mean(1) / before[drawn].mean(1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    assert check.low < low < check.value < high < check.high


def test_without_items_nothing_is_decided() -> None:
    assert check_items(bound("new>=0.5"), []).verdict is UNDECIDED
    none_before = check_items(bound("new>=0.5x"), [1, 1], [0, 0])
    assert none_before.verdict is UNDECIDED
    assert "none right" in none_before.reason


def test_what_cannot_be_paired() -> None:
    with pytest.raises(UserError, match="3 items after and 2 before"):
        check_items(bound("new>=0.5x"), [1, 1, 0], [1, 1])
    with pytest.raises(UserError, match="needs the answers of the model before"):
        check_items(bound("new>=0.5x"), [1, 1, 0])
    with pytest.raises(UserError, match="not between 0 and 1"):
        check_items(bound("new>=0.5"), [1, math.nan])
    with pytest.raises(UserError, match="cannot be paired"):
        check_losses(bound("perplexity<=1.05x"), [1.0], [1.0, 2.0], [3, 4])


def test_perplexity_is_the_ratio_of_the_whole_text() -> None:
    before, tokens = [3.0, 2.0, 4.0, 1.0], [10, 20, 30, 40]
    after = [one + math.log(1.02) for one in before]
    same = check_losses(bound("perplexity<=1.05x"), after, before, tokens)
    assert same.verdict is PASS
    assert (same.low, same.value, same.high) == pytest.approx((1.02,) * 3)
    assert check_losses(bound("perplexity<=1.01x"), after, before, tokens).verdict is FAIL
    plain = check_losses(bound("perplexity<=1000"), before, after, tokens)
    whole = sum(loss * n for loss, n in zip(before, tokens, strict=True)) / sum(tokens)
    assert plain.value == pytest.approx(math.exp(whole))  # of the model after, in nats


def test_texts_that_disagree_leave_perplexity_undecided() -> None:
    drops = [0.2, -0.1, 0.15, -0.05, 0.1, -0.2]
    check = check_losses(bound("perplexity<=1.05x"), drops, [0.0] * 6, [50] * 6)
    assert check.verdict is UNDECIDED
    assert check.decides is not None and check.decides > 6
    equal = check_losses(bound("perplexity<=1.05x"), [0.1, 0.1], [0.0] * 2, [5, 5])
    assert equal.verdict is UNDECIDED and "too few" in equal.reason
    broken = check_losses(bound("perplexity<=1.05x"), [math.inf] * 3, [1.0] * 3, [5] * 3)
    assert broken.verdict is FAIL


def test_the_verdict_on_all() -> None:
    checks = {one: Check(bound("new>=1"), one, 1, 1, 1, "") for one in Verdict}
    assert overall([checks[PASS], checks[PASS]]) is PASS
    assert overall([checks[PASS], checks[UNDECIDED]]) is UNDECIDED
    assert overall([checks[UNDECIDED], checks[FAIL], checks[PASS]]) is FAIL
