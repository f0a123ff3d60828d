"""``--settings run.json`` repeats what the record of a run holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cltool.cli.main import main
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
