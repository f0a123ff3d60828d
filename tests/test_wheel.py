"""The wheel holds exactly the files of the tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*.egg-info", "node_modules")
SOURCES = ROOT / "cltool" / "reporting" / "web"
"""The sources of the pages' scripts, of which only the bundles are installed."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel built from a copy of the tree, metadata left out."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("cltool", "strategies", "scenarios", "tests"):
        shutil.copytree(ROOT / name, tree / name, symlinks=True, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, tree / name)
    out = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(out),
            str(tree),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (made,) = out.glob("*.whl")
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
        return [name for name in archive.namelist() if ".dist-info/" not in name]


def _tree() -> set[str]:
    folders = {
        "cltool": "cltool",
        "strategies": "cltool/strategies",
        "scenarios": "cltool/scenarios",
    }
    found: set[str] = set()
    for name, place in folders.items():
        folder = ROOT / name
        for path in folder.rglob("*"):
            inner = path.relative_to(folder)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inner.parts)
            linked = name == "cltool" and inner.parts[0] in folders
            source = SOURCES in path.parents
            if path.is_file() and not hidden and not linked and not source:
                found.add(f"{place}/{inner.as_posix()}")
    return found


def test_it_contains_exactly_the_files_of_the_tree(wheel: list[str]) -> None:
    expected = _tree()
    assert len(wheel) == len(set(wheel))
    missing, extra = expected - set(wheel), set(wheel) - expected
    assert not missing, "add them to packages or package-data in pyproject.toml"
    assert not extra, "nothing else may be installed"


def test_it_contains_data_files(wheel: list[str]) -> None:
    for name in (
        "cltool/py.typed",
        "cltool/evaluation/general/questions.jsonl",
        "cltool/evaluation/general/text.txt",
        "cltool/evaluation/general/instructions.jsonl",
        "cltool/evaluation/general/requests.jsonl",
        "cltool/reporting/page.css",
        "cltool/reporting/page.js",
        "cltool/reporting/dashboard.js",
        "cltool/reporting/base.html",
        "cltool/reporting/views/scores.html",
        "cltool/scenarios/leaders.csv",
        "cltool/scenarios/leaders.toml",
        "cltool/scenarios/world.toml",
        "cltool/strategies/_template.py",
        "cltool/strategies/baselines/naive.py",
    ):
        assert name in wheel


def test_cltool_is_the_only_top_level_package(wheel: list[str]) -> None:
    assert {name.partition("/")[0] for name in wheel} == {"cltool"}
