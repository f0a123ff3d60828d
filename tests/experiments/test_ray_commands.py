"""Searches, experiments and audits on a Ray cluster give what they give without it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray", reason="Ray is not installed")

from cltool.cli.main import main
from cltool.core import workers
from cltool.experiments import reproduce

from ..audit.test_audit import QUICK
from .test_compare import write_facts
from .test_experiment_plan import ROWS
from .test_ray import cluster as cluster  # a fixture
from .workplace import NAMES, TEXT, Workplace

pytestmark = pytest.mark.cluster


def test_a_search_on_ray_is_shared_with_a_command_without_it(
    cluster: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = write_facts(tmp_path / "facts.jsonl")
    command = [
        "tune", "--scenario", str(facts), "--strategies", "ewc", "--first", "1", "--trials", "4",
        "--set", "learner.epochs=2", "--device", "cpu", "--json",
        "--storage", str(tmp_path / "study.log"),
    ]  # fmt: skip

    def tunings(*options: str) -> Any:
        assert main([*command, *options]) == 0
        return json.loads(capsys.readouterr().out)["tunings"]

    on_ray = tunings("--backend", "ray", "--workers", "2", "--out", f"file://{tmp_path}/a")
    assert {path.name for path in (tmp_path / "a" / "ewc-first1").glob("trial-*")} == {
        f"trial-00{number}" for number in range(4)
    }
    here = tunings("--workers", "1", "--out", str(tmp_path / "b"))
    assert not [*(tmp_path / "b" / "ewc-first1").glob("trial-*")]
    for one in (*on_ray, *here):
        # Seconds and the like are not compared.
        one.pop("warnings", None)
    assert [one["trials"] for one in here] == [one["trials"] for one in on_ray]
    assert [one["chosen"] for one in here] == [one["chosen"] for one in on_ray]


@pytest.mark.parametrize("where", ["folder", "url"])
def test_an_experiment_on_ray_has_the_cells_of_one_without_it(
    where: str,
    cluster: None,
    work: Workplace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = {name: work.cell(name)["matrix"] for name in NAMES}
    shutil.rmtree(work.folder / "cells")
    monkeypatch.setattr(reproduce, "run_tasks", workers.run_tasks)
    out = str(tmp_path / "on_ray") if where == "folder" else f"file://{tmp_path}/on_ray"
    assert work.reproduce("--backend", "ray", "--out", out) == 0
    assert not work.stale()
    assert {name: work.cell(name)["matrix"] for name in NAMES} == before
    for name in NAMES:
        there, here = tmp_path / "on_ray" / name, work.runs / name
        for file in sorted((here / "answers").iterdir()):
            assert (there / "answers" / file.name).read_bytes() == file.read_bytes()


def test_an_audit_on_ray_has_the_verdicts_of_one_without_it(
    cluster: None, work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(work.folder)
    shutil.rmtree(work.runs)
    text = TEXT.replace('"frozen"', '"retrain"').replace("lr = 3e-3", "lr = 1e-3")
    rows = [*ROWS, {"subject": "Borley", "relation": "mayor", "forget": True, "update": 2}]
    work.write(text, [*rows[:3], rows[-1]])
    assert work.reproduce("--fresh") == 0
    capsys.readouterr()
    facts = str(work.folder.parent / "facts.jsonl")
    settings = [f"--set=audit.{name}={json.dumps(value)}" for name, value in QUICK.items()]

    def verdicts(*options: str) -> Any:
        command = ["audit", str(work.runs), "--json", "--fresh", "--scenario", facts]
        assert main([*command, *settings, *options]) == 0
        return json.loads(capsys.readouterr().out)["steps"]

    assert verdicts("--backend", "ray", "--workers", "1") == verdicts("--workers", "1")
