"""A survey of a comparison, from run folders to tables, and from the command line."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cltool.audit import audit, findings, survey_workers
from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.target import Outcome
from cltool.audit.request import AuditRequest
from cltool.audit.survey import Survey, survey
from cltool.audit.survey_plan import planned
from cltool.audit.survey_tables import RUN_SCORES
from cltool.audit.survey_workers import SurveyFindings
from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.experiments import run as experiment
from cltool.reporting.verdicts import WORDS
from cltool.runs.run import Run
from tools.outputs_page import ATTACK, SPREAD

from .. import in_process
from .test_audit import ASSIGNED, EVIL, FACTS, SETTINGS, write

LATER: list[dict[str, Any]] = [
    *FACTS,
    {"subject": "Town 5", "relation": "mayor", "forget": True, "update": 3},
]
RUNS = [("naive", 0), ("naive", 1), ("replay", 0), ("retrain", 0), ("retrain", 1)]


DONE: list[str] = []
"""The models that were attacked."""


def in_this_process(patch: pytest.MonkeyPatch) -> None:
    DONE.clear()
    attack = survey_workers._attack

    def noted(job: survey_workers.Job) -> None:
        DONE.append(job.name)
        attack(job)

    patch.setattr(survey_workers, "run_tasks", in_process.run_tasks)
    patch.setattr(survey_workers, "_attack", noted)


def surveyed(folder: Path, names: Sequence[str] = (), **options: Any) -> Survey:
    chosen = names or sorted(path.parent.name for path in folder.glob("*/run.json"))
    return survey([Run.open(folder / name) for name in chosen], None, SETTINGS, **options)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, checkpoint: Callable[[str], Path]) -> Path:
    """A comparison of which steps 2 and 3 are kept, and were attacked: ``done.json`` has names."""
    place = tmp_path_factory.mktemp("survey")
    stream = resolve.open_stream(str(write(place / "facts.jsonl", LATER)))
    for strategy, seed in RUNS:
        run = experiment.run(
            stream,
            strategy=strategy,
            seed=seed,
            out=place / f"{strategy}-seed{seed}",
            settings={
                "model": {"name": str(checkpoint("llama")), "device": "cpu"},
                "learner": {"epochs": 1, "lr": 3e-3, "batch_size": 16},
            },
            keep_checkpoints=True,
        )
        shutil.rmtree(run.folder / "checkpoints" / "step-000")
        shutil.rmtree(run.folder / "checkpoints" / "step-001")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        patch.chdir(place)
        surveyed(place, steps=[2, 3])
    (place / "done.json").write_text(json.dumps(DONE), encoding="utf-8")
    return place


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of its own."""
    shutil.copytree(made, tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    shutil.copy(tmp_path / "out" / "facts.jsonl", tmp_path)
    return tmp_path / "out"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    in_this_process(monkeypatch)
    return DONE


def plain(found: Survey) -> str:
    from cltool.reporting.survey_data import survey_data

    return json.dumps(survey_data(found))


@pytest.mark.slow
def test_one_seed_gets_the_verdicts_of_a_single_audit(folder: Path, here: list[str]) -> None:
    (table,) = surveyed(folder, ["replay-seed0"]).tables
    (one,) = table.strategies
    alone = audit.audit_run(Run.open(folder / "replay-seed0"), settings=SETTINGS)
    assert [row.as_json() for row in one.rows] == [row.as_json() for row in alone.rows]
    assert all(one.figures[row.attack.name] == [row.figure] for row in alone.rows)
    assert table.reference == {row.attack.name: row.reference for row in alone.rows}
    assert table.before == {
        row.attack.name: row.before for row in alone.rows if row.before is not None
    }


def test_seeds_are_pooled_and_steps_have_tables_of_their_own(folder: Path, here: list[str]) -> None:
    found = surveyed(folder, steps=[2, None])
    assert [(table.step, table.erased) for table in found.tables] == [(2, 4), (3, 5)]
    for table in found.tables:
        assert {one.label: list(one.seeds) for one in table.strategies} == {
            "naive": [0, 1],
            "replay": [0],
        }
        assert [one.order for one in table.strategies] == sorted(
            one.order for one in table.strategies
        )
        for one in table.strategies:
            by_name = {row.attack.name: row for row in one.rows}
            assert by_name["probability"].difference.n == table.erased
            each = one.figures["probability"]
            assert by_name["probability"].figure == pytest.approx(sum(each) / len(each))
            assert set(one.scores) == set(RUN_SCORES)
        assert table.reference_scores["tokens_share"] == [1.0, 1.0]
    assert any("a fact counts once" in text for text in found.doubts)
    assert any("fewer than 2 seeds: replay" in text for text in found.doubts)


def test_a_model_is_attacked_once_a_step_the_shared_ones_first(folder: Path) -> None:
    done = json.loads((folder / "done.json").read_text("utf-8"))
    # The base is one model for all seeds.
    assert len(done) == len(set(done)) == 2 * (len(RUNS) + 1)
    own = {f"{name} seed {seed}, step {step}" for name, seed in RUNS[:3] for step in (2, 3)}
    shared = {name for name in done if name not in own and not name.startswith("retrain seed 1")}
    assert set(done[: len(shared)]) == shared


@pytest.mark.slow
def test_a_repeated_survey_attacks_only_missing_runs(folder: Path, here: list[str]) -> None:
    first = plain(surveyed(folder))
    assert here == []
    (file,) = (folder / "naive-seed1" / "audit").glob("step-3-*")
    file.unlink()
    assert plain(surveyed(folder)) == first
    assert here == ["naive seed 1, step 3"]
    here.clear()
    alone = surveyed(folder, ["replay-seed0"])
    assert here == []
    again = surveyed(folder, ["replay-seed0"], request=AuditRequest(fresh=True))
    assert plain(again) == plain(alone)
    assert len(here) == 3


def test_an_audit_reuses_the_findings_of_a_survey(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attack(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("attacked again")

    monkeypatch.setattr(findings, "attack", attack)
    audit.audit_run(Run.open(folder / "naive-seed1"), settings=SETTINGS)


def test_runs_that_cannot_be_audited_are_reported_and_the_others_continue(
    folder: Path, here: list[str]
) -> None:
    shutil.rmtree(folder / "retrain-seed1")
    shutil.copytree(folder / "naive-seed0", folder / "broken")
    (folder / "broken" / "checkpoints" / "step-003" / "model.safetensors").write_bytes(b"no")
    shutil.rmtree(folder / "replay-seed0" / "checkpoints" / "step-003")
    found = surveyed(folder)
    reasons = {Path(name.split(",")[0]).name: reason for name, reason in found.left_out}
    assert set(reasons) == {"naive-seed1", "broken", "replay-seed0"}
    assert reasons["naive-seed1"] == "no retrain run of seed 1 beside it"
    assert "the checkpoint is damaged" in reasons["broken"]
    assert reasons["replay-seed0"] == "the run has no checkpoint of step 3"
    assert all("\n" not in reason for reason in reasons.values())
    ((one,),) = [table.strategies for table in found.tables]
    assert list(one.seeds) == [0]


def test_models_with_findings_are_judged_although_the_worker_died(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*arguments: Any, **options: Any) -> Any:
        raise UserError("the worker process died", hint="Use a smaller model.")

    monkeypatch.setattr(survey_workers, "run_tasks", dies)
    for file in (folder / "naive-seed1" / "audit").glob("step-3-*"):
        file.unlink()
    found = surveyed(folder)
    ((name, reason),) = found.left_out
    assert "naive-seed1" in name and "the worker process died" in reason
    seeds = {one.label: list(one.seeds) for one in found.tables[0].strategies}
    assert seeds == {"naive": [0], "replay": [0]}


def test_a_survey_without_auditable_runs_is_an_error(folder: Path, here: list[str]) -> None:
    with pytest.raises(UserError, match="no run that can be audited") as result:
        surveyed(folder, ["retrain-seed0", "retrain-seed1"])
    with pytest.raises(UserError, match="no run that can be audited") as result:
        surveyed(folder, steps=[1])
    assert "no checkpoint of step 1" in str(result.value) or "no fact that had" in str(result.value)
    with pytest.raises(UserError, match="there is no step 9"):
        surveyed(folder, steps=[2, 9])


def test_runs_of_several_streams_are_refused(folder: Path, here: list[str]) -> None:
    run = Run(folder / "naive-seed0")
    run.change_record(stream={**run.record["stream"], "digest": "another"})
    with pytest.raises(UserError, match="one stream and base model in common"):
        surveyed(folder)


def test_runs_are_attacked_as_they_judge_answers(folder: Path) -> None:
    def judge(match: str, *names: str) -> set[str]:
        """The ways in which the attacks judge if these runs judge by ``match``."""
        for run in [Run.open(folder / name) for name in names]:
            settings = run.record["settings"]
            run.change_record(settings={**settings, "probe": {**settings["probe"], "match": match}})
        runs = [Run.open(path.parent) for path in sorted(folder.glob("*/run.json"))]
        plan = planned(runs, None, SETTINGS, AuditRequest(), [None])
        return {one.scope.match for audited in plan.audited.values() for one in audited}

    every = [f"{strategy}-seed{seed}" for strategy, seed in RUNS]
    assert judge("contains") == {"contains"}
    assert judge("exact", *every) == {"exact"}
    with pytest.raises(UserError, match=r"judge answers in different ways \(--match\)") as refused:
        judge("choice", "naive-seed0")
    assert any(line.endswith("--match choice") for line in refused.value.details)
    assert judge("contains", *every[1:]) == {"contains"}, "by choice and by containment together"


def test_a_seed_whose_scores_are_no_numbers_is_left_out(
    folder: Path, here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = SurveyFindings.__getitem__

    def broken(self: SurveyFindings, what: Any) -> Findings:
        held = read(self, what)
        if what[0].run.folder.name != "naive-seed1":
            return held
        scores = dict.fromkeys(held.outcomes["probability"].scores, math.nan)
        return replace(held, outcomes={**held.outcomes, "probability": Outcome(scores)})

    monkeypatch.setattr(SurveyFindings, "__getitem__", broken)
    found = surveyed(folder)
    seeds = {one.label: list(one.seeds) for one in found.tables[0].strategies}
    assert seeds == {"naive": [0], "replay": [0]}
    ((name, reason),) = found.left_out
    assert "naive-seed1" in name and "a score is NaN" in reason


def test_a_damaged_ledger_leaves_its_run_out(folder: Path, here: list[str]) -> None:
    for file in (folder / "naive-seed1" / "answers").iterdir():
        file.write_bytes(b"no table")
    found = surveyed(folder)
    assert ["naive-seed1" in name for name, _ in found.left_out] == [True]
    assert {one.label for one in found.tables[0].strategies} == {"naive", "replay"}


def test_a_reference_among_the_runs_is_not_audited(folder: Path, here: list[str]) -> None:
    runs = [Run.open(folder / name) for name in ("naive-seed0", "replay-seed0")]
    found = survey(runs, str(folder / "replay-seed0"), SETTINGS)
    assert [one.label for one in found.tables[0].strategies] == ["naive"]
    assert found.left_out == []


@pytest.mark.slow
def test_fresh_attacks_every_model_again(folder: Path, here: list[str]) -> None:
    """What a fresh survey finds goes before what older audits kept anywhere."""
    files = sorted(folder.glob("*/audit/*.json"))
    for file in files:
        value = json.loads(file.read_text("utf-8"))
        file.write_text(json.dumps({**value, "squares": -1.0}), encoding="utf-8")
    surveyed(folder, steps=[2, 3], request=AuditRequest(fresh=True))
    assert sorted(folder.glob("*/audit/*.json")) == files
    assert all(json.loads(file.read_text("utf-8"))["squares"] > 0 for file in files)


def test_runs_that_are_left_out_end_the_command_with_1(
    folder: Path, here: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / "naive-seed1" / "checkpoints" / "step-003")
    assert main(["audit", str(folder), "--step", "3", "--fail-on", "residue", *ASSIGNED]) == 1
    assert "naive-seed1, step 3 is not audited" in capfd.readouterr().err


@pytest.mark.slow
def test_the_command_surveys_a_folder_with_workers(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that the worker has one thread.
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    for name in ("naive-seed0", "naive-seed1"):
        shutil.rmtree(folder / name)
    (folder / "facts.jsonl").unlink()
    arguments = ["audit", str(folder), "--step", "3,last", "--workers", "1", *ASSIGNED]
    assert main([*arguments, "--json", "--fresh"]) == 0
    captured = capfd.readouterr()
    result = json.loads(captured.out)
    assert "retrain seed 0, step 3" in captured.err
    assert result["page"] == str(folder / "audits.html")
    assert [step["step"] for step in result["steps"]] == [3]
    strategies = result["steps"][0]["strategies"]
    assert [one["strategy"] for one in strategies] == ["replay"]
    named = {"attack", "family", "title", "meaning"}
    for one in strategies:
        assert set(one["scores"]) == set(RUN_SCORES)
        assert all(set(score) == set(SPREAD) for score in one["scores"].values())
        for attack in one["attacks"].values():
            assert set(attack) == (set(ATTACK) - named) | set(SPREAD)
    page = (folder / "audits.html").read_text("utf-8")
    assert EVIL not in page and "cltool audit" in page
    assert main([*arguments, "--fail-on", "undecided"]) == 3
    captured = capfd.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].startswith("after step 3 (") and "retained, of before" in lines[0]
    assert [line.split()[0] for line in lines[1:3]] == ["the", "replay"]
    given = [word for one in strategies for word in one["verdicts"]]
    assert set(given) <= set(WORDS)


REFUSED = {
    "no step": (["audit", "out", "--step", "soon"], "not a valid step"),
    "a step that never comes": (["audit", "out", "--step", "9"], "there is no step 9"),
    "no workers": (["audit", "out", "--workers", "0"], "at least one worker"),
    "workers of one": (["audit", "out/naive-seed0", "--workers", "2"], "in this process"),
    "no runs": (["audit", "out/naive-seed0", "nowhere"], "no run in this folder"),
    "a model as reference": (["audit", "out", "--reference", "none"], "no run in none"),
    "a bad setting": (["audit", "out", "--set", "audit.kk=1"], "did you mean"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_clear_error(
    name: str, folder: Path, here: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    arguments, result = REFUSED[name]
    assert main(arguments) == 2
    captured = capfd.readouterr()
    assert result in captured.err and "Traceback" not in captured.err
    assert captured.out == ""
