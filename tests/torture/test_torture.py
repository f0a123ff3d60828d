"""A short part of the torture holds, and the torture sees what does not hold."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.torture import corruption, damages
from tools.torture.commands import Outcome
from tools.torture.sameness import differences

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
def test_the_short_part_holds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.torture", "--short", "--workers", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    rows = re.findall(r"^(\w[\w ]*?)  +(\d+) +(\d+) +0 +\d+ +\d+$", done.stdout, re.MULTILINE)
    assert [name for name, _, _ in rows] == [
        *("kills", "corruptions", "fuzzed inputs", "pairs", "full disks")
    ]
    assert all(tried == passed != "0" for _, tried, passed in rows)


def result(folder: Path, right: int = 1, seconds: float = 1.0) -> Path:
    (folder / "run").mkdir(parents=True)
    row = {"step": 0, "right": right, "seconds": seconds}
    (folder / "run" / "steps.jsonl").write_text(json.dumps(row) + "\n")
    (folder / "run" / "model.safetensors").write_bytes(b"weights")
    return folder


def test_results_differ_by_what_they_hold_and_not_by_their_times(tmp_path: Path) -> None:
    sound = result(tmp_path / "sound")
    assert differences(result(tmp_path / "slow", seconds=9.0), sound, ["run"]) == []
    assert "steps.jsonl differs" in differences(result(tmp_path / "a", 0), sound, ["run"])[0]
    other = result(tmp_path / "b")
    (other / "run" / "model.safetensors").unlink()
    (other / "run" / ".x.12.partial").touch()
    assert len(differences(other, sound, ["run"])) == 3


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (Outcome(["run"], 0, "a table", ""), ""),
        (Outcome(["run"], 2, "", "cltool: there is no such file\n"), ""),
        (Outcome(["run"], -9, "", ""), ""),
        (Outcome(["run"], 2, "", ""), "no message"),
        (Outcome(["run"], 5, "", "cltool: x"), "not an exit code"),
        (Outcome(["run"], 1, "", "Traceback (most recent call last):\n"), "a traceback"),
        (Outcome(["run"], 2, "", "cltool: unexpected error: x\n"), "does not expect"),
        (Outcome(["run"], 0, "\x1b[31m", ""), "control character"),
        (Outcome(["run"], 0, "", "", hung=True), "hangs"),
    ],
)
def test_the_end_of_a_command_is_proper_or_not(outcome: Outcome, wrong: str) -> None:
    assert wrong in outcome.improper
    assert bool(wrong) == bool(outcome.improper)


@pytest.mark.parametrize(
    ("said", "excused"),
    [
        ("", False),
        ("cltool: naive forgets hardly anything", False),
        ("cltool: run/steps.jsonl: the file is damaged", False),
        ("cltool: run/answers/step-001.parquet: another file", False),
        ("cltool: run/answers/step-002.parquet: the file is damaged", True),
        ("  step-002.parquet: its digest is another one", True),
        ("cltool: run/answers: files are missing", True),
    ],
)
def test_other_values_are_excused_only_by_a_message_about_the_file(
    said: str, excused: bool, tmp_path: Path
) -> None:
    for name, content in {"output": '{"new": 1}', "told": "[]", "code": "0"}.items():
        (tmp_path / name).write_text(content)
    outcome = Outcome(["report", "run"], 0, '{"new": 0.5}', f"naive:  7% asking\n{said}\n")
    artifact = corruption.ARTIFACTS["run"]
    found = corruption.judge(outcome, tmp_path, "run/answers/step-002.parquet", artifact)
    assert (found == []) == excused
    assert all("other values without a word" in problem for problem in found)


def test_a_message_about_a_checkpoint_excuses_its_files_only(tmp_path: Path) -> None:
    for name, content in {"output": '{"new": 1}', "told": "[]", "code": "0"}.items():
        (tmp_path / name).write_text(content)
    artifact, file = corruption.ARTIFACTS["run"], "run/checkpoints/step-001/model.safetensors"
    for step, problems in ((1, 0), (12, 1)):
        said = f"The checkpoint after step {step} is missing, so the run went on from step 0."
        outcome = Outcome(["run"], 0, '{"new": 0.5}', said)
        assert len(corruption.judge(outcome, tmp_path, file, artifact)) == problems


@pytest.mark.parametrize("damage", [*damages.ALL, *damages.TEXT])
def test_each_damage_changes_the_file(damage: damages.Damage, tmp_path: Path) -> None:
    file = tmp_path / "inner" / "record.json"
    file.parent.mkdir()
    sound = json.dumps({"a": [1, 22, {"b": "c"}]})
    file.write_text(sound)
    (tmp_path / "other.json").write_text("{}")
    damage(file, random.Random(3))
    assert not file.is_file() or file.is_symlink() or file.read_bytes() != sound.encode()
