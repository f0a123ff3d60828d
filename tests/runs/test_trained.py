"""The warning about updates that were not learned."""

from __future__ import annotations

from typing import Any

import pytest

from cltool.runs.trained import with_warning


def row(step: int, **training: Any) -> dict[str, Any]:
    given = {"stop": "learned", "epochs": 7, "learned": 0.99, "answered": 0.97, **training}
    return {"step": step, "label": f"update {step}", "training": given}


BASE = {"step": 0, "label": "base"}


def test_learned_updates_need_no_warning() -> None:
    assert with_warning(["Other."], [BASE, row(1), row(2)]) == ["Other."]


@pytest.mark.parametrize(
    "bad",
    [{"answered": 0.4}, {"stop": "no progress", "learned": 0.6}, {"stop": "budget", "learned": 0}],
)
def test_the_worst_update_is_described(bad: dict[str, Any]) -> None:
    (alone,) = with_warning([], [BASE, row(1, answered=0.5, stop="learned", epochs=7)])
    assert "stopped after 7 epochs (learned). Give each relation more wordings." in alone
    (text,) = with_warning([], [BASE, row(1), row(2, **bad), row(3, answered=0.79)])
    assert "2 of 3 updates (update 2, update 3)" in text
    stop = row(2, **bad)["training"]["stop"]
    assert "The worst is update 2" in text and f"stopped after 7 epochs ({stop})" in text


def test_a_later_step_replaces_the_warning() -> None:
    rows = [BASE, row(1, answered=0.1)]
    first = with_warning(["Other."], rows)
    second = with_warning(first, [*rows, row(2, answered=0.5)])
    assert len(second) == 2 and second[0] == "Other." and "2 of 2 updates" in second[1]


def test_an_update_that_was_not_trained_is_not_judged() -> None:
    assert with_warning([], [BASE, {"step": 1, "label": "a"}, row(2, answered=None)]) == []
