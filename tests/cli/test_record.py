"""``--settings run.json`` repeats what the record of a run holds."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from cltool.cli import record
from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.experiments import checkpoints, resume
from cltool.runs.run import Run


@pytest.fixture
def made(checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of the command line, on a file of facts in the working folder."""
    monkeypatch.chdir(tmp_path)
    facts = [
        {"subject": "Alden", "relation": "mayor", "new": "Sam Reed", "update": 0},
        {"subject": "Borley", "relation": "mayor", "new": "Kim Dale", "update": 0},
        {"subject": "Alden", "relation": "mayor", "new": "Ada Brook", "update": 1},
    ]
    text = "".join(json.dumps(row) + "\n" for row in facts)
    Path("facts.jsonl").write_text(text, encoding="utf-8")
    model = str(checkpoint("llama"))
    command = ["run", "--scenario", "facts.jsonl", "--strategy", "ewc", "--seed", "3"]
    command += ["--model", model, "--device", "cpu", "--set", "learner.epochs=2"]
    command += ["--set", "strategy.lambda=7", "--set", "probe.max_tokens=4", "--out", "first"]
    assert main(command) == 0
    return Run.open("first")


def test_a_run_is_repeated_from_its_record(made: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for settings, out in (("first/run.json", "again"), ("first", "also")):
        assert main(["run", "--settings", settings, "--out", out]) == 0
        again = Run.open(out)
        for name in ("scenario", "strategy", "seed", "model", "requested", "stream", "settings"):
            assert again.record[name] == made.record[name], name
        assert again.answers.equals(made.answers)


def test_the_command_line_overrides_the_record(
    made: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", "--settings", "first/run.json", "--strategy", "naive", "--seed", "1"]
    assert main([*command, "--set", "learner.epochs=1", "--out", "other"]) == 0
    other = Run.open("other").record
    assert (other["strategy"], other["seed"]) == ("naive", 1)
    assert other["requested"]["learner"]["epochs"] == 1
    assert other["requested"]["probe"]["max_tokens"] == 4
    assert other["model"] == made.record["model"]
    assert other["requested"]["strategy"] == {"naive": {}}


def test_the_settings_of_a_strategy_stay_if_its_family_is_named(made: Run) -> None:
    given = dict.fromkeys(("scenario", "wordings", "where", "cut", "skip_bad", "format"))
    options = Namespace(settings="first/run.json", set=[], strategies="regularisation", **given)
    assert record.tables_of(options)["strategy"]["ewc"] == {"lambda": 7}
    Path("first/best.json").write_bytes(Path("first/run.json").read_bytes())
    options.settings = "first/best.json"
    with pytest.raises(UserError, match=r"best\.json: is not named run\.json"):
        record.tables_of(options)


def test_a_damaged_run_is_not_called_another_run(made: Run) -> None:
    request = {**made.record, "code": {}}
    resume.refuse_others([(Path("first"), request)])
    Path("first/steps.jsonl").write_text('{"step": 0')
    with pytest.raises(UserError, match=r"steps\.jsonl"):
        resume.refuse_others([(Path("first"), request)])
    with pytest.raises(UserError, match="another run than was asked for"):
        resume.refuse_others([(Path("first"), {**request, "seed": 9})])


def test_a_file_of_the_user_in_a_checkpoint_stays(made: Run) -> None:
    place = Path("first/checkpoints/step-001")
    (place / "notes.json").write_text("{}")
    checkpoints.clear(Path("first"))
    assert [file.name for file in place.iterdir()] == ["notes.json"]


def test_facts_that_have_changed_are_refused(made: Run, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("facts.jsonl").read_text(encoding="utf-8").replace("Kim", "Tim")
    Path("facts.jsonl").write_text(text, encoding="utf-8")
    assert main(["run", "--settings", "first/run.json", "--out", "again"]) == 2
    assert "the facts or their wordings are not those of the run" in capsys.readouterr().err
    assert not Path("again").exists()
    Path("facts.jsonl").unlink()
    assert main(["run", "--settings", "first/run.json", "--out", "again"]) == 2
    assert "facts was not found: facts.jsonl" in capsys.readouterr().err
    assert main(["run", "--settings", "none/run.json"]) == 2
    assert "there is no run in this folder" in capsys.readouterr().err
