"""A hash of the source code that a strategy's results depend on.

Comments, docstrings, descriptions of settings and layout do not count: to rewrite a text makes
nothing stale. Other strings count, because a prompt or a name can change a result.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import Any

from typing_extensions import override

from cltool.core.digests import SHORT
from cltool.experiments.resolve import strategy_names
from cltool.models import MODELS
from cltool.strategies import STRATEGIES

ENTRY = "cltool.experiments.run"
"""The module that runs a cell."""

COUNTED = (
    "cltool.avalanche",
    "cltool.core.samples",
    "cltool.core.seeds",
    "cltool.core.settings",
    "cltool.evaluation",
    "cltool.experiments.apply_update",
    "cltool.experiments.base_model",
    "cltool.experiments.build_learner",
    "cltool.experiments.purge",
    "cltool.experiments.run",
    "cltool.experiments.steps",
    "cltool.facts",
    "cltool.lm",
    "cltool.models",
    "cltool.strategies",
    "cltool.training",
)
"""Packages and modules that can change an answer or a score."""

IGNORED = (
    "cltool.strategies",
    "cltool.models",
    "cltool.training.loggers",
    "cltool.evaluation.harness",
    "cltool.evaluation.harness_output",
    "cltool.evaluation.scores",
)
"""Modules among them that cannot: the registries, logging, evaluation by another package, and the
definitions of the scores."""


@dataclass(frozen=True, slots=True)
class _Module:
    """A source file.

    Attributes:
        code: its syntax tree as text, without what changes no result.
        imported: the names of all modules that it imports, also inside functions.
    """

    code: str
    imported: Sequence[str]


class Sources:
    """Source files, each of which is read once."""

    def __init__(self) -> None:
        self._modules: dict[str, _Module | None] = {}

    def digest(self, strategy: str, model: str = "tiny", more: Sequence[str] = ()) -> str:
        """Return the hash of all source files that runs of ``strategy`` depend on.

        Args:
            strategy: a name, or several composed.
            model: a registered name, or a path or hub name.
            more: further modules to count, with what they import.
        """
        entries = [STRATEGIES.entry(name) for name in strategy_names(strategy)]
        entries += [MODELS.entry(model)] if model in MODELS else []
        own = [entry.target.partition(":")[0] for entry in entries]
        packages = [name for name in (one.partition(".")[0] for one in own) if name != "cltool"]
        return _hash(self._reached([ENTRY, *own, *more], [*own, *packages, *more]))

    def shared(self) -> str:
        """Return the hash of all source files that runs of every strategy depend on."""
        return _hash(self._reached([ENTRY], []))

    def _reached(self, waiting: list[str], more: Sequence[str]) -> dict[str, _Module]:
        """Return the counted modules that ``waiting`` and what it imports lead to.

        Args:
            waiting: names of modules.
            more: names of modules that count in addition to those of `COUNTED`.
        """
        found: dict[str, _Module] = {}
        seen = {*IGNORED}
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if not any(name == one or name.startswith(f"{one}.") for one in (*COUNTED, *more)):
                continue
            if name not in self._modules:
                self._modules[name] = _read(name)
            module = self._modules[name]
            if module is not None:
                found[name] = module
                waiting += module.imported
        return found


def _hash(modules: Mapping[str, _Module]) -> str:
    hasher = hashlib.sha256()
    for name, module in sorted(modules.items()):
        hasher.update(f"{name}\n{module.code}\n".encode())
    return hasher.hexdigest()[:SHORT]


def _read(name: str) -> _Module | None:
    """Return the module called ``name``, without importing it; None where there is none."""
    file = file_of(name)
    if file is None:
        return None
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return _parsed(file.read_bytes(), package)


@cache
def _parsed(source: bytes, package: str) -> _Module:
    """Return a module; the same one for the same source, which many experiments read."""
    tree = ast.parse(source)
    imported = imports_of(tree, package)
    return _Module(plain_code(tree), imported)


def file_of(name: str) -> Path | None:
    """Return the source file of the module called ``name``, without importing it, or None."""
    top, *inner = name.split(".")
    spec = find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(place, *inner)
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file():
                return file
    origin = spec.origin if spec is not None and not inner else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None


def imports_of(tree: ast.Module, package: str) -> Sequence[str]:
    """Return the names of all modules that are imported.

    A name that is imported from a module may be a module itself, so both are returned.

    Args:
        tree: a module.
        package: that relative imports start from.
    """
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            found[module] = None
            found |= dict.fromkeys(f"{module}.{alias.name}" for alias in node.names)
    return list(found)


def plain_code(tree: ast.Module) -> str:
    """Return a syntax tree as text, without docstrings and descriptions; changes ``tree``."""
    return repr(_plain(_WithoutTexts().visit(tree)))


class _WithoutTexts(ast.NodeTransformer):
    """Removes docstrings and the descriptions of settings from a syntax tree."""

    @override
    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if text else self.generic_visit(node)

    @override
    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "Field":
            node.keywords = [one for one in node.keywords if one.arg != "description"]
        return self.generic_visit(node)


def _plain(node: Any) -> Any:
    """Return a syntax tree as nested tuples.

    Unlike `ast.dump`, it leaves out empty parts, which differ between versions of Python.
    """
    if isinstance(node, list):
        return tuple(_plain(one) for one in node)
    if not isinstance(node, ast.AST):
        return node
    parts = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
    return (type(node).__name__, *((name, _plain(value)) for name, value in parts))
