"""The script of the pages: its unit tests, and that the committed bundles are built from it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

REPORTING = Path(__file__).parents[3] / "cltool" / "reporting"
WEB = REPORTING / "web"
LONGEST_FILE = 250


def _node(*arguments: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (WEB / "node_modules" / "esbuild").is_dir():
        pytest.skip("its packages are not installed: run `npm ci` in cltool/reporting/web")
    done = subprocess.run(
        [node, *arguments], cwd=WEB, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_the_bundles_match_their_sources() -> None:
    _node("build.mjs", "--check")


def test_the_script_passes_its_unit_tests() -> None:
    _node("--test", *(str(path) for path in sorted((WEB / "test").rglob("*.test.js"))))


def test_bundles_carry_the_licences_of_what_they_contain() -> None:
    bundle = (REPORTING / "dashboard.js").read_text("utf-8")
    comment = bundle[: bundle.index("*/")]
    for package in ("preact", "htm", "@preact/signals", "d3-array", "d3-shape"):
        assert f"{package} " in comment, package
    assert "Permission is hereby granted" in comment
    assert "Apache License" in comment


@pytest.mark.parametrize("path", sorted(WEB.glob("src/**/*.js")), ids=lambda path: path.name)
def test_files_are_short_and_make_no_markup_of_text(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    traps = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
    if path.name != "live.js":  # of a page that is served; any other page may connect to nobody
        traps.append("fetch(")
    for trap in traps:
        assert trap not in text, trap
