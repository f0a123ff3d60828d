"""Experiments on a small random model: cells are made once, go stale, resume, and make the page."""

from __future__ import annotations

import json
import os
import shutil
import signal
from typing import Any

import pytest

from cltool.cli.main import main
from cltool.evaluation import ledger
from cltool.experiments import cells, reproduce
from cltool.experiments import run as experiment
from cltool.experiments.experiment_plan import plan
from cltool.reporting.report_data import page_data
from cltool.reporting.templates import read_data
from cltool.runs.run import LEDGER, Run

from .. import in_process
from .test_experiment_plan import ROWS
from .workplace import NAMES, TEXT, Workplace


def test_every_cell_is_one_small_file_and_the_report_names_the_command(work: Workplace) -> None:
    assert {path.stem for path in (work.folder / cells.FOLDER).iterdir()} == set(NAMES)
    for name in NAMES:
        assert cells.file_of(work.folder, name).stat().st_size < 50_000
    held = work.cell("naive-seed1")
    run = Run.open(work.runs / "naive-seed1")
    assert held["seed"] == 1 and held["run"]["versions"] == run.record["versions"]
    assert held["summary"]["new"] == pytest.approx(run.summary()["new"], abs=1e-6)
    assert [row["label"] for row in held["steps"]] == run.record["labels"]
    answers = [text for text in run.answers["answer"] if len(text) > 8]
    assert answers and not any(text in json.dumps(held) for text in answers)
    data = read_data(work.folder / "report.html")
    assert data["command"] == "cltool reproduce reports/group/name"
    table = json.loads((work.folder / "report.json").read_text(encoding="utf-8"))["table"]
    assert [(row["strategy"], row["runs"]) for row in table] == [("naive", 2), ("frozen", 2)]


def test_the_page_of_cells_equals_the_page_of_the_runs(work: Workplace) -> None:
    for number, (cell, run) in enumerate(
        reproduce.runs_on_disk(plan(work.folder), work.runs).items()
    ):
        _answer_some(run, number)
        cells.write_run(cells.file_of(work.folder, cell.name), cell, Run.open(run.folder))
    assert work.reproduce() == 0
    (ours,) = read_data(work.folder / "report.html")["groups"]
    (theirs,) = page_data([Run.open(work.runs / name) for name in NAMES])["groups"]
    assert ours["views"].pop("lost_facts") == {"rows": [], "total": None}
    assert ours["views"].pop("updates") is None
    assert ours["views"].pop("forgetting") == {"answers": False}
    for name in ("lost_facts", "updates", "forgetting"):
        del theirs["views"][name]
    assert _numbers(ours) == pytest.approx(_numbers(theirs), abs=1e-6)
    assert any(0 < one < 1 for one in _numbers(ours["views"]["scores"]))
    assert ours["asked"] == theirs["asked"] and ours["labels"] == theirs["labels"]
    assert "without the answers of the runs" in (work.folder / "report.html").read_text(
        encoding="utf-8"
    )


def _answer_some(run: Run, number: int) -> None:
    """Let some answers of a run be right: the random model gives none."""
    for step, rows in run.answers.groupby("step"):
        records = rows.to_dict("records")
        for place, row in enumerate(records):
            if (place + number + int(step)) % 3:
                row |= {"answer": row["accepted"][0], "stop": "end", "matched": None, "right": True}
            # pandas gives NaN for a text that is missing.
            for name in ("matched", "choice", "chosen"):
                row[name] = row[name] if isinstance(row[name], str) else None
        ledger.write_step(run.folder, int(step), records)
    digests = [(row, ledger.digest(run.folder, row["step"])) for row in run.cost_rows()]
    run.write_costs([{**row, LEDGER: digest} for row, digest in digests])


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [one for part in value.values() for one in _numbers(part)]
    if isinstance(value, list):
        return [one for part in value for one in _numbers(part)]
    return [value] if isinstance(value, int | float) else []


def test_without_run_folders_the_report_is_made_again_and_nothing_is_trained(
    work: Workplace, steps: list[tuple[str, int]]
) -> None:
    before = work.files()
    shutil.rmtree(work.runs)
    for name in ("report.html", "report.json"):
        (work.folder / name).unlink()
    assert work.reproduce() == 0
    assert work.files() == before
    assert steps == []


def test_only_what_changed_runs_again(
    work: Workplace, steps: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert work.reproduce("--check") == 0
    work.write(TEXT.replace('"frozen"', '"replay", "frozen"') + "settings.strategy.share = 0.3\n")
    assert work.stale() == {f"replay-seed{seed}": "not run yet" for seed in (0, 1)}
    work.write(TEXT.replace("epochs = 2", "epochs = 3"))
    assert work.stale() == dict.fromkeys(NAMES, "changed: settings")
    capsys.readouterr()
    assert work.reproduce("--check", "--only", "naive") == 1
    assert capsys.readouterr().out.splitlines() == [
        f"reports/group/name: naive-seed{seed}: changed: settings" for seed in (0, 1)
    ]
    assert work.reproduce("--only", "naive") == 0
    assert {name for name, _ in steps} == {"naive-seed0", "naive-seed1"}
    (group,) = read_data(work.folder / "report.html")["groups"]
    # The others' settings are not those of the experiment any more.
    assert [strategy["name"] for strategy in group["strategies"]] == ["naive"]
    assert any("2 cells of 4" in text for text in group["doubts"])


def test_other_facts_make_all_cells_stale(work: Workplace) -> None:
    work.write(rows=[*ROWS, {"subject": "C", "relation": "mayor", "new": "D", "update": 2}])
    assert work.stale() == dict.fromkeys(NAMES, "changed: facts")


def test_an_interrupted_cell_resumes(
    work: Workplace, steps: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = work.cell("naive-seed0")
    cells.file_of(work.folder, "naive-seed0").unlink()
    shutil.rmtree(work.runs / "naive-seed0")
    write_costs = Run.write_costs

    def killed(self: Run, rows: list[dict[str, Any]]) -> None:
        if len(rows) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        write_costs(self, rows)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "write_costs", killed)
        assert work.reproduce() == 130
    assert list(work.stale()) == ["naive-seed0"]
    steps.clear()
    assert work.reproduce() == 0
    assert steps == [("naive-seed0", 2)]
    again = work.cell("naive-seed0")
    timed = ("seconds", "peak_memory")
    assert _without(again["summary"], timed) == _without(expected["summary"], timed)
    assert again["matrix"] == expected["matrix"]


def _without(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def test_a_failed_cell_is_named_and_the_others_continue(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("naive-seed0", "frozen-seed1"):
        cells.file_of(work.folder, name).unlink()
    # Made by another command: who knows with which code.
    (work.runs / "naive-seed0.digest.json").unlink()
    assert work.reproduce() == 1
    err = capsys.readouterr().err
    assert "naive-seed0 failed" in err and "did not make what this folder holds" in err
    assert list(work.stale()) == ["naive-seed0"]
    assert work.reproduce("--fresh", "--only", "naive") == 0
    assert work.stale() == {}


def test_an_older_report_stays_until_all_cells_are_finished(work: Workplace) -> None:
    (work.folder / "report.json").write_text('{"table": []}', encoding="utf-8")
    (work.folder / "report.html").write_text("an older page", encoding="utf-8")
    cells.file_of(work.folder, "naive-seed0").rename(work.root / "aside.json")
    assert work.reproduce("--only", "frozen") == 0
    assert (work.folder / "report.html").read_text(encoding="utf-8") == "an older page"
    (work.root / "aside.json").rename(cells.file_of(work.folder, "naive-seed0"))
    assert work.reproduce() == 0
    assert read_data(work.folder / "report.html")["groups"]


def test_partial_writes_the_report_of_the_finished_cells_and_runs_nothing(
    work: Workplace, steps: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    (work.folder / "report.json").write_text('{"table": []}', encoding="utf-8")
    (work.folder / "report.html").write_text("an older page", encoding="utf-8")
    cells.file_of(work.folder, "naive-seed0").unlink()
    assert work.reproduce("--only", "frozen") == 0
    assert "--partial replaces it" in " ".join(capsys.readouterr().out.split())
    assert work.reproduce("--partial") == 0
    assert steps == []
    (group,) = read_data(work.folder / "report.html")["groups"]
    assert "1 cell of 4 of this experiment is not finished." in group["doubts"]
    assert [strategy["name"] for strategy in group["strategies"]] == ["frozen", "naive"]
    report = json.loads((work.folder / "report.json").read_text(encoding="utf-8"))
    assert report["cells"]["finished"] == 3
    for name in NAMES[1:]:
        cells.file_of(work.folder, name).unlink()
    before = work.files()
    assert work.reproduce("--partial") == 0
    assert "Written: no report" in capsys.readouterr().out
    assert work.files() == before


def test_options_that_have_no_meaning_together_are_refused(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    for first, second in (
        ("--check", "--renew"),
        ("--list", "--partial"),
        ("--partial", "--renew"),
        ("--partial", "--fresh"),
        ("--partial", "--only=naive"),
    ):
        assert work.reproduce(first, second) == 2
        err = capsys.readouterr().err
        assert first in err and second.partition("=")[0] in err and "runs nothing" in err


def test_variants_have_their_own_names_on_the_page(
    work: Workplace, steps: list[tuple[str, int]]
) -> None:
    variant = '[[variants]]\nname = "naive-slow"\nstrategy = "naive"\nseeds = 1\n'
    work.write(TEXT + variant + "settings.learner.lr = 1e-4\n")
    assert work.reproduce() == 0
    assert {name for name, _ in steps} == {"naive-slow-seed0"}
    (group,) = read_data(work.folder / "report.html")["groups"]
    names = [strategy["name"] for strategy in group["strategies"]]
    assert names == ["naive", "frozen", "naive-slow"]


def test_a_damaged_cell_is_refused_with_its_file(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    file = cells.file_of(work.folder, "naive-seed0")
    whole = json.loads(file.read_text(encoding="utf-8"))
    verdict = {"chosen": {"new": None}, "presets": {"new": 1}}
    search = {"strategy": "naive", "front": [0], "chosen": 0, "kept": True, "verdict": verdict}
    trial = {"number": 0, "values": {}, "scores": {"new": 1}}
    searched = {"digest": {}, "search": search, "trials": [trial]}
    for text, message, hint in (
        (json.dumps({**whole, "asked": {"facts": "3"}}), "asked.facts = '3'", "Delete it"),
        (json.dumps({**whole, "steps": [{}]}), "steps.0.step is missing", "Delete it"),
        (json.dumps({**whole, "run": {"warnings": 3}}), "run.warnings = 3", "Delete it"),
        (json.dumps({**searched, "trials": [{**trial, "values": 1}]}), "trials.0.values", "Delete"),
        (json.dumps({**searched, "trials": []}), "there is no trial 0", "Delete it"),
        (json.dumps({**searched, "search": {**search, "kept": 1}}), "search.kept = 1", "Delete"),
        (json.dumps({**searched, "search": {**search, "verdict": {}}}), "verdict.chosen", "Delete"),
        (json.dumps({**whole, "seed": 7}), "has changed since cltool wrote it", "Delete it"),
        ("{", "cannot be read", ""),
        ('{"format": 99}', "has format 99", "Install a newer cltool"),
        ('{"format": 1, "digest": 3}', "is not a cell", "Delete it"),
        ("[]", "is not a cell", "Delete it"),
    ):
        file.write_text(text, encoding="utf-8")
        assert work.reproduce() == 2
        err = capsys.readouterr().err
        assert str(file) in err and message in err and hint in err


def test_experiments_are_listed_with_what_is_finished(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    cells.file_of(work.folder, "naive-seed0").unlink()
    assert main(["reproduce", "--list"]) == 0
    assert capsys.readouterr().out == "reports/group/name  3 of 4 cells: a test\n"
    (work.folder.parent / "facts.jsonl").unlink()
    assert main(["reproduce", "--list"]) == 0
    assert "cannot be planned" in capsys.readouterr().out
    second = work.folder.parent / "second"
    shutil.copytree(work.folder, second)
    (second / "experiment.toml").write_text("sede = 3", encoding="utf-8")
    assert main(["reproduce", "--list"]) == 0
    assert "reports/group/second  cannot be planned" in capsys.readouterr().out
    assert main(["reproduce", "--list", "--json"]) == 0
    assert [row["shows"] for row in json.loads(capsys.readouterr().out)] == ["a test", ""]
    assert main(["reproduce"]) == 2
    assert main(["reproduce", str(work.folder), "--only", "ewc"]) == 2


def test_a_search_is_reported_from_its_cell(
    work: Workplace, steps: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(work.folder)
    text = TEXT.replace("seeds = 2", "seeds = 1")
    work.write(text.replace("settings.learner.lr = 3e-3", "tune = {first = 1, trials = 2}"))
    assert work.reproduce() == 0
    first, told = capsys.readouterr()
    assert len(steps) > 0 and "naive" in first
    assert "nothing to search in frozen" in told
    before = work.files()
    assert set(before) == {"cells/naive.json", "experiment.toml", "report.html", "report.json"}
    shutil.rmtree("runs")
    steps.clear()
    assert work.reproduce() == 0
    assert work.files() == before and steps == []
    assert capsys.readouterr().out == first
    (tuning,) = read_data(work.folder / "report.html")["tunings"]
    assert [trial["number"] for trial in tuning["trials"]] == [0, 1]


def test_erasing_is_audited_from_the_run_folders(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cltool.audit import survey_workers

    from ..audit.test_audit import QUICK

    monkeypatch.setattr(survey_workers, "run_tasks", in_process.run_tasks)
    shutil.rmtree(work.folder)
    audit = "".join(
        f"audit.settings.{name} = {json.dumps(value)}\n" for name, value in QUICK.items()
    )
    text = TEXT.replace('"frozen"', '"retrain"').replace("seeds = 2", 'erasures = "naive"')
    text = text.replace("lr = 3e-3", "lr = 1e-3")
    rows = [*ROWS, {"subject": "Borley", "relation": "mayor", "forget": True, "update": 2}]
    work.write(text + audit, [*rows[:3], rows[-1]])
    assert work.reproduce() == 0
    data = read_data(work.folder / "audit.html")
    assert data["command"] == "cltool reproduce reports/group/name"
    assert [step["step"] for step in data["steps"]] == [2]
    record = json.loads((work.folder / "erasures.json").read_text(encoding="utf-8"))
    assert len(record["requests"]) == 1 and record["reference"] is not None
    before = work.files()
    shutil.rmtree(work.runs / "retrain-seed0")
    capsys.readouterr()
    assert work.reproduce() == 0
    shown, told = capsys.readouterr()
    assert "it needs all run folders; 1 of 2 are missing" in told
    assert "--fresh" in told
    assert "Written: report.html, report.json, erasures.json in reports/group/name" in shown
    assert work.files()["audit.html"] == before["audit.html"]
    cells.file_of(work.folder, "retrain-seed0").unlink()
    assert work.reproduce("--only", "naive") == 0
    # The cell has to run anyway.
    assert "--fresh" not in capsys.readouterr().err


def test_a_report_that_fails_keeps_neither_the_others_nor_other_experiments(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work.write(TEXT + 'erasures = "naive"\n')
    shutil.copytree(work.folder, work.folder.parent / "second")
    broken = work.folder.parent / "broken"
    broken.mkdir()
    for name in ("report.html", "report.json"):
        (work.folder / name).unlink()
    # No fact is forgotten, so there is no record of erasures.
    second = "reports/group/second"
    options = [str(broken), str(work.folder), second, "--only", "naive", "--json"]
    assert main(["reproduce", *options]) == 2
    shown, told = capsys.readouterr()
    assert "there is no experiment file" in told
    first, ours, theirs = json.loads(shown)
    assert "no experiment file" in first["error"]
    assert ours["written"] == [str(work.folder / name) for name in ("report.html", "report.json")]
    assert any("erasures.json is not written" in text for text in ours["failed"])
    assert theirs["experiment"] == second and theirs["stale"] == []


def test_the_record_of_erasures_is_that_of_seed_0(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    work.write(TEXT + 'erasures = "naive"\n')
    shutil.rmtree(work.runs / "naive-seed0")
    assert work.reproduce() == 0
    assert "erasures.json is not written: it needs the run folder of naive, seed 0" in (
        capsys.readouterr().err
    )


def test_wrong_settings_of_the_audit_are_found_before_anything_runs(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    work.write(TEXT + "audit.settings.foil = 3\n")
    for option in ("--check", "--only=naive"):
        assert work.reproduce(option) == 2
        assert "experiment.toml: audit.settings" in capsys.readouterr().err
    assert main(["reproduce", "--list"]) == 0
    assert "cannot be planned" in capsys.readouterr().out


def test_the_cell_runs_what_the_experiment_says(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def noted(stream: Any, **given: Any) -> Run:
        asked.append(given)
        return Run.open(work.runs / "naive-seed0")

    monkeypatch.setattr(experiment, "run", noted)
    work.write(TEXT.replace("epochs = 2", "epochs = 7") + "keep_checkpoints = [1]\n")
    reproduce.run_cells(
        plan(work.folder), list(plan(work.folder).cells)[2:3], work.runs, progress=_quiet()
    )
    (given,) = asked
    assert given["strategy"] == "naive" and given["seed"] == 1
    assert given["settings"]["learner"]["epochs"] == 7
    assert list(given["keep_checkpoints"]) == [1]
    assert given["out"] == work.runs / "naive-seed1"


def _quiet() -> Any:
    from cltool.core.progress import QUIET

    return QUIET


def test_one_table_can_compare_models(work: Workplace) -> None:
    other = work.root / "other-model"
    shutil.copytree(work.model, other)
    work.write(
        f"""
        several_models = true
        settings.learner.epochs = 1
        settings.model.device = "cpu"
        variants = [
            {{name = "one", strategy = "frozen"}},
            {{name = "other", strategy = "frozen", settings.model.name = {json.dumps(str(other))}}},
        ]
        """
    )
    assert work.reproduce("--workers", "1") == 0
    (group,) = read_data(work.folder / "report.html")["groups"]
    assert group["model"] == "several models"
    table = json.loads((work.folder / "report.json").read_text(encoding="utf-8"))["table"]
    assert [row["strategy"] for row in table] == ["one", "other"]
    assert work.cell("other-seed0")["run"]["model"] == str(other)
