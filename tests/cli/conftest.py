"""The command line in the process of the test, and a run that it made."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.cli.main import main

from .commands import QUICK, Cltool, Output, write_facts


@pytest.fixture
def cltool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cltool:
    """The command line in this process, in a folder of its own with a small ``facts.jsonl``."""
    monkeypatch.chdir(tmp_path)
    write_facts(tmp_path / "facts.jsonl")

    def call(*arguments: str) -> Output:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return Output(code, *capfd.readouterr())

    return call


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a small file."""
    folder = tmp_path_factory.mktemp("run")
    facts = write_facts(folder / "facts.jsonl")
    arguments = ["run", *QUICK, "--scenario", str(facts), "--out", str(folder / "naive-seed0")]
    assert main(arguments) == 0
    return folder / "naive-seed0"
