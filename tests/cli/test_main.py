"""The command line: light to start, clear about what it is told, and safe to interrupt."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.main import COMMANDS, main
from cltool.core import exit_codes

from .commands import Cltool

HEAVY = ("torch", "pandas", "pydantic", "avalanche", "transformers")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["compare", "--help"], ["--version"], ["list", "strategies"], ["list", "models"]],
    ids=" ".join,
)
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom cltool.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', *(set(sys.modules) & {set(HEAVY)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "heavy:"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cltool", "--version"], capture_output=True, text=True, check=False
    )
    assert re.fullmatch(r"cltool \d+\.\d+.*\n", done.stdout), done


CHEAP = {
    "a bad line": ("run --scenario facts.jsonl", "1 bad line"),
    "no run": ("audit nowhere", "there is no run in this folder"),
    "no such step": ("audit run --step 9", "there is no step 9"),
    "no such step of several": ("audit run --step 1,9", "there is no step 9"),
    "a bad list": ("audit run --forget facts.jsonl", "facts.jsonl: 1 bad line"),
    "no list": ("audit --model model --reference other", "--forget: there is no list of the facts"),
    "no reference": ("audit --model model --forget facts.jsonl", "--reference: the model has no"),
}


@pytest.mark.parametrize("name", CHEAP)
def test_cheap_errors_come_before_heavy_imports(name: str, tmp_path: Path) -> None:
    typed, output = CHEAP[name]
    (tmp_path / "facts.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"labels": ["base", "1"]}', encoding="utf-8")
    code = (
        "import sys\nfrom cltool.cli.main import main\n"
        f"assert main({typed.split()!r}) == 2\n"
        "print('torch' in sys.modules or 'avalanche' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stdout.strip() == "False", done
    assert output in done.stderr


def test_help_lists_the_commands_and_the_exit_codes(cltool: Cltool) -> None:
    output = cltool("--help")
    assert output.code == exit_codes.DONE
    text = " ".join(output.out.split())
    for code, meaning in exit_codes.MEANINGS.items():
        assert f" {code} {meaning}" in text
    for name in COMMANDS:
        assert re.search(rf"^    {name}\s+\w", output.out, re.M)


def test_wrong_usage_is_refused_too(cltool: Cltool) -> None:
    for arguments in ([], ["rum"], ["run", "--seed", "x"], ["list", "colours"]):
        output = cltool(*arguments)
        assert (output.code, output.out) == (2, "")
        assert "usage: cltool" in output.err


TYPOS = {
    "comapre --seeds 3": ("cltool [", "unknown command 'comapre'. Did you mean 'compare'?"),
    "everything": ("cltool [", "unknown command 'everything'. There are: run, compare,"),
    "compare --strategy=ewc": ("cltool compare", "'--strategy'. Did you mean '--strategies'?"),
    "run --fres": ("cltool run", "unknown option '--fres'. Did you mean '--fresh'"),
    "list models ewc": ("cltool list", "unexpected word 'ewc'."),
    "--json list models": ("cltool [", "unknown option '--json'. The options of a command come"),
}


@pytest.mark.parametrize("typed", TYPOS)
def test_a_misspelt_word_of_the_command_is_guessed(typed: str, cltool: Cltool) -> None:
    usage, told = TYPOS[typed]
    output = cltool(*typed.split())
    assert (output.code, output.out) == (2, "")
    assert output.err.startswith(f"usage: {usage}") and told in output.err.splitlines()[-1]


def test_a_bug_is_one_message_and_keeps_its_traceback_on_request(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.cli import list as command

    def broken(options: Any) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr(command, "run", broken)
    output = cltool("list", "models")
    assert output.code == 2
    assert "unexpected error" in output.err
    assert "a bug" in output.err
    assert "Traceback" not in output.err
    monkeypatch.setenv("CLTOOL_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        cltool("list", "models")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_says_how_to_resume(
    number: int, cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.cli import run as command

    def interrupted(options: Any) -> int:
        os.kill(os.getpid(), number)
        time.sleep(10)
        return 0

    monkeypatch.setattr(command, "run", interrupted)
    output = cltool("run", "--scenario", "my facts.jsonl")
    assert output.code == 130
    assert "give the same command again: cltool run --scenario 'my facts.jsonl'\n" in output.err
    output = cltool("run", "--fresh", "--seed", "1")
    assert output.code == 130
    assert "with --fresh: cltool run --fresh --seed 1\n" in output.err


def test_a_reader_that_stops_reading_does_not_change_the_exit_code(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.cli import list as command
    from cltool.cli import output

    def refuse(options: Any) -> int:
        for _ in range(2):
            output.say("x" * 100_000)
        return 3

    monkeypatch.setattr(command, "run", refuse)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert main(["list", "models"]) == 3
        monkeypatch.undo()
