"""A hash of the source code that a strategy's results depend on.

Comments, docstrings and white space do not count, so that rewriting a text makes nothing stale.
"""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cltool.experiments.resolve import strategy_names
from cltool.models import MODELS
from cltool.strategies import STRATEGIES

ENTRY = "cltool.experiments.run"
"""The module that runs a cell."""

COUNTED = (
    "cltool.core.seeds",
    "cltool.core.settings",
    "cltool.evaluation",
    "cltool.experiments.apply_update",
    "cltool.experiments.base_model",
    "cltool.experiments.build_learner",
    "cltool.experiments.purge",
    "cltool.experiments.run",
    "cltool.facts",
    "cltool.lm",
    "cltool.models",
    "cltool.strategies",
    "cltool.training",
)
"""Packages and modules that can change an answer or a score."""

IGNORED = ("cltool.strategies", "cltool.models", "cltool.training.loggers")
"""Modules among them that cannot: the registries, and logging."""


@dataclass(frozen=True, slots=True)
class _Module:
    """A source file.

    Attributes:
        code: without comments, docstrings and white space.
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
        own = [*(entry.target.partition(":")[0] for entry in entries), *more]
        hasher = hashlib.sha256()
        for name, module in sorted(self._reached([ENTRY, *own], own).items()):
            hasher.update(f"{name}\n{module.code}\n".encode())
        return hasher.hexdigest()[:20]

    def _reached(self, waiting: list[str], more: Sequence[str]) -> dict[str, _Module]:
        """Return the counted modules that ``waiting`` and what it imports lead to.

        Args:
            waiting: names of modules.
            more: names of modules that count beside those of `COUNTED`.
        """
        found: dict[str, _Module] = {}
        while waiting:
            name = waiting.pop()
            counts = any(name == one or name.startswith(f"{one}.") for one in (*COUNTED, *more))
            if name in found or name in IGNORED or not counts:
                continue
            if name not in self._modules:
                self._modules[name] = _read(name)
            module = self._modules[name]
            if module is not None:
                found[name] = module
                waiting += module.imported
        return found


def _read(name: str) -> _Module | None:
    """Return the module called ``name``, without importing it; None where there is none."""
    file = _file(name)
    if file is None:
        return None
    text = file.read_text(encoding="utf-8")
    return _Module(_code(text), _imported(text))


def _file(name: str) -> Path | None:
    top, *inner = name.split(".")
    spec = find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(place, *inner)
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file():
                return file
    origin = spec.origin if spec is not None and not inner else None
    return Path(origin) if origin is not None and origin.endswith(".py") else None


def _imported(text: str) -> Sequence[str]:
    """Return the names of all modules that are imported.

    A name that is imported from a module may be a module itself, so both are returned.
    """
    found: dict[str, None] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found[node.module] = None
            found |= dict.fromkeys(f"{node.module}.{alias.name}" for alias in node.names)
    return list(found)


def _code(text: str) -> str:
    """Return code without comments, docstrings and white space."""
    lines = text.splitlines()
    for (first, start), (last, end) in sorted(
        [*_docstrings(ast.parse(text)), *_comments(text)], reverse=True
    ):
        head, tail = lines[first - 1].encode()[:start], lines[last - 1].encode()[end:]
        lines[first - 1 : last] = [(head + tail).decode()]
    return "".join("".join(lines).split())


Span = tuple[tuple[int, int], tuple[int, int]]
"""Where a text begins and ends: line from 1, and byte."""


def _docstrings(tree: ast.Module) -> Iterator[Span]:
    """Yield the place of every string that is a statement of its own."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
            continue
        if isinstance(node.value.value, str):
            yield (
                (node.lineno, node.col_offset),
                (node.end_lineno or node.lineno, node.end_col_offset or 0),
            )


def _comments(text: str) -> Iterator[Span]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, start = token.start
            begin = len(token.line[:start].encode())
            yield (row, begin), (row, begin + len(token.string.encode()))
