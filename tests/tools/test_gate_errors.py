"""The gate ships hardly any harmful update, and refuses hardly any harmless one."""

from __future__ import annotations

import pytest

from tools.gate_errors import HARMLESS, LOSSES, simulate, table


@pytest.mark.parametrize("loss", LOSSES)
def test_error_rates_of_a_sample_of_200_items(loss: float) -> None:
    found = simulate("unlisted", loss, updates=400, items=200)
    assert found.shipped + found.refused + found.undecided == pytest.approx(1.0)
    if loss >= 0.10:
        assert found.shipped <= 0.01
    elif loss >= 0.05:
        assert found.shipped <= 0.10
    elif loss <= HARMLESS:
        assert found.refused + found.undecided <= 0.05


def test_listed_facts_are_never_undecided() -> None:
    rows = [simulate("protected", loss, updates=50, items=200) for loss in (0.0, 0.10)]
    assert [(one.shipped, one.refused, one.undecided) for one in rows] == [(1, 0, 0), (0, 1, 0)]
    assert "| 200 items, listed facts (protected>=0.98) | 10 points | 0.0% | 100.0% |" in table(
        rows
    )


def test_fewer_items_leave_more_undecided() -> None:
    few, many = (simulate("unlisted", 0.0, updates=5, items=n) for n in (30, 200))
    assert (few.undecided, many.undecided) == (1.0, 0.0)
