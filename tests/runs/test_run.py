"""A run folder, as it is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.evaluation import ledger
from cltool.evaluation.scores import COSTS
from cltool.runs.run import Run, file_name

COST = {"seconds": 1.5, "tokens": 10, "peak_memory": 100, "stored_bytes": 7}


def answer(step: int, right: bool, group: str = "new") -> dict[str, Any]:
    return {
        "step": step,
        "subject": "A",
        "relation": "is",
        "form": "question",
        "number": 0,
        "prompt": "A?",
        "closing": "",
        "group": group,
        "learned": 0,
        "accepted": ["a"],
        "outdated": [],
        "answer": "a" if right else "?",
        "stop": "end",
        "matched": None,
        "right": right,
        "stale": False,
        "forced": right,
        "logp": -1.0,
        "logp_outdated": None,
    }


def cost(step: int, **other: Any) -> dict[str, Any]:
    return {"step": step, "label": f"ü\u2028{step}", **COST, **other}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run(tmp_path / "run")
    made.write_record({"strategy": "ewc", "seed": 3, "labels": ["ü 0", "ü 1"]})
    ledger.write_step(made.folder, 0, [answer(0, True)])
    ledger.write_step(made.folder, 1, [answer(1, False, "retained")])
    made.write_costs([cost(0), cost(1, tokens=32, peak_memory=90)])
    return Run.open(made.folder)


def test_a_round_trip(run: Run) -> None:
    assert (run.strategy, run.seed) == ("ewc", 3)
    assert run.record["labels"] == ["ü 0", "ü 1"]
    assert list(run.costs["label"]) == ["ü\u20280", "ü\u20281"]
    assert list(run.costs["tokens"]) == [10, 32]
    assert list(run.costs.columns) == ["label", *COSTS]
    assert list(run.answers["right"]) == [True, False]
    assert run.steps_done() == 2


def test_scores_beside_costs(run: Run) -> None:
    table = run.metrics()
    assert table["new"][0] == 1.0
    assert table["retained"][1] == 0.0
    assert list(table["tokens"]) == [10, 32]
    scores = run.summary()
    assert scores["bwt"] == -1.0
    assert scores["tokens"] == 42
    assert scores["seconds"] == 3.0
    assert scores["peak_memory"] == 100
    assert scores["stored_bytes"] == 7


def test_logs_of_strategies_are_columns(run: Run) -> None:
    assert run.logs.empty and not [name for name in run.metrics() if name.startswith("log.")]
    run.write_costs([cost(0, logs={"penalty": 0.5}), cost(1, logs={"drift": None})])
    assert run.logs["penalty"][0] == run.metrics()["log.penalty"][0] == 0.5
    assert run.logs.isna().sum().to_dict() == {"penalty": 1, "drift": 2}
    assert "logs" not in run.costs


def test_rewritten_records_are_read_again(run: Run) -> None:
    assert run.record["seed"] == 3 and len(run.costs) == 2
    run.write_record({**run.record, "seed": 4})
    run.write_costs([cost(0)])
    assert run.seed == 4
    assert len(run.costs) == 1


def test_finished_steps_are_counted_up_to_the_first_gap(run: Run) -> None:
    run.write_costs([cost(0)])
    assert run.steps_done() == 1
    run.write_costs([cost(0), cost(1), cost(2)])
    assert run.steps_done() == 2
    ledger.step_file(run.folder, 0).unlink()
    assert run.steps_done() == 0
    (run.folder / "steps.jsonl").unlink()
    assert Run.open(run.folder).steps_done() == 0


def test_no_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UserError, match="no run in this folder") as caught:
            Run.open(folder)
        assert caught.value.where == str(folder)


@pytest.mark.parametrize("text", ["{", "[]", "\xff", ""])
def test_a_damaged_record_is_named(text: str, run: Run) -> None:
    run.settings_file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError) as caught:
        _ = Run.open(run.folder).record
    assert caught.value.where == str(run.settings_file)


@pytest.mark.parametrize("text", ['{"step": 0, "label": "x", "sec', "[1, 2]\n", "\xff\n"])
def test_damaged_costs_are_named(text: str, run: Run) -> None:
    file = run.folder / "steps.jsonl"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError) as caught:
        _ = Run.open(run.folder).costs
    assert str(file) in caught.value.where


def test_a_folder_of_runs_names_the_runs_inside(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"naive-seed{number}").mkdir()
        (tmp_path / f"naive-seed{number}" / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="no run in this folder") as caught:
        Run.open(tmp_path)
    assert "naive-seed0, naive-seed1" in caught.value.hint and "2 more" in caught.value.hint


def test_steps_beyond_the_stream_are_refused_and_unfinished_ones_are_not(run: Run) -> None:
    for step in (0, 1):
        run.refuse_missing(step)
    for step in (-1, 2):
        with pytest.raises(
            UserError, match=rf"there is no step {step}\nThe stream's last step is 1"
        ):
            run.refuse_missing(step)


def test_without_labels_every_step_is_accepted(run: Run) -> None:
    run.write_record({**run.record, "labels": ["base"]})
    with pytest.raises(UserError):
        Run.open(run.folder).refuse_missing(7)
    run.write_record({"strategy": "ewc"})
    assert Run.open(run.folder).refuse_missing(7) is None  # type: ignore[func-returns-value]


def test_a_record_without_a_version_is_read(run: Run) -> None:
    assert "format" not in run.record
    assert len(run.metrics()) == 2


def test_a_newer_record_is_refused(run: Run) -> None:
    run.write_record(run.record | {"format": 2})
    with pytest.raises(UserError, match="has format 2, but") as caught:
        Run.open(run.folder)
    assert caught.value.where.endswith("run.json") and "newer cltool" in caught.value.hint


@pytest.mark.parametrize("version", [None, "new", 1.5])
def test_a_record_with_an_invalid_version_is_refused(run: Run, version: object) -> None:
    run.write_record(run.record | {"format": version})
    with pytest.raises(UserError, match="has no valid format number") as caught:
        Run.open(run.folder)
    assert caught.value.where.endswith("run.json") and "newer cltool" not in caught.value.hint


@pytest.mark.parametrize(
    ("strategy", "name"),
    [
        ("replay+ewc", "replay+ewc"),
        ("avalanche:EWC", "avalanche-EWC"),
        ("../../x", "-.-..-x"),
        ("..", "-."),
        ("a/b\0", "a-b-"),
        ("größe", "größe"),
    ],
)
def test_a_strategys_name_is_the_name_of_one_file(strategy: str, name: str) -> None:
    assert file_name(strategy) == name
