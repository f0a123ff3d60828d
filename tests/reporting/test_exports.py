"""Tables of a comparison as JSON, CSV and LaTeX, and paired differences on the command line."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from pathlib import Path

import pandas as pd
import pytest

from cltool.cli import comparison as comparing
from cltool.cli.main import main
from cltool.evaluation.scores import SCORES
from cltool.experiments.compare import Comparison, Failure
from cltool.reporting.exports import escaped, write_csv
from cltool.reporting.report_page import write_report
from cltool.reporting.table import Standing, name_and_progress, standing
from cltool.runs.run import Run
from cltool.runs.tables import COMPARED, comparison, per_seed

from .conftest import Make


@pytest.fixture
def runs(make: Make) -> list[Run]:
    keeps = {"naive": 0.5, "ew_c": 0.95}
    return [
        make(strategy=name, seed=seed, keep=keep, folder=f"runs/{name}-seed{seed}")
        for name, keep in keeps.items()
        for seed in range(3)
    ]


def test_tables_of_a_report_as_files_and_as_json(
    runs: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(run.folder) for run in runs]
    files = ["--csv", str(tmp_path / "runs.csv"), "--latex", str(tmp_path / "table.tex")]
    command = ["report", *folders, "--out", str(tmp_path / "page.html"), "--reference", "naive"]
    assert main([*command, *files, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    csv = pd.read_csv(io.StringIO((tmp_path / "runs.csv").read_text(encoding="utf-8")))
    assert csv["seed"].tolist() == [0, 1, 2] * 2
    summaries = [run.summary() for run in runs]
    for rows in (csv.to_dict("records"), found["per_seed"]):
        for row, summary in zip(rows, summaries, strict=True):
            assert row["retained"] == pytest.approx(summary["retained"])
    assert found["reference"] == "naive"
    paired = {(one["strategy"], one["score"]): one for one in found["paired"]}
    gaps = [summaries[3 + seed]["retained"] - summaries[seed]["retained"] for seed in range(3)]
    assert paired["ew_c", "retained"]["n"] == 3
    assert paired["ew_c", "retained"]["difference"] == pytest.approx(sum(gaps) / 3)
    latex = (tmp_path / "table.tex").read_text(encoding="utf-8")
    assert latex.startswith("\\begin{tabular}{lr") and latex.endswith("\\end{tabular}\n")
    assert [line for line in latex.splitlines() if line.endswith("rule")] == [
        "\\toprule", "\\midrule", "\\bottomrule",
    ]  # fmt: skip
    assert "ew\\_c & " in latex and "\\textbf{" in latex and "$\\pm$" in latex
    widths = {line.count("&") for line in latex.splitlines() if line.endswith("\\\\")}
    assert len(widths) == 1


def test_a_file_that_cltool_did_not_write_is_not_replaced(
    runs: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_text("subject,relation,new\n", encoding="utf-8")
    for option, what in (
        ("--csv", "a table of runs"), ("--latex", "a table for LaTeX"), ("--report", "an HTML page")
    ):  # fmt: skip
        # It is found out before anything is run, and before a page is written.
        command = ["compare", "--scenario", str(facts), option, str(facts)]
        assert main([*command, "--out", str(tmp_path / "out")]) == 2
        assert f"is there, and is not {what}" in capsys.readouterr().err
    page, table = tmp_path / "page.html", tmp_path / "table.tex"
    command = ["report", str(runs[0].folder), "--out", str(page), "--csv"]
    assert main([*command, str(runs[0].settings_file)]) == 2
    assert main([*command, str(table), "--latex", str(table)]) == 2
    assert main([*command, str(tmp_path)]) == 2
    assert "is a folder, not a file" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.csv", "runs"]
    assert facts.read_text(encoding="utf-8") == "subject,relation,new\n"
    for _ in range(2):  # its own files are replaced
        assert main([*command, str(tmp_path / "runs.csv"), "--latex", str(table)]) == 0


def test_differences_are_printed(
    runs: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["report", *(str(run.folder) for run in runs), "--out", str(tmp_path / "page.html")]
    assert main([*command, "--reference", "naive"]) == 0
    out = capsys.readouterr().out
    table, _, differences = out.partition("Differences from naive")
    assert [line.split()[0] for line in table.splitlines()[:3]] == ["strategy", "naive", "ew_c"]
    row = next(line for line in differences.splitlines() if line.startswith("ew_c"))
    assert row.split()[1] == "3" and "±" in row and "*+" in row
    assert main([*command, "--reference", "nayve"]) == 2
    assert "'nayve' is no strategy here" in capsys.readouterr().err


def test_the_tables_of_a_comparison_in_python(runs: list[Run]) -> None:
    compared = Comparison(runs, [])
    assert compared.table().loc["ew_c", "runs"] == 3
    assert len(compared.per_seed()) == 6
    assert compared.paired("naive").loc[("ew_c", "retained"), "n"] == 3


def test_a_reference_that_is_not_compared_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", "--strategies", "frozen,ewc", "--reference", "naive"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 2
    assert "not one of the strategies that are compared" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_no_name_is_a_formula_in_a_spreadsheet(make: Make, tmp_path: Path) -> None:
    frame = per_seed([make(strategy="naive", labels=["a", "b"], facts=8)])
    frame["scenario"], frame["bwt"] = "=1+1", -0.5
    write_csv(frame, tmp_path / "runs.csv")
    (row,) = pd.read_csv(tmp_path / "runs.csv").to_dict("records")
    assert (row["scenario"], row["strategy"], row["bwt"]) == ("'=1+1", "naive", -0.5)


def test_text_for_latex() -> None:
    assert escaped("a_b & 50%") == r"a\_b \& 50\%"
    assert escaped("−0.1 ± 0.2") == r"$-$0.1 $\pm$ 0.2"


def test_a_strategy_with_a_run_that_diverged_is_never_the_best(runs: list[Run], make: Make) -> None:
    assert standing(comparison(runs), SCORES["retained"]) == Standing(best="ew_c")
    lost = make(strategy="ew_c", seed=3, done=1, record={"status": "diverged"})
    frame = comparison([*runs, lost])
    assert frame.loc["ew_c", ["runs", "diverged", "status"]].tolist() == [3, 1, "finished"]
    assert standing(frame, SCORES["retained"]) == Standing()
    assert name_and_progress("ew_c", frame.loc["ew_c"].to_dict()) == "ew_c (1 run diverged)"


def test_runs_that_failed_are_rows_of_the_file_and_of_the_page(make: Make, tmp_path: Path) -> None:
    compared = Comparison([make(strategy="naive")], [Failure("ewc", 2, "no room", 1)])
    (_, failed) = compared.per_seed().to_dict("records")
    found = [failed[name] for name in ("scenario", "strategy", "stream", "seed", "status")]
    assert found == ["world", "ewc", 1, 2, "failed"]
    asked = Namespace(reference="ewc")
    assert comparing.as_json(asked, compared)["paired"] == []
    assert comparing.differences(asked, compared) == [
        "\nAll runs of ewc failed: there are no differences from it."
    ]
    page = tmp_path / "page.html"
    write_report(compared.shown, page, failed=[one.row() for one in compared.failures])
    assert "ewc, stream 1, seed 2" in page.read_text(encoding="utf-8")


def test_a_run_that_diverged_is_marked_in_every_table_and_told(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "This run diverged at step 1."
    record = {"status": "diverged", "diverged": {"step": 1}, "warnings": [told]}
    made = [make(strategy="naive"), make(strategy="ewc", done=1, record=record)]
    command = ["report", *(str(run.folder) for run in made), "--out", str(tmp_path / "page.html")]
    latex = tmp_path / "table.tex"
    assert main([*command, "--latex", str(latex)]) == 0
    out = capsys.readouterr().out
    assert f"Doubt: {told} (ewc)" in out
    assert "With one seed" not in out  # only one strategy has scores to compare
    rows = [line for line in latex.read_text(encoding="utf-8").splitlines() if "&" in line]
    assert [line.split(" & ")[0] for line in rows[1:]] == [
        "naive",
        f"ewc (diverged after step 0 of {len(made[0].record['labels']) - 1})",
    ]
    # What it scored before it diverged is no result.
    assert {cell.strip(" \\") for cell in rows[2].split(" & ")[1:]} == {"--"}
    frame = per_seed(made).set_index("strategy")
    assert frame["status"].to_dict() == {"naive": "finished", "ewc": "diverged"}
    assert frame.loc["ewc", "steps"] == 1 and frame.loc["ewc", list(COMPARED)].isna().all()
    subject = made[1].answers["subject"].iloc[0]
    assert main(["show", str(made[1].folder), subject]) == 0
    assert "diverged at step 1 and has no answers from there on" in capsys.readouterr().err
