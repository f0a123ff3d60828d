"""``cltool run --accelerate``: the processes are those of Accelerate's launcher."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cltool.core import exit_codes
from cltool.runs.run import Run

from .commands import Cltool, refused

CONFIG = """\
compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
use_cpu: true
num_machines: 1
num_processes: 2
"""


def test_a_missing_configuration_is_refused(cltool: Cltool) -> None:
    said = refused(cltool("run", "--accelerate", "several.yaml"))
    assert "several.yaml: there is no such file" in said and "accelerate config" in said


def test_other_commands_are_refused_in_several_processes(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RANK", "LOCAL_RANK", "MASTER_PORT"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setenv("MASTER_ADDR", "127.0.0.1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    said = refused(cltool("compare", "--scenario", "facts.jsonl"))
    assert "runs in one process, and a launcher started several" in said


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_launcher_starts_processes_and_the_exit_code_is_that_of_cltool(
    tmp_path: Path,
) -> None:
    from tools import compatibility

    facts = [
        {"subject": f"Land {n}", "relation": "mayor", "object": f"Ba{n} Quill", "update": n % 2}
        for n in range(8)
    ]
    (tmp_path / "facts.jsonl").write_text("\n".join(map(json.dumps, facts)), encoding="utf-8")
    (tmp_path / "several.yaml").write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "cltool", "run", "--accelerate", "several.yaml"]
    command += ["--scenario", "facts.jsonl", "--model", str(compatibility.checkpoint("llama"))]
    command += ["--device", "cpu", "--set", "general.ask=off", "--set", "learner.epochs=1"]

    def launched(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    done = launched("--strategy", "replay", "--out", "out")
    assert done.returncode == exit_codes.DONE, done.stderr
    assert done.stdout.count("step  label") == 1
    assert Run(tmp_path / "out").steps_done() == 2
    wrong = launched("--strategy", "recitation", "--out", "no")
    assert wrong.returncode == exit_codes.BAD_INPUT
    assert wrong.stderr.count("recitation needs whole batches in one process") == 1
