"""What the Makefile's long targets would run, without running it."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from cltool.cli.main import parser
from cltool.experiments import resolve

ROOT = Path(__file__).parents[1]


def commands(target: str) -> list[argparse.Namespace]:
    """Every ``cltool`` command of ``target``, as the command line understands it."""
    done = subprocess.run(
        ["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = done.stdout.replace("\\\n", " ").splitlines()
    typed = [re.split(r"\|\||;|>", line)[0] for line in lines if re.match(r"\S*/cltool ", line)]
    return [parser().parse_args(shlex.split(words)[1:]) for words in typed]


@pytest.mark.parametrize("target", ["library", "forgetting", "erasing", "resurfacing", "front"])
def test_the_command_line_understands_every_command(target: str) -> None:
    assert commands(target)


def test_a_survey_is_told_where_its_file_of_facts_lies() -> None:
    """A run knows the name of its file alone, and finds it in this folder or beside the run."""
    made = commands("erasing")
    pairs = list(zip(made[::2], made[1::2], strict=True))
    assert len(pairs) == 4
    for compare, audit in pairs:
        assert audit.run == [compare.out]
        file = Path(compare.scenario)
        if file.suffix in resolve.FILES and file.parent != Path():
            assert audit.scenario == compare.scenario
    assert any(audit.scenario for _, audit in pairs)
