"""Which runs a record is held to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cltool.cli.erasures import requests
from cltool.cli.tables import as_text
from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.runs import erasures, references

from .conftest import LABELS, Start, forgetful, requests_of


@pytest.mark.slow
def test_the_record_has_the_scores_of_the_retrained_runs(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "replay-seed0")
    for seed in (0, 1):
        start(tmp_path / f"retrain-seed{seed}", "retrain", seed=seed)
    start(tmp_path / "joint-seed0", "joint")
    beside = references.references(run, references.neighbours(run))
    assert [one.folder.name for one in beside] == ["retrain-seed0", "retrain-seed1"]
    record = erasures.with_reference(erasures.open_record(run), beside)
    # The random Llama was taught nothing by cltool, which the reference says.
    assert record["reference"] == {"runs": ["retrain-seed0", "retrain-seed1"], "exact": False}
    for place, request in enumerate(record["requests"]):
        lines = [requests_of(one)[place]["scores"][1:] for one in beside]
        assert [s["step"] for s in request["retrained"]] == [s["step"] for s in lines[0]]
        for number, score in enumerate(request["retrained"]):
            right = [run_lines[number]["right"] for run_lines in lines]
            assert score["right"] == pytest.approx(sum(right) / 2)
            logp = [run_lines[number]["logp"] for run_lines in lines]
            assert score["logp"] == pytest.approx(sum(logp) / 2, abs=1e-5)
    assert "not an exact reference" in as_text(requests(record, LABELS))
    # A run is its own reference where it retrained.
    assert references.references(beside[0], beside) == beside
    erasures.write_references([run, *beside])
    assert erasures.read(run) == record


def test_invalid_references_are_refused(
    start: Start, tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    run = start(tmp_path / "run", "frozen")
    stream = forgetful()
    short = Stream("forgetful", stream.updates[:3], stream.wordings, source=stream.source)
    others = {
        "its strategy is frozen": run,
        "another stream": start(tmp_path / "short", "retrain", of=short),
        "another model": start(tmp_path / "gpt2", "retrain", model=str(checkpoint("gpt2"))),
    }
    for reason, other in others.items():
        with pytest.raises(UserError, match=reason):
            references.refuse_unlike(run, other)
        assert references.references(run, [other]) == []
    assert erasures.with_reference(erasures.open_record(run), [])["reference"] is None


def test_other_folders_beside_a_run_are_ignored(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run", "frozen")
    for name, text in (("foreign", "{}"), ("broken", "{"), ("list", "[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text, encoding="utf-8")
    assert [one.folder.name for one in references.neighbours(run)] == ["run"]
