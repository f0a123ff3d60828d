"""Which code of a strategy made a run: a digest of its source files, and where it comes from.

The files are those that define the strategy's class and its bases, and what they import from the
same package, from the same folder of a user's own files, or (for strategies that come with cltool)
from other strategies' common code. Comments, docstrings and layout do not count.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from cltool.core.digests import SHORT
from cltool.experiments import interactive_code
from cltool.experiments.resolve import strategy_names
from cltool.experiments.source_digest import file_of, imports_of, plain_code
from cltool.strategies import STRATEGIES

OWN = "cltool.strategies"
"""The package of the strategies that come with cltool."""

Code = dict[str, dict[str, str]]
"""Strategy → ``digest``, and ``from``: the distribution that it comes from, with its version."""


def code_of(strategy: str) -> Code:
    """Return the code of each strategy that is composed in ``strategy``."""
    names = strategy_names(strategy)
    return {name: dict(_code_of_class(name, STRATEGIES.load(name))) for name in names}


def differences(before: Mapping[str, Any], now: Code) -> list[str]:
    """Return in which strategies the code differs, a phrase each.

    Args:
        before: the code that a run recorded.
        now: the code that is installed.
    """
    found = []
    for name, code in now.items():
        held = before.get(name)
        if not isinstance(held, Mapping):
            continue
        built_in = code["from"].startswith("cltool ")
        sources = [str(held.get("from", "")), code["from"]]
        if held.get("digest") != code["digest"]:
            found.append(f"{name}: its source files have changed ({sources[0]}, {sources[1]} now)")
        elif sources[0] != sources[1] and not built_in:
            found.append(f"{name}: {sources[0]} in the folder, {sources[1]} now")
    return found


@cache
def _code_of_class(name: str, kind: type[Any]) -> tuple[tuple[str, str], ...]:
    """Return the code of one strategy as pairs; computed once in a process."""
    hasher = hashlib.sha256()
    for label, text in sorted(_texts(name, kind)):
        hasher.update(f"{label}\n{text}\n".encode())
    return ("digest", hasher.hexdigest()[:SHORT]), ("from", _origin(name, kind))


def _origin(name: str, kind: type[Any]) -> str:
    entry = STRATEGIES.entry(name)
    if entry.source == "built-in":
        if kind.__module__.startswith(f"{OWN}."):
            return f"cltool {version('cltool')}"
        return kind.__module__
    try:
        return f"{entry.source} {version(entry.source)}"
    except PackageNotFoundError:
        return entry.source


def _texts(name: str, kind: type[Any]) -> Iterator[tuple[str, str]]:
    """Yield a label and the code of each source file that defines the strategy."""
    entry = STRATEGIES.entry(name).target.partition(":")[0]
    bases = [base for base in kind.__mro__ if not _is_foreign(base.__module__)]
    own = {base.__module__.partition(".")[0] for base in bases} | {entry.partition(".")[0]}
    waiting = [entry] if not _is_foreign(entry) else []
    for base in bases:
        file = _source_file(base)
        if file is None:
            yield from interactive_code.texts(base)
        else:
            waiting.append(base.__module__)
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        file = _module_file(module)
        if module in seen or file is None or not _counts(module, file, own):
            continue
        seen.add(module)
        tree = ast.parse(file.read_bytes())
        yield module, plain_code(tree)
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        waiting += imports_of(tree, package)


def _is_foreign(module: str) -> bool:
    """Return whether a module belongs to the libraries that strategies are built on."""
    top = module.partition(".")[0]
    if top == "cltool":
        return not module.startswith(f"{OWN}.")
    return top in sys.stdlib_module_names or top in ("avalanche", "torch", "pydantic")


def _counts(module: str, file: Path, own: set[str]) -> bool:
    """Return whether a module is part of the strategy's code.

    Args:
        module: its name.
        file: its source file.
        own: the packages that define the strategy.
    """
    if _is_foreign(module):
        return False
    installed = any(file.is_relative_to(place) for place in _installed())
    # Files outside of the installed packages are the user's own.
    return module.partition(".")[0] in own or not installed


@cache
def _installed() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    return tuple(Path(paths[name]).resolve() for name in ("purelib", "platlib", "stdlib"))


def _module_file(module: str) -> Path | None:
    loaded = getattr(sys.modules.get(module), "__file__", None)
    if loaded is not None and loaded.endswith(".py"):
        return Path(loaded).resolve()
    try:
        found = file_of(module)
    except (ImportError, ValueError, AttributeError):
        return None
    return None if found is None else found.resolve()


def _source_file(kind: type[Any]) -> Path | None:
    try:
        file = inspect.getsourcefile(kind)
    except (TypeError, OSError):
        return None
    return Path(file) if file is not None and Path(file).is_file() else None
