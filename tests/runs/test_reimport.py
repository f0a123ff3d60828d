"""An old list brings an erased fact back under another key: the alarm that it is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cltool.cli.main import main
from cltool.runs.run import Run

from .conftest import requests_of

LIST = Path(__file__).parents[2] / "docs" / "examples" / "reimport.jsonl"


@pytest.mark.slow
def test_facts_reimported_from_an_old_list_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = ["run", "--scenario", str(LIST), "--strategy", "npo+replay", "--device", "cpu"]
    settings = ["--set", "model.reading=false", "--set", "learner.batch_size=8"]
    out = tmp_path / "run"
    options = [*plain, *settings, "--out", str(out), "--fail-on-resurface", "--json"]
    assert main(options) == 3
    output = capsys.readouterr()
    assert "resurfaced in" in output.err
    (alarm,) = json.loads(output.out)["resurfaced"]
    assert alarm["text"].startswith("Robert Hale, home_town: Ostrava was erased by update 1")
    record = {one["subject"]: one for one in requests_of(Run.open(out))}
    assert record["Robert Hale"]["resurfaced"] == [3, 4]
    # The two that the list does not name were asked to be forgotten with it, and stay forgotten.
    assert record["Nadia Rahal"]["resurfaced"] == record["Paul Desmond"]["resurfaced"] == []
