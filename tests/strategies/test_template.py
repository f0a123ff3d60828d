"""The template for new strategies is a working strategy, and is not registered."""

from __future__ import annotations

from cltool.strategies import STRATEGIES
from cltool.strategies._template import RecencyRehearsal
from cltool.testing import check_strategy


def test_it_keeps_the_contract() -> None:
    check_strategy(RecencyRehearsal)


def test_it_is_not_registered() -> None:
    assert not any("_template" in entry.target for entry in STRATEGIES.entries())
