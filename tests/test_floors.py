"""What import-linter does not check: circles between files, lengths, and what stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


@dataclass(frozen=True)
class Import:
    """One module that a file imports.

    Attributes:
        target: the module's name.
        line: where.
        at_once: when the file is imported, rather than when a function is called.
    """

    target: str
    line: int
    at_once: bool


@cache
def _files() -> dict[str, Path]:
    """Every module of the toolkit, by its name."""
    places = {"cltool": ROOT / "cltool"}
    places |= {f"cltool.{name}": ROOT / name for name in ("strategies", "scenarios")}
    links = {ROOT / "cltool" / "strategies", ROOT / "cltool" / "scenarios"}
    found: dict[str, Path] = {}
    for package, folder in places.items():
        for path in sorted(folder.rglob("*.py")):
            if links.isdisjoint(path.parents):
                parts = path.relative_to(folder).with_suffix("").parts
                found[".".join([package, *parts]).removesuffix(".__init__")] = path
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _imports(node: ast.AST, at_once: bool = True) -> Iterator[Import]:
    """What is imported in ``node``, but for type checkers."""
    for child in ast.iter_child_nodes(node):
        if _for_types_only(child):
            assert isinstance(child, ast.If)
            yield from _imports(ast.Module(child.orelse, []), at_once)
        elif isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, at_once) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, f"line {child.lineno}: relative imports hide where they go"
            base = child.module or ""
            for alias in child.names:
                inner = f"{base}.{alias.name}"
                target = inner if inner in _files() else base
                yield Import(target, child.lineno, at_once)
        else:
            lazy = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, at_once and not lazy)


def _own(module: str) -> list[Import]:
    """The toolkit's modules that ``module`` imports."""
    return [
        found
        for found in _imports(_tree(_files()[module]))
        if found.target.partition(".")[0] == "cltool"
    ]


MODULES = sorted(_files())


def test_the_checked_files_are_found() -> None:
    assert {
        "cltool.facts.facts",
        "cltool.lm.language_model",
        "cltool.strategies.baselines.naive",
    } <= set(MODULES)
    assert len(MODULES) > 40


def test_imports_are_acyclic() -> None:
    ahead = {m: {found.target for found in _own(m) if found.at_once} for m in MODULES}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"imports in a circle: {' -> '.join([*way, module])}"
        if module not in done:
            for other in sorted(ahead.get(module, ())):
                visit(other, (*way, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def test_the_check_sees_imports() -> None:
    text = """
import cltool.facts.facts
from cltool.evaluation import ledger
if TYPE_CHECKING:
    from cltool.training.learner import Learner
else:
    import cltool.core.seeds
def f():
    from cltool.lm.language_model import load
class C:
    import cltool.facts.stream
"""
    found = {(one.target, one.at_once) for one in _imports(ast.parse(text))}
    assert found == {
        ("cltool.facts.facts", True),
        ("cltool.evaluation.ledger", True),
        ("cltool.core.seeds", True),
        ("cltool.lm.language_model", False),
        ("cltool.facts.stream", True),
    }


@pytest.mark.parametrize("module", MODULES)
def test_files_and_functions_are_short(module: str) -> None:
    path = _files()[module]
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_FILE, f"{path.relative_to(ROOT)} has {length} lines: part it"
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= LONGEST_FUNCTION, (
                f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {size} lines"
            )


SCENARIOS = [module for module in MODULES if module.startswith("cltool.scenarios.")]
COMMANDS = [module for module in MODULES if module.startswith("cltool.cli.")]
MEASURES = [module for module in MODULES if module.startswith("cltool.audit.measures.")]
LIGHT = {
    "cltool": ("torch", "pandas", "pydantic", "transformers", "avalanche", "numpy"),
    ", ".join(COMMANDS): ("torch", "pandas", "pydantic", "transformers", "avalanche"),
    "cltool.strategies, cltool.scenarios": ("torch", "pandas", "pydantic", "avalanche"),
    "cltool.reporting.survey_page": ("torch", "transformers", "avalanche"),
    "cltool.reporting.report_page, cltool.reporting.audit_page": (
        "torch",
        "transformers",
        "avalanche",
    ),
    "cltool.testing": ("torch", "transformers", "avalanche"),
    ", ".join(MEASURES): ("torch", "scipy", "sklearn", "rouge_score", "pandas"),
    ", ".join(SCENARIOS): ("torch", "transformers", "avalanche"),
}


@pytest.mark.parametrize(("modules", "heavy"), LIGHT.items())
def test_light_modules_import_nothing_heavy(modules: str, heavy: tuple[str, ...]) -> None:
    code = f"import sys, {modules}; print(*({{*sys.modules}} & {set(heavy)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], f"import {modules} imports {done.stdout}"
