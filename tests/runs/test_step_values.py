"""The numbers that are logged after each step are those of the tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from cltool.evaluation import ledger
from cltool.runs.run import Run
from cltool.runs.step_values import StepValues, evaluated

from ..reporting.conftest import Make
from ..reporting.conftest import make as make


@pytest.fixture
def run(make: Make) -> Run:
    run = make(erase=True, facts=12, per_update=3)
    rows = run.cost_rows()
    rows[2] |= {"logs": {"penalty": 0.5, "bad": None}, "training": {"stop": "learned", "epochs": 3}}
    rows[3] |= {"general": {"unlisted": 0.75}}
    run.write_costs(rows)
    return Run(run.folder)


def numbers(row: Mapping[Any, Any]) -> dict[str, float]:
    return {
        str(name): float(value)
        for name, value in row.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


@pytest.mark.parametrize("done", [0, 3])
def test_they_are_those_of_the_tables_also_if_the_run_goes_on(run: Run, done: int) -> None:
    table, costs = run.metrics(), run.cost_rows()
    values = StepValues(run, done)

    for step in range(done, len(costs)):
        rows = ledger.read(run.folder)
        answers = rows[rows["step"] == step].to_dict("records")
        found = values.of(step, answers, costs[step])
        expected = numbers(table.loc[step].to_dict())
        assert found == pytest.approx(expected)
        assert "kept" in found or step == 0


def test_a_step_without_a_form_that_counts_has_its_costs_alone(run: Run) -> None:
    rows, cost = ledger.read(run.folder), run.cost_rows()[2]
    reverse = rows[rows["step"] == 2].assign(form="reverse")
    taught = StepValues(run, 2).of(2, reverse.to_dict("records"), cost)
    for found in (taught, StepValues(run, 2).of(2, [], cost)):
        assert found["seconds"] == cost["seconds"]
        assert "new" not in found


def test_logs_and_training_have_the_names_of_the_tables(run: Run) -> None:
    rows = ledger.read(run.folder)
    answers = rows[rows["step"] == 2].to_dict("records")

    found = StepValues(run, 2).of(2, answers, run.cost_rows()[2])

    assert (found["log.penalty"], found["training.epochs"]) == (0.5, 3.0)
    assert not {"label", "training.stop", "log.bad"} & set(found)


def test_a_run_that_the_harness_did_not_evaluate_has_no_such_numbers(run: Run) -> None:
    assert evaluated(run) == {}
