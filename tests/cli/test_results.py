"""What commands print, and the settings that they take."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from cltool.runs.run import Run

from .commands import QUICK, Cltool, refused

# Results.


def test_another_run_in_the_folder_is_refused(cltool: Cltool, run_folder: Path) -> None:
    scenario = str(run_folder.parent / "facts.jsonl")
    same = ["run", *QUICK, "--scenario", scenario, "--out", str(run_folder)]
    before = (run_folder / "run.json").read_bytes()
    message = refused(cltool(*same, "--set", "learner.epochs=3", "--seed", "4"))
    assert "the folder holds a run with other settings" in message
    assert "learner.epochs: 1 in the folder, 3 requested" in message
    assert "seed: 0 in the folder, 4 requested" in message
    assert "--fresh" in message
    assert (run_folder / "run.json").read_bytes() == before


def test_a_finished_run_is_shown_again(cltool: Cltool, run_folder: Path) -> None:
    scenario = str(run_folder.parent / "facts.jsonl")
    before = {path: path.stat().st_mtime_ns for path in run_folder.rglob("*")}
    output = cltool("run", *QUICK, "--scenario", scenario, "--out", str(run_folder))
    assert output.code == 0
    assert "retained" in output.out
    assert f"cltool show {run_folder} SUBJECT" in output.out
    assert f"Nothing was run: the run in {run_folder} was finished before." in output.err
    assert {path: path.stat().st_mtime_ns for path in run_folder.rglob("*")} == before


def test_run_prints_json_and_nothing_else(cltool: Cltool) -> None:
    output = cltool("run", *QUICK, "--strategy", "frozen", "--json", "--out", "out", "--seed", "2")
    assert output.code == 0, output.err
    assert set(output.json) == {"folder", "summary", "steps", "warnings", "resurfaced"}
    assert output.json["folder"] == "out"
    assert [row["label"] for row in output.json["steps"]] == ["base", "1", "2"]
    assert output.json["summary"]["tokens"] == 0
    assert output.json["steps"][0]["retained"] is None
    assert "frozen: " in output.err
    assert Run.open("out").seed == 2
    assert "Nothing was run" not in output.err


def test_progress_goes_to_stderr_only(cltool: Cltool) -> None:
    output = cltool("run", *QUICK, "--out", "out")
    assert output.code == 0
    assert re.search(r"^naive: +0% loading libraries$", output.err, re.M)
    assert re.search(r"^naive: 100% naive: after 2$", output.err, re.M)
    assert "%" not in output.out
    others = [line for line in output.err.splitlines() if not re.match(r"naive: +\d+% ", line)]
    assert all(line.startswith("cltool: ") for line in others)
    told = "The strategy does not erase facts from the weights"
    assert others[0].startswith(f"cltool: {told}") and output.out.count(told) == 1


def test_a_warning_is_printed_once_where_stdout_and_stderr_are_one(
    cltool: Cltool, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = str(run_folder.parent / "facts.jsonl")
    with Path("all.txt").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        monkeypatch.setattr(sys, "stderr", file)
        cltool("run", *QUICK, "--scenario", scenario, "--out", str(run_folder))
        assert Path("all.txt").read_text().count("does not erase facts from the weights") == 1
        cltool("run", *QUICK, "--scenario", scenario, "--out", str(run_folder), "--json")
    assert (
        "\ncltool: The strategy does not erase facts from the weights"
        in Path("all.txt").read_text()
    )


def test_a_report_with_an_unknown_reference_writes_nothing(
    cltool: Cltool, run_folder: Path
) -> None:
    told = refused(cltool("report", str(run_folder), "--reference", "nayve", "--out", "no.html"))
    assert "'nayve' is no strategy here" in told and not Path("no.html").exists()


def test_report_prints_json_and_nothing_else(cltool: Cltool, run_folder: Path) -> None:
    output = cltool("report", str(run_folder.parent), "--out", "page.html", "--json")
    assert output.code == 0, output.err
    assert output.json["report"] == "page.html"
    assert [row["strategy"] for row in output.json["table"]] == ["naive"]
    assert Path("page.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert output.err == ""
    header, row, *others = cltool("report", str(run_folder), "--out", "x.html").out.splitlines()
    assert (header.split()[:2], row.split()[:2]) == (["strategy", "new"], ["naive", "†"])
    assert others[-1] == "The report is in x.html."
    hidden = [line for line in others if line.endswith("more columns: --columns all")]
    assert len(hidden) == 1
    told = [line for line in others[:-1] if line and line not in hidden]
    assert all(line.startswith(("Doubt: ", "† ")) for line in told)


def test_a_reference_that_an_audit_made_is_in_a_report_only_if_it_is_named(
    cltool: Cltool, run_folder: Path
) -> None:
    runs = Path("runs")
    for name in ("naive-seed0", "naive-seed0-retrain"):
        shutil.copytree(run_folder, runs / name)
    made = runs / "naive-seed0-retrain"
    Run(made).change_record(strategy="retrain")
    output = cltool("report", "runs", "--json")
    assert [row["strategy"] for row in output.json["table"]] == ["naive"]
    assert f"{made} is left out: an audit made it as a reference" in output.err
    named = cltool("report", "runs", str(made), "--json")
    assert [row["strategy"] for row in named.json["table"]] == ["naive", "retrain"]
    Run(made).change_record(strategy="joint")
    own = cltool("report", "runs", "--json")
    assert [row["strategy"] for row in own.json["table"]] == ["naive", "joint"]


def test_show_prints_a_timeline(cltool: Cltool, run_folder: Path) -> None:
    output = cltool("show", str(run_folder), "alden", "mayor")
    assert output.code == 0
    head, *lines = output.out.splitlines()
    assert head == "Alden, mayor (naive, seed 0)"
    assert [line.split()[0] for line in lines] == ["base", "1", "2"]
    assert "is taught: Sam Reed, in place of Ada Brook." in lines[1]
    assert output.err == ""


def test_show_prints_json_and_nothing_else(cltool: Cltool, run_folder: Path) -> None:
    output = cltool("show", str(run_folder), "Alden", "--json")
    assert output.code == 0
    assert [life["relation"] for life in output.json] == ["mayor", "judge"]
    moments = output.json[0]["moments"]
    assert [moment["true"] for moment in moments] == ["Ada Brook", "Sam Reed", "Sam Reed"]
    assert [moment["group"] for moment in moments] == ["new", "new", "retained"]
    assert all(moment["words"] for moment in moments)


def test_show_suggests_similar_names(cltool: Cltool, run_folder: Path) -> None:
    message = refused(cltool("show", str(run_folder), "ALDENN"))
    assert "has no facts about 'ALDENN'" in message
    assert "Similar: Alden" in message
    message = refused(cltool("show", str(run_folder), "Alden", "king"))
    assert "There are: mayor, judge." in message


@pytest.mark.parametrize("what", ["strategies", "scenarios", "models", "metrics"])
def test_list(what: str, cltool: Cltool) -> None:
    rows = cltool("list", what, "--json").json
    assert rows
    assert all(row["name"] and row["summary"] for row in rows)
    lines = cltool("list", what).out.splitlines()
    assert [line.split()[0] for line in lines] == [row["name"] for row in rows]


def test_list_one_family(cltool: Cltool) -> None:
    rows = cltool("list", "strategies", "--family", "rehearsal", "--json").json
    assert "replay" in {row["name"] for row in rows}
    assert {row["family"] for row in rows} == {"rehearsal"}


# Settings.


def test_assignments_override_the_file_and_falsy_values_count(cltool: Cltool) -> None:
    Path("s.toml").write_text(
        "[learner]\nlr = 0.5\nweight_decay = 0.1\nclip = 2.0\nbatch_size = 4\n"
        "[strategy.ewc]\nlambda = 7\nnormalise = true\n[strategy]\ndecay = 0.5\n",
        encoding="utf-8",
    )
    zero = "learner.lr=0 learner.weight_decay=0 strategy.decay=0.0 strategy.ewc.normalise=false"
    assignments = [part for text in zero.split() for part in ("--set", text)]
    output = cltool(
        "run", *QUICK, "--strategy", "ewc", "--settings", "s.toml", *assignments, "--out", "out"
    )
    assert output.code == 0, output.err
    held = Run.open("out").record["settings"]
    expected = {"lr": 0, "weight_decay": 0, "clip": 2.0, "batch_size": 4, "epochs": 1}
    assert {name: held["learner"][name] for name in expected} == expected
    assert held["strategy"]["ewc"] == {
        "lambda": 7.0,
        "decay": 0.0,
        "samples": 256,
        "normalise": False,
    }


def test_options_override_assignments(cltool: Cltool) -> None:
    over = ["--set", "learner.loss=answer", "--loss", "all", "--set", "model.dtype=bfloat16"]
    over += ["--set", "learner.order=given", "--order", "hard_first"]
    output = cltool(
        "run", *QUICK, *over, "--strategy", "frozen", "--dtype", "float32", "--out", "o"
    )
    assert output.code == 0, output.err
    held = Run.open("o").record["settings"]
    assert held["learner"]["loss"] == "all"
    assert held["learner"]["order"] == "hard_first"
    assert held["model"]["dtype"] == "float32"


def test_the_final_model_is_saved(cltool: Cltool) -> None:
    output = cltool("run", *QUICK, "--strategy", "frozen", "--out", "out", "--save-model", "model")
    assert output.code == 0, output.err
    saved = {file.name for file in Path("model").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= saved
    again = cltool("run", *QUICK, "--strategy", "naive", "--out", "new", "--save-model", "model")
    assert "model: the folder is not empty" in refused(again)
