"""The warning about updates that were not learned."""

from __future__ import annotations

from typing import Any

import pytest

from cltool.runs.trained import with_warnings


def row(step: int, **training: Any) -> dict[str, Any]:
    given = {"stop": "learned", "epochs": 7, "learned": 0.99, "answered": 0.97, **training}
    return {"step": step, "label": f"update {step}", "training": given}


BASE = {"step": 0, "label": "base"}


def test_learned_updates_need_no_warning() -> None:
    assert with_warnings(["Other."], [BASE, row(1), row(2)]) == ["Other."]


@pytest.mark.parametrize("stop", ["no progress", "budget"])
def test_the_worst_update_is_described(stop: str) -> None:
    bad, better = {"stop": stop, "learned": 0.6}, {"stop": stop, "learned": 0.7}
    (text,) = with_warnings([], [BASE, row(1), row(2, **bad), row(3, **better)])
    assert text.startswith("Not learned: 2 of 3 updates (update 2, update 3). The worst is update")
    assert "worst is update 2: 0.97 of its facts are answered right, 0.60 of its sent" in text
    assert f"stopped after 7 epochs ({stop})" in text and "more wordings" not in text


def test_sentences_that_were_learned_are_not_told_as_not_learned() -> None:
    (text,) = with_warnings([], [BASE, row(1, answered=0.5)])
    assert text.startswith("Learned as sentences, but not answered when asked: 1 of 1 update (")
    assert "(update 1): 0.50 of its facts are answered right, 0.99 of its sentences" in text
    assert "stopped after 7 epochs (learned). Give each relation more wordings." in text
    (full,) = with_warnings([], [BASE, row(1, answered=0.5, stop="budget")])
    assert full.startswith("Learned as sentences")
    both = with_warnings([], [BASE, row(1, answered=0.5), row(2, stop="limit", learned=0.2)])
    assert [one[:12] for one in both] == ["Not learned:", "Learned as s"]


def test_a_later_step_replaces_the_warning() -> None:
    rows = [BASE, row(1, answered=0.1)]
    first = with_warnings(["Other."], rows)
    second = with_warnings(first, [*rows, row(2, answered=0.5)])
    assert len(second) == 2 and second[0] == "Other." and "2 of 2 updates" in second[1]


def test_an_update_that_was_not_trained_is_not_judged() -> None:
    assert with_warnings([], [BASE, {"step": 1, "label": "a"}, row(2, answered=None)]) == []
