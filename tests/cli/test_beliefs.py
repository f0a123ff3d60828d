"""``cltool beliefs``: the table, the JSON, the files, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.main import main
from cltool.core import exit_codes


@pytest.fixture
def facts(tmp_path: Path) -> str:
    rows = [
        {"subject": f"Town {n}", "relation": "mayor", "new": f"Ba{'ko' * n}", "date": "2012-05"}
        for n in range(1, 9)
    ] + [
        {"subject": f"Town {n}", "relation": "mayor", "new": f"De{'la' * n}", "date": "2016-05"}
        for n in range(1, 6)
    ]
    file = tmp_path / "facts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(file)


def test_beliefs_are_printed_and_written(
    checkpoint: Callable[[str], Path],
    facts: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    out, page = tmp_path / "beliefs.json", tmp_path / "beliefs.html"
    ask = ["beliefs", str(checkpoint("llama")), "--scenario", facts, "--cut", "year"]
    ask += ["--device", "cpu", "--limit", "4"]
    assert main([*ask, "--out", str(out), "--report", str(page)]) == exit_codes.DONE
    printed = capfd.readouterr().out
    assert "asked about 4 of the 5 keys of facts" in printed
    assert "3 keys with a single object" in printed
    assert "\n2012 " in printed and "\n2016 " in printed
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert main([*ask, "--json"]) == exit_codes.DONE
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    written = json.loads(out.read_text("utf-8"))
    del found["command"], written["command"]
    assert found == written
    assert found["keys"] == 4 and found["labels"] == ["2012", "2016"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--limit", "0"], "--limit"),
        (["--set", "learner.lr=1"], "nothing is trained"),
        (["--set", "probe.match=choice"], "probe.match: nothing is trained or scored"),
        (["--out", "."], "folder"),
        (["--scenario", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_refused(
    facts: str, capfd: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    found = main(["beliefs", "tiny", "--scenario", facts, "--cut", "year", *more])
    assert found == exit_codes.BAD_INPUT
    assert words in capfd.readouterr().err


def test_the_record_of_a_run_may_say_how_answers_were_judged_and_which_facts_were_asked(
    checkpoint: Callable[[str], Path],
    facts: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    model, run = str(checkpoint("llama")), str(tmp_path / "run")
    ask = ["run", "--scenario", facts, "--cut", "year", "--model", model, "--device", "cpu"]
    ask += ["--strategy", "frozen", "--general", "off", "--match", "choice", "--out", run]
    ask += ["--probe-sample", "6"]
    assert main(ask) == exit_codes.DONE
    again = ["beliefs", model, "--settings", run, "--device", "cpu", "--limit", "4"]
    assert main(again) == exit_codes.DONE
    assert main([*again, "--set", "probe.match=choice"]) == exit_codes.BAD_INPUT
    assert "probe.match: nothing is trained or scored" in capfd.readouterr().err
    assert main([*again, "--set", "probe.sample=4"]) == exit_codes.BAD_INPUT
    assert "probe.sample: nothing is trained or scored" in capfd.readouterr().err
