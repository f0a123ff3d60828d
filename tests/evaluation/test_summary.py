"""What a run scored and cost, of all steps or up to one."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from cltool.audit.survey_tables import RUN_SCORES, scores_after
from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.evaluation.ledger import COLUMNS, write_step
from cltool.evaluation.scores import COSTS, LOOKED_UP, SCORES
from cltool.evaluation.summary import per_step, summary
from cltool.runs.run import Run

from ..reporting.conftest import Recipe, write_run


def test_a_run_up_to_a_step_is_the_run_that_ends_there(tmp_path: Path) -> None:
    whole = write_run(tmp_path / "run", Recipe(erase=True, keep=0.8))
    short = write_run(tmp_path / "short", Recipe(erase=True, keep=0.8, done=4))
    assert whole.summary(until=3) == pytest.approx(short.summary(), nan_ok=True)
    assert whole.summary(until=7) == pytest.approx(whole.summary(), nan_ok=True)
    assert whole.summary() != pytest.approx(short.summary(), nan_ok=True)


def test_names_are_those_of_the_table_of_scores(tmp_path: Path) -> None:
    found = write_run(tmp_path / "run", Recipe()).summary()
    expected = [*SCORES, *COSTS]
    for name in ("intransigence", *LOOKED_UP):
        expected.remove(name)
    assert list(found) == expected


def test_the_last_update_and_the_worst(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(erase=True, keep=0.8))
    table = run.metrics()
    for step in (3, 5):
        found = run.summary(until=step)
        for name in ("retained", "stale", "erased", "valid", "trained", "forced"):
            assert found[name] == table[name].loc[step]
        assert found["new"] == pytest.approx(sum(table["new"].loc[1:step]) / step)
        assert found["new_min"] == min(table["new"].loc[1:step])
        assert found["retained_min"] == min(table["retained"].loc[1:step])
        assert found["stale_max"] == max(table["stale"].loc[1:step].dropna())
        assert found["erased_max"] == max(table["erased"].loc[1:step].dropna())
        assert found["tokens"] == sum(run.costs["tokens"].loc[:step])
        assert found["erasing_tokens"] == sum(run.costs["erasing_tokens"].loc[:step])
        assert found["stored_bytes"] == max(run.costs["stored_bytes"].loc[:step])


def test_updates_before_the_first_that_counts(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(keep=0.8))
    table = per_step(run.answers)
    found = summary(run.answers, since=4)
    assert found["new"] == pytest.approx(sum(table["new"].loc[4:]) / 4)
    assert found["retained_min"] == min(table["retained"].loc[4:])
    assert not {*COSTS} & {*found}


def test_a_survey_shows_new_of_the_step_alone(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(erase=True, keep=0.8))
    found = scores_after(run, [3, 5])
    for step, scores in found.items():
        assert scores["new"] == run.metrics()["new"].loc[step] != run.summary(until=step)["new"]
        assert scores["new_min"] == run.summary(until=step)["new_min"]
        own = {"tokens_share", "erasing_share", "retained_of_before"}
        assert {*RUN_SCORES} - own <= {*scores}


def test_scores_for_each_value_of_a_tag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path / "run", Recipe(keep=0.8))
    number = run.answers["subject"].str.split().str[1].astype(int)
    region = number.map(lambda n: "" if n == 0 else "north" if n % 2 else "south")
    for step, rows in run.answers.assign(region=region).groupby("step"):
        tagged_rows = [
            {**row, "tags": json.dumps({"region": name, "kind": "person"}) if name else None}
            for row, name in zip(rows.to_dict("records"), rows["region"], strict=True)
        ]
        write_step(run.folder, step, [{name: row[name] for name in (*COLUMNS, "tags")}
                                      for row in tagged_rows])  # fmt: skip
    tagged = Run.open(run.folder)
    assert tagged.summary() == pytest.approx(run.summary(), nan_ok=True)
    found = tagged.metrics(by="region")
    assert found.index.names == ["region", "step"]
    for name in ("", "north", "south"):
        own = per_step(run.answers[region == name])
        pd.testing.assert_frame_equal(found.loc[name], own)
    page = str(tmp_path / "page.html")
    assert main(["report", str(run.folder), "--by", "region", "--json", "--out", page]) == 0
    groups = json.loads(capsys.readouterr().out)["by"]
    assert [one["value"] for one in groups] == ["", "north", "south"]
    assert groups[1]["retained"] == pytest.approx(found.loc["north"]["retained"].iloc[-1])
    assert main(["report", str(run.folder), "--by", "region", "--out", page]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["run", "region", "new", "retained"] and "north" in lines[2]
    with pytest.raises(UserError, match="no fact has the tag 'colour'") as caught:
        tagged.metrics(by="colour")
    assert caught.value.hint == "There are: region, kind."
    assert caught.value.where == str(run.folder)
    with pytest.raises(UserError, match="no fact has the tag"):
        run.metrics(by="region")


def test_a_tag_may_be_called_step_and_an_unknown_one_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path / "run", Recipe())
    for step, rows in run.answers.groupby("step"):
        records = rows[list(COLUMNS)].to_dict("records")
        tagged_rows = [row | {"tags": json.dumps({"step": "first"})} for row in records]
        write_step(run.folder, int(str(step)), tagged_rows)
    page = tmp_path / "page.html"
    asked = ["report", str(run.folder), "--out", str(page), "--by"]
    assert main([*asked, "stpe"]) == 2
    assert f"{run.folder}: no fact has the tag 'stpe'" in capsys.readouterr().err
    assert not page.exists()
    assert main([*asked, "step"]) == 0
    assert "first" in capsys.readouterr().out
    assert page.exists()


def test_missing_scores_are_nan(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe())
    found = run.summary(until=1)
    assert math.isnan(found["erased"]) and math.isnan(found["erased_max"])
    base = run.summary(until=0)
    assert math.isnan(base["new"]) and math.isnan(base["new_min"])


def test_a_run_without_counted_erasing_costs_has_none(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe())
    rows = [{k: v for k, v in row.items() if k != "erasing_tokens"} for row in run.cost_rows()]
    run.write_costs(rows)
    assert math.isnan(run.summary()["erasing_tokens"])
    # Of a run that was continued, the later steps are not the whole.
    rows[-1]["erasing_tokens"] = 5
    run.write_costs(rows)
    assert math.isnan(run.summary()["erasing_tokens"])
