"""The README is true: its commands run, its code works, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import cltool
from cltool.cli.compare import STRATEGIES as DEFAULT
from cltool.cli.main import main
from cltool.evaluation.scores import LOOKED_UP, all_scores
from cltool.experiments import resolve
from cltool.runs.tables import BESIDE, COMPARED
from cltool.strategies import STRATEGIES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?P<skip><!-- not-run: .+? -->\n+)?^```(?P<language>\w+)(?: (?P<name>\S+))?\n"
    r"(?P<code>.*?)^```$",
    re.M | re.S,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: a file where it has a name, else something to run."""

    language: str
    name: str | None
    code: str
    skip: bool


BLOCKS = [
    Block(found["language"], found["name"], found["code"], bool(found["skip"]))
    for found in BLOCK.finditer(TEXT)
]
COMMANDS = [
    line
    for block in BLOCKS
    if block.language == "sh" and not block.skip
    for line in block.code.replace("\\\n", " ").splitlines()
    if line.strip()
]
PROGRAMS = [b.code for b in BLOCKS if b.language == "python" and not b.name and not b.skip]
FILES = {block.name: block.code for block in BLOCKS if block.name}


def install(folder: Path) -> None:
    """What ``pip install -e .`` does with the README's package, without an index."""
    package = tomllib.loads(FILES["pyproject.toml"])["project"]
    info = folder / f"{package['name'].replace('-', '_')}-{package['version']}.dist-info"
    info.mkdir()
    head = f"Metadata-Version: 2.1\nName: {package['name']}\nVersion: {package['version']}\n"
    (info / "METADATA").write_text(head, encoding="utf-8")
    points = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in package["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(points), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, checkpoint: Callable[[str], Path]) -> Path:
    """The files that a reader has at this point, a model of theirs among them."""
    place = tmp_path_factory.mktemp("readme")
    for name, code in FILES.items():
        (place / name).write_text(code, encoding="utf-8")
    shutil.copytree(checkpoint("llama"), place / "my-model")
    install(place)
    return place


@pytest.mark.timeout(600)
def test_the_commands_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(STRATEGIES, "_external", None)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert len(COMMANDS) > 5
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        if program == "make":
            assert set(arguments) <= set(targets), command
            continue
        assert program == "cltool", command
        capfd.readouterr()
        code = main(arguments)
        out, err = capfd.readouterr()
        assert code == 0, f"{command}\n{err}"
        if arguments[0] == "show":
            shown = next(block.code for block in BLOCKS if block.language == "text")
            head, *moments = shown.splitlines()
            assert head in out.splitlines()
            assert all(moment.split(".")[0] in out for moment in moments)
    written = ("runs/facts/report.html", "mine.html", "updated-model/config.json")
    assert all((folder / name).is_file() for name in written)


@pytest.mark.timeout(600)
def test_the_programs_run(folder: Path) -> None:
    """All in one process, which takes long to start."""
    assert len(PROGRAMS) == 3
    path = os.pathsep.join([str(folder), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "\n\n".join(PROGRAMS)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "retained" in done.stdout
    assert (folder / "ewc.html").is_file()


def test_the_functions_of_the_package_are_not_hidden_by_its_modules() -> None:
    names = set(cltool.__all__)
    modules = {path.stem for path in (ROOT / "cltool").iterdir()}
    assert not names & modules


def test_links_have_existing_targets() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.M)
    anchors = {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert not target.startswith("http"), target
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert (ROOT / target).is_file(), target


def test_the_number_of_offices_is_right() -> None:
    stream = resolve.open_stream("leaders")
    assert f"who held {len(stream.updates[0].learn)} offices" in TEXT
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert f"{words[len(stream) - 1]} updates to 2024" in TEXT
    assert f"with {words[len(DEFAULT.split(','))]} strategies" in TEXT


def test_the_scores_have_the_names_of_the_table() -> None:
    part = TEXT.partition("## The scores")[2].partition("\n## ")[0]
    named = {text.strip("`") for text in re.findall(r"^\| (\S+) \| (?!exactly|---)", part, re.M)}
    titles = {name: score.title for name, score in all_scores().items()}
    assert named <= {*titles.values()}
    assert {titles[name] for name in COMPARED if name not in (*BESIDE, *LOOKED_UP)} - named == {
        "new, worst",
        "retained, worst",
        "stale, worst",
    }


def test_it_names_no_local_path_or_package_index() -> None:
    for word in ("/work", "/root", "/home", "/tmp", "http:", "https:", "pypi"):
        assert word not in TEXT
