"""States and changes of keys, on the ledger that the page's tests read, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cltool.reporting.facts.changes import CHANGES, changes, each_update
from cltool.reporting.facts.collect import collect
from cltool.reporting.facts.states import STATES, states
from cltool.reporting.views import updates
from cltool.runs.groups import group_runs

from ..conftest import Make
from ..conftest import make as make

LEDGER: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "web" / "changes.json").read_text(encoding="utf-8")
)
CASES = [pytest.param(one, id=f"runs {one['runs']} step {one['step']}") for one in LEDGER["cases"]]


class Columns:
    """The columns of the file."""

    group = np.array(LEDGER["group"], np.uint8)
    learned = np.array(LEDGER["learned"], np.uint16)

    def counts(self, run: int, step: int) -> tuple[Any, Any, Any]:
        own = LEDGER["runs"][run]
        asked, right, stale = (
            np.array(own[name][step], np.uint8) for name in ("asked", "right", "stale")
        )
        return asked, right, stale


@pytest.mark.parametrize("case", CASES)
def test_states_of_a_step(case: dict[str, Any]) -> None:
    names = list(STATES)
    found = states(Columns(), case["runs"], case["step"])
    assert [names[number] for number in found] == case["states"]


@pytest.mark.parametrize("case", [one for one in CASES if "step 0" not in str(one.id)])
def test_changes_of_an_update(case: dict[str, Any]) -> None:
    found = changes(Columns(), case["runs"], case["step"])
    assert list(found) == list(CHANGES)
    named = {name: np.flatnonzero(flags).tolist() for name, flags in found.items() if flags.any()}
    assert named == case["changes"]


def test_the_table_of_updates_says_that_it_counts_a_sample(make: Make) -> None:
    (group,) = group_runs([make(facts=400, per_update=30)])
    shown = {"labels": group.labels}
    assert "sample" not in updates.render(updates.data(group), shown)
    (group,) = group_runs([make(facts=400, per_update=30)])
    group.made["facts"] = collect(group, 100)
    data = updates.data(group)
    assert data is not None and 90 <= data["facts"] <= 100
    assert f"Counted among {data['facts']} of 400 facts" in updates.render(data, shown)


def test_only_the_runs_that_have_done_an_update_count_in_it() -> None:
    found = dict(
        each_update(Columns(), [(run, own["done"]) for run, own in enumerate(LEDGER["runs"])])
    )
    assert list(found) == [1, 2, 3]
    (alone,) = [one for one in LEDGER["cases"] if one["runs"] == [0] and one["step"] == 3]
    named = {name: np.flatnonzero(flags).tolist() for name, flags in found[3].items()}
    assert named == {name: [] for name in CHANGES} | alone["changes"]
