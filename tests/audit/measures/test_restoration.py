"""What an attack brings back."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures.restoration import restored

SHARE = st.floats(0, 1)


def test_by_hand() -> None:
    found = restored(before=0.9, erased=0.1, attacked=0.5, reference=0.3)
    assert found.of_drop == pytest.approx(0.5)
    assert found.beyond_reference == pytest.approx(1 / 3)


def test_ends() -> None:
    assert restored(0.8, 0.2, 0.2, 0.2) == restored(0.8, 0.2, 0.2, 0.2)
    nothing, all_of_it = restored(0.8, 0.2, 0.2, 0.2), restored(0.8, 0.2, 0.8, 0.2)
    assert (nothing.of_drop, nothing.beyond_reference) == (0.0, 0.0)
    assert (all_of_it.of_drop, all_of_it.beyond_reference) == (1.0, 1.0)
    assert restored(0.8, 0.2, 0.1).of_drop < 0 and restored(0.8, 0.2, 0.9).of_drop > 1


def test_relearning_that_helps_any_model_restores_nothing() -> None:
    # Erased to 0.0, relearned to 0.4, which a model that never knew reaches as well.
    found = restored(before=1.0, erased=0.0, attacked=0.4, reference=0.4)
    assert found.of_drop == pytest.approx(0.4) and found.beyond_reference == 0.0


@pytest.mark.parametrize(("before", "erased"), [(0.5, 0.5), (0.0, 0.0), (0.3, 0.6)])
def test_without_a_drop_nothing_is_restored(before: float, erased: float) -> None:
    assert math.isnan(restored(before, erased, 0.7).of_drop)
    assert math.isnan(restored(before, 0.0, 0.7, reference=before).beyond_reference)


def test_without_a_reference_there_is_no_comparison() -> None:
    assert math.isnan(restored(0.9, 0.1, 0.5).beyond_reference)


@settings(max_examples=60, deadline=None)
@given(SHARE, SHARE, SHARE, st.floats(0.1, 10), st.floats(-5, 5))
def test_units_do_not_matter(a: float, b: float, c: float, scale: float, shift: float) -> None:
    if a - b < 1e-3:
        return
    one = restored(a, b, c)
    other = restored(scale * a + shift, scale * b + shift, scale * c + shift)
    assert other.of_drop == pytest.approx(one.of_drop, rel=1e-6, abs=1e-6)
