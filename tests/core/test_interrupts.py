"""Ctrl-C while a library is imported or executes a text, and where exceptions are ignored."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SWALLOWS = """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    print("swallowed")
"""

FORKS = """os.register_at_fork(before=lambda: os.kill(os.getpid(), 15))
    (os.fork() or os._exit(0))"""
COLLECTS = """gc.callbacks.append(lambda *_: os.kill(os.getpid(), 15))
    gc.collect()"""

MAIN = """
import gc, os, sys
from types import SimpleNamespace
from cltool.cli import main

def run(options):
    {0}
    return 0

main.COMMANDS = {{"run": "be interrupted"}}
sys.modules["cltool.cli.run"] = SimpleNamespace(add=lambda parser: None, run=run)
raise SystemExit(main.main())
"""


@pytest.mark.parametrize(
    "code",
    ["import swallows", "exec('import os; os.kill(os.getpid(), 2)')", FORKS, COLLECTS],
    ids=["import", "exec", "fork", "garbage"],
)
def test_an_interruption_ends_with_code_130_and_one_message(code: str, tmp_path: Path) -> None:
    (tmp_path / "swallows.py").write_text(SWALLOWS)
    (tmp_path / "program.py").write_text(MAIN.format(code))
    done = subprocess.run(
        [sys.executable, "-m", "program", "run"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout == ""
    assert done.stderr.count("cltool: interrupted") == 1 == len(done.stderr.splitlines())
    assert done.returncode == 130
