"""Another package adds a strategy, scenario, model and metric; they work like the built-in ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .reporting.conftest import Recipe, write_run

ROOT = Path(__file__).parents[1]
EXTENSION = ROOT / "tests" / "extension"

INSTALL = ["install", "--quiet", "--no-deps", "--no-build-isolation"]

CHECK = """
import json, sys
from importlib.metadata import version
from pathlib import Path

from cltool.evaluation.scores import METRICS
from cltool.scenarios import SCENARIOS
from cltool.strategies import STRATEGIES

listed = {
    registry.kind: [
        [entry.name, entry.source, entry.family] for entry in registry.entries()
    ]
    for registry in (STRATEGIES, SCENARIOS, METRICS)
}
light = not {"torch", "cltool_example"} & {*sys.modules}

import cltool
from cltool.models import MODELS
from cltool.testing import check_model, check_scenario, check_strategy

check_scenario(SCENARIOS.load("harbours"))
check_strategy(STRATEGIES.load("pull_back"))
check_model(MODELS.load("blank"))

stream = cltool.scenario("harbours", updates=1, seed=3)
run = cltool.run(
    stream,
    model="blank",
    strategy="replay+pull_back",
    settings={"learner": {"epochs": 2}, "strategy": {"lambda": 0.5}, "probe": {"limit": 4}},
    out=Path(sys.argv[1]),
)
found = {"listed": listed, "light": light, "record": run.record, "rows": len(run.answers)}
print(json.dumps(found))
"""

METRIC = """
import json, sys
from pathlib import Path

import cltool
from cltool.evaluation.scores import METRICS
from cltool.reporting import table
from cltool.runs.tables import comparison

run = cltool.open_run(sys.argv[1])
frame = comparison([run])
found = {
    "listed": [[entry.name, entry.source] for entry in METRICS.entries()],
    "steps": run.metrics()["wordings_right"].tolist(),
    "summary": run.summary()["wordings_right"],
    "json": table.as_json(frame)[0]["wordings_right"],
    "titles": [score.title for score in table.scores_of(frame)],
    "page": cltool.report([run], Path(sys.argv[1]) / "report.html").read_text("utf-8"),
}
print(json.dumps(found))
"""


def _python(target: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(target), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the extension was installed, from a copy: building leaves traces."""
    source = tmp_path_factory.mktemp("source") / "extension"
    shutil.copytree(EXTENSION, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    target = tmp_path_factory.mktemp("installed")
    if uv := shutil.which("uv"):
        install = [uv, "pip", *INSTALL, "--offline", "--python", sys.executable]
    else:
        install = [sys.executable, "-m", "pip", *INSTALL, "--no-index"]
    done = subprocess.run(
        [*install, "--target", str(target), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


def test_it_is_listed_checked_and_run(installed: Path, tmp_path: Path) -> None:
    done = _python(installed, CHECK, str(tmp_path / "run"))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert ["pull_back", "cltool-example", "installed"] in found["listed"]["strategy"]
    assert ["harbours", "cltool-example", "installed"] in found["listed"]["scenario"]
    assert found["light"], "listing imports torch, or the extension"
    record = found["record"]
    assert record["status"] == "finished"
    assert record["scenario"] == "harbours"
    assert record["settings"]["strategy"]["pull_back"] == {"lambda": 0.5}
    assert record["settings"]["scenario"]["updates"] == 1
    # Four keys, one trained wording and two held out, after two steps.
    assert found["rows"] == 4 * 3 * 2


def test_a_metric_is_a_column_of_every_table(installed: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(keep=0.8))
    valid = run.answers[run.answers["group"].isin(["new", "retained"])]
    right = [
        float(rows.groupby(["subject", "relation"])["right"].all().mean())
        for _, rows in valid.groupby("step")
    ]
    done = _python(installed, METRIC, str(run.folder))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert ["wordings_right", "cltool-example"] in found["listed"]
    assert 0 < right[-1] < 1 and right[0] != right[-1]
    assert found["steps"] == right
    assert found["summary"] == found["json"] == right[-1]
    assert "all wordings" in found["titles"] and "all wordings" in found["page"]
    assert "answered right in every wording" in found["page"]


@pytest.mark.parametrize(
    ("group", "registry", "name"),
    [
        ("cltool.strategies", "strategies.STRATEGIES", "naive"),
        ("cltool.scenarios", "scenarios.SCENARIOS", "world"),
        ("cltool.strategies", "strategies.STRATEGIES", "pull_back"),
        ("cltool.metrics", "evaluation.scores.METRICS", "retained"),
    ],
)
def test_a_name_that_is_taken_is_refused(
    installed: Path, tmp_path: Path, group: str, registry: str, name: str
) -> None:
    target = tmp_path / "both"
    shutil.copytree(installed, target)
    rival = target / "a_rival-1.0.dist-info"
    rival.mkdir()
    (rival / "METADATA").write_text("Metadata-Version: 2.1\nName: a-rival\nVersion: 1.0\n")
    (rival / "entry_points.txt").write_text(f"[{group}]\n{name} = a_rival.it:It\n")
    module, _, instance = registry.rpartition(".")
    code = f"""
from cltool.core.errors import UserError
from cltool.{module} import {instance} as registry
try:
    registry.names()
except UserError as error:
    print(error)
"""
    done = _python(target, code)
    assert done.returncode == 0, done.stderr
    assert f"{name!r} is registered twice" in done.stdout
    assert "a_rival.it:It (a-rival)" in done.stdout
    other = "(cltool-example)" if name == "pull_back" else "(built-in)"
    assert other in done.stdout
    assert "rename its entry point" in done.stdout


def test_a_package_that_cannot_be_imported_is_named(installed: Path, tmp_path: Path) -> None:
    target = tmp_path / "broken"
    shutil.copytree(installed, target)
    (target / "cltool_example" / "strategy.py").write_text("import not_there_at_all\n")
    code = """
from cltool.core.errors import UserError
from cltool.strategies import STRATEGIES
try:
    STRATEGIES.load("pull_back")
except UserError as error:
    print(error)
"""
    done = _python(target, code)
    assert done.returncode == 0, done.stderr
    assert "'pull_back' cannot be loaded" in done.stdout
    assert "not_there_at_all" in done.stdout
    assert "cltool-example" in done.stdout
