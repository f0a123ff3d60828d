"""What comes back is an alarm, and the command line says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cltool.cli.main import main
from cltool.evaluation import ledger, outcomes
from cltool.experiments import compare
from cltool.experiments.compare import Comparison
from cltool.reporting import resurfaced
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.runs import erasures
from cltool.runs.run import LEDGER, Run
from cltool.testing.material import NAME, registered

from .. import in_process
from .conftest import LABELS, Relapse, Start, requests_of


def rows_of(*steps: tuple[int, str, str, int, Sequence[bool]], form: str = "question") -> Any:
    """(step, subject, group, learned, right) → a ledger's rows."""
    return pd.DataFrame(
        [
            {
                "step": step,
                "subject": subject,
                "relation": "mayor",
                "form": form,
                "group": group,
                "learned": learned,
                "accepted": ["Ada", "A."],
                "right": hit,
            }
            for step, subject, group, learned, right in steps
            for hit in right
        ]
    )


def test_resurfaced_facts() -> None:
    rows = rows_of(
        (0, "Back", "new", 0, [True, True]),
        (1, "Back", "erased", 0, [False, False]),
        (2, "Back", "erased", 0, [False, True]),
        (3, "Back", "erased", 0, [False, False]),
        (4, "Back", "erased", 0, [True, True]),
        # Never gone, so it does not come back.
        (1, "Stubborn", "erased", 0, [True, False]),
        (2, "Stubborn", "erased", 0, [True, True]),
        (1, "Gone", "erased", 0, [False]),
        (2, "Gone", "erased", 0, [False]),
        # Taught again, and erased again: hidden at first, and both times right when it was valid.
        (1, "Twice", "erased", 0, [False]),
        (2, "Twice", "new", 2, [True]),
        (3, "Twice", "erased", 2, [False]),
        (4, "Twice", "erased", 2, [True]),
    )
    found = outcomes.resurfacing(rows)
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("Back", "mayor", "Ada", 1, 2, 1, 2),
        ("Back", "mayor", "Ada", 1, 4, 2, 2),
        ("Twice", "mayor", "Ada", 3, 4, 1, 1),
    ]
    assert outcomes.resurfaced(rows) == 2.0
    assert resurfaced.in_words(found, LABELS) == [
        "Back, mayor: Ada was erased by update one and not produced then, but is produced again"
        " after update two and 1 more (1 of 2 wordings).",
        "Twice, mayor: Ada was erased by update three and not produced then, but is produced"
        " again after update four (1 of 1 wording).",
    ]


def test_reverse_probes_cause_no_alarm() -> None:
    steps = ((1, "Ada", "erased", 0, [False]), (2, "Ada", "erased", 0, [True]))
    assert outcomes.resurfaced(rows_of(*steps)) == 1.0
    assert outcomes.resurfaced(rows_of(*steps, form="reverse")) == 0.0
    assert pd.isna(outcomes.resurfaced(rows_of((1, "Ada", "new", 0, [True]))))


def test_a_resurfaced_fact_is_in_record_scores_and_page(relapsed: Path) -> None:
    run = Run.open(relapsed)
    first, second = requests_of(run)
    rights = [score["right"] for score in first["scores"]]
    assert rights[0] > 0 and rights[1:3] == [0.0, 0.0] and min(rights[3:]) > 0
    assert first["resurfaced"] == [3, 4]
    # What update 1 was to teach was never learned, so it cannot come back.
    assert second["resurfaced"] == []
    assert run.summary()["resurfaced"] == 1.0
    (group,) = page_data([run])["groups"]
    (alarm,) = group["resurfaced"]
    assert alarm["runs"] == [f"{NAME}, seed 0"]
    assert first["object"] in alarm["text"] and "after update three and 1 more" in alarm["text"]
    page = render(page_data([run]))
    assert "1 erased fact resurfaced" in page
    assert page.index("1 erased fact resurfaced") < page.index("Strategies compared")


def test_facts_in_the_alarm_are_escaped(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run", "frozen")
    for step in range(5):
        rows = ledger.read_step(run.folder, step)
        group = ["retained", *["erased"] * 4][step]
        rows = rows.assign(subject="<script>alert(1)</script>", relation="r", number=0)
        rows = rows.drop_duplicates(["subject", "relation", "form", "number"])
        rows = rows.assign(group=group, learned=0, right=step > 2)
        table = [{**row, "accepted": [*row["accepted"]], "outdated": [*row["outdated"]]}
                 for row in rows.to_dict("records")]  # fmt: skip
        for row in table:
            row |= dict.fromkeys(("logp_outdated", "matched", "choice", "chosen"))
        ledger.write_step(run.folder, step, table)
    run.write_costs([{**row, LEDGER: None} for row in run.cost_rows()])
    data = page_data([Run.open(run.folder)])
    assert len(data["groups"][0]["resurfaced"]) == 1
    page = render(data)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;, r:" in page


# The command line.

RUN = ("run", "--scenario", "world", "--device", "cpu", "--set", "learner.epochs=1")
WORLD = (
    *RUN,
    *("--set", "scenario.entities=8", "--set", "scenario.relations=2"),
    *("--set", "scenario.updates=3", "--set", "scenario.changed=2", "--set", "scenario.new=2"),
    *("--set", "scenario.two_hop=0", "--set", "scenario.forgotten=1"),
    *("--set", "scenario.forgetting=2"),
)


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_resurfaced_fact_on_the_command_line(
    in_folder: Path, capsys: pytest.CaptureFixture[str], checkpoint: Callable[[str], Path]
) -> None:
    with registered(Relapse):
        options = [*WORLD, "--strategy", NAME, "--out", "run"]
        assert main([*options, "--json"]) == 0
        output = capsys.readouterr()
        assert output.err.count("cltool: resurfaced in run: ") == 2
        result = json.loads(output.out)
        assert [one["run"] for one in result["resurfaced"]] == ["run", "run"]
        assert result["summary"]["resurfaced"] == 2.0
        assert [step["n_erased"] for step in result["steps"]] == [0, 1, 2, 2]
        # The finished run is only looked at again.
        assert main([*options, "--fail-on-resurface"]) == 3
        assert "resurfaced in run" in capsys.readouterr().err
    assert main(["report", "run", "--out", "page.html", "--json"]) == 0
    output = capsys.readouterr()
    table = json.loads(output.out)
    assert len(table["resurfaced"]) == 2 and "resurfaced in run" in output.err
    assert table["table"][0]["resurfaced"] == 2.0
    assert "2 erased facts resurfaced" in (in_folder / "page.html").read_text(encoding="utf-8")


def test_facts_that_stay_erased_cause_no_alarm(
    in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [*WORLD, "--strategy", "frozen", "--fail-on-resurface", "--purge-checkpoints"]
    assert main([*options, "--json", "--out", "run"]) == 0
    output = capsys.readouterr()
    assert "resurfaced in" not in output.err
    assert json.loads(output.out)["resurfaced"] == []


def test_a_comparison_ends_with_the_alarm(
    relapsed: Path,
    in_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: dict[str, Any] = {}

    def done(scenario: str, names: Sequence[str], **options: Any) -> Comparison:
        asked.update(options)
        failures = [compare.Failure("gem", 0, "no memory")] if len(names) > 1 else []
        return Comparison([Run.open(relapsed)], failures)

    monkeypatch.setattr(compare, "compare", done)
    plain = ["compare", "--strategies", "frozen", "--scenario", "world", "--out", "runs"]
    assert main([*plain, "--json"]) == 0
    assert asked["purge_checkpoints"] is False
    (alarm,) = json.loads(capsys.readouterr().out)["resurfaced"]
    assert alarm["run"] == str(relapsed)
    assert main([*plain, "--fail-on-resurface", "--purge-checkpoints"]) == 3
    assert asked["purge_checkpoints"] is True
    assert "resurfaced" in capsys.readouterr().out
    plain[2] = "frozen,naive"
    assert main([*plain, "--fail-on-resurface"]) == 1


def test_a_comparison_adds_the_retrained_scores_to_records(
    in_folder: Path,
    capsys: pytest.CaptureFixture[str],
    checkpoint: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_tasks(cells: Sequence[compare.Cell], *arguments: Any, **options: Any) -> Any:
        assert all(cell.purge_checkpoints for cell in cells)
        return in_process.run_tasks(cells, *arguments, **options)

    monkeypatch.setattr(compare, "run_tasks", run_tasks)
    options = ["compare", *WORLD[1:], "--strategies", "replay,retrain", "--workers", "1"]
    options += ["--out", "runs", "--model", str(checkpoint("llama")), "--purge-checkpoints"]
    assert main(options) == 0
    run = Run.open("runs/replay-seed0")
    record = erasures.open_record(run)
    assert record["reference"] == {"runs": ["retrain-seed0"], "exact": False}
    assert all(len(one["retrained"]) == 4 - one["step"] for one in record["requests"])
    capsys.readouterr()
    assert main(["erasures", "runs/replay-seed0"]) == 0
    out = capsys.readouterr().out
    first = record["requests"][0]
    lines = out.splitlines()
    assert lines[0].split() == ["asked", "for", "fact", "before", "after", "last", "retrained",
                                "kept", "resurfaced"]  # fmt: skip
    assert f"{first['subject']}, {first['relation']}: {first['object']}" in lines[1]
    assert "retrained: the last score of 1 run of retrain" in lines[-1]
    assert main(["erasures", "runs/replay-seed0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == record
    given = ["erasures", "runs/replay-seed0", "--retrained", "runs/retrain-seed0", "--json"]
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out) == record


def test_bad_input_to_the_command(
    relapsed: Path, in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["erasures", "nowhere"]) == 2
    assert "there is no run in this folder" in capsys.readouterr().err
    assert main(["erasures", str(relapsed), "--retrained", str(relapsed)]) == 2
    output = capsys.readouterr()
    assert f"its strategy is {NAME}, not retrain" in output.err and output.out == ""
    assert main(["erasures", str(relapsed), "--retrained", "nowhere"]) == 2
    capsys.readouterr()
    assert main(["erasures", str(relapsed)]) == 0
    assert "Land 1, capital" in capsys.readouterr().out
