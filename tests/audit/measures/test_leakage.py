"""leak@k."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures.leakage import leak_at_k
from cltool.core.errors import UserError

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=7)


@pytest.mark.parametrize(("n", "c"), [(5, 0), (5, 1), (5, 3), (5, 5), (1, 1), (20, 7)])
def test_equals_pass_at_k(n: int, c: int) -> None:
    leaks = [place < c for place in range(n)]
    for k in range(1, n + 1):
        expected = 1 - math.comb(n - c, k) / math.comb(n, k)
        assert leak_at_k([leaks], k).mean == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(SCORES)
def test_equals_the_mean_over_all_choices(scores: list[float]) -> None:
    found = [leak_at_k([scores], k).mean for k in range(1, len(scores) + 1)]
    for k, value in enumerate(found, 1):
        chosen = [max(some) for some in combinations(scores, k)]
        assert value == pytest.approx(sum(chosen) / len(chosen), abs=1e-12)
        assert leak_at_k([scores[::-1]], k).mean == pytest.approx(value, abs=1e-12)
    assert all(b >= a - 1e-12 for a, b in pairwise(found))
    assert found[0] == pytest.approx(np.mean(scores))
    assert found[-1] == pytest.approx(max(scores))


def test_is_unbiased() -> None:
    # Over all outcomes of four answers that leak with probability 0.3, weighted.
    p, n, k = 0.3, 4, 2
    mean = 0.0
    for code in range(2**n):
        leaks = [bool(code >> bit & 1) for bit in range(n)]
        chance = math.prod(p if one else 1 - p for one in leaks)
        mean += chance * leak_at_k([leaks], k).mean
    assert mean == pytest.approx(1 - (1 - p) ** k)


def test_many_answers_do_not_overflow() -> None:
    leaks = [place == 0 for place in range(2000)]
    assert leak_at_k([leaks], 1000).mean == pytest.approx(0.5)


def test_facts_may_have_different_numbers_of_answers() -> None:
    found = leak_at_k([[1, 0], [0, 0, 0, 1]], 2)
    assert found.values.tolist() == pytest.approx([1.0, 0.5]) and found.n == 2


def test_k_must_be_sampled() -> None:
    with pytest.raises(UserError, match="Sample more"):
        leak_at_k([[1, 0], [1]], 2)
    with pytest.raises(UserError, match="1 or more"):
        leak_at_k([[1, 0]], 0)
    assert math.isnan(leak_at_k([], 3).mean)
