"""What strategies cost: measured beside naive on the same updates."""

from __future__ import annotations

import pytest

from cltool.experiments.resolve import open_stream
from tools import costs

SMALL = {"entities": 12, "relations": 2, "updates": 3, "changed": 2, "new": 2}


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "WINDOWS", {1: (1,), 3: (3,)})
    monkeypatch.setattr(costs, "EPOCHS", 2)


def walk(name: str) -> costs.Cost:
    stream = open_stream("world", SMALL)
    return costs.walk(costs.Walker(name, stream), costs.Walker("naive", stream), stream)


@pytest.mark.usefixtures("windows")
def test_a_strategy_that_trains_has_steps_and_one_that_stores_has_bytes() -> None:
    cost = walk("replay")
    assert set(cost.step) == set(cost.update) == set(cost.stored) == {1, 3}
    assert all(ratio > 0 for ratio in [*cost.step.values(), *cost.update.values()])
    assert all(size > 0 for size in cost.stored.values())


@pytest.mark.usefixtures("windows")
def test_a_strategy_that_never_trains_has_no_steps() -> None:
    cost = walk("frozen")
    assert not cost.step
    assert all(0 <= ratio < 0.5 for ratio in cost.update.values())
    assert set(cost.stored.values()) == {0}


@pytest.mark.slow
def test_a_strategy_that_cannot_be_measured_gives_the_reason() -> None:
    cost = costs.measure("frozen+joint")
    assert "cannot be composed" in cost.error


def test_only_known_strategies_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert costs.main(["naive", "kfca"]) == 2
    output = capsys.readouterr()
    assert output.out == "" and "Did you mean 'kfac'?" in output.err
