"""What a run's ledger says of a step."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from cltool.evaluation import metrics
from cltool.runs.step_scores import SCORES, step_scores

from ..reporting.conftest import Recipe, write_run


def test_scores_of_a_step_and_the_worst_until_then(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(erase=True, keep=0.8))
    table = run.metrics()
    found = step_scores(run, [3, 5])
    for step, scores in found.items():
        assert list(scores) == list(SCORES)
        for name in ("new", "retained", "stale", "erased"):
            assert scores[name] == table[name].loc[step]
        assert scores["new_min"] == min(table["new"].loc[1:step])
        assert scores["retained_min"] == min(table["retained"].loc[1:step])
        assert scores["stale_max"] == max(table["stale"].loc[1:step].dropna())
        assert scores["erased_max"] == max(table["erased"].loc[1:step].dropna())
        assert scores["tokens"] == sum(run.costs["tokens"].loc[:step])
        assert scores["erasing_tokens"] == sum(run.costs["erasing_tokens"].loc[:step])
    assert found[3]["tokens"] < found[5]["tokens"]
    short = run.answers[run.answers["step"] <= 3]
    assert found[3]["acc"] == pytest.approx(metrics.summary(short)["acc"])


def test_what_is_not_there_is_not_a_number(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe())
    found = step_scores(run, [1])[1]
    assert math.isnan(found["erased"]) and math.isnan(found["erased_max"])


def test_a_run_that_did_not_count_what_erasing_took_says_so(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe())
    rows = [{k: v for k, v in row.items() if k != "erasing_tokens"} for row in run.cost_rows()]
    run.write_costs(rows)
    assert math.isnan(step_scores(run, [1])[1]["erasing_tokens"])
    assert math.isnan(run.summary()["erasing_tokens"])
    # Of a run that was gone on with, the later steps are not the whole.
    rows[-1]["erasing_tokens"] = 5
    run.write_costs(rows)
    assert math.isnan(run.summary()["erasing_tokens"])
