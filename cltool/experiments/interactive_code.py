"""The code of classes without a file, such as those of a notebook, with all that it refers to."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

from cltool.experiments.source_digest import plain_code

PLAIN = (bool, int, float, complex, str, bytes, type(None))
"""Kinds of values that count: they cannot change by themselves."""


def texts(kind: type[Any]) -> Iterator[tuple[str, str]]:
    """Yield a name and the code of ``kind``, and of what its code refers to.

    These are the functions, classes and plain values of the same module, directly or through
    others.
    """
    known = _globals_of(kind)
    waiting: list[tuple[str, Any]] = [(kind.__qualname__, kind)]
    seen: set[str] = set()
    while waiting:
        name, value = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if _is_plain(value):
            yield name, _shown(value)
        elif name == kind.__qualname__ or getattr(value, "__module__", "") == kind.__module__:
            yield name, _text_of(value)
            waiting += [(one, known[one]) for one in _names(value) if one in known]


def _globals_of(kind: type[Any]) -> Mapping[str, Any]:
    for value in vars(kind).values():
        found = getattr(_inner(value), "__globals__", None)
        if isinstance(found, Mapping):
            return found
    return {}


def _text_of(value: Any) -> str:
    try:
        return plain_code(ast.parse(textwrap.dedent(inspect.getsource(value))))
    except (TypeError, OSError, SyntaxError):
        pass
    parts = [repr(_of_code(code)) for code in _codes(value)]
    if isinstance(value, type):
        parts += [
            f"{name} = {_shown(one)}"
            for name, one in vars(value).items()
            if _is_plain(one) and not name.startswith("__")
        ]
    return "\n".join(parts)


def _names(value: Any) -> list[str]:
    """Return the names that a function or a class refers to, in order."""
    found: dict[str, None] = {}
    waiting = _codes(value)
    while waiting:
        code = waiting.pop(0)
        found |= dict.fromkeys(code.co_names)
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
    return list(found)


def _codes(value: Any) -> list[CodeType]:
    """Return the code of a function, or of all functions of a class."""
    values = vars(value).values() if isinstance(value, type) else [value]
    codes = (getattr(_inner(one), "__code__", None) for one in values)
    return [code for code in codes if isinstance(code, CodeType)]


def _inner(value: Any) -> Any:
    """Return the function of a method of any kind, or of a property."""
    return getattr(value, "__func__", None) or getattr(value, "fget", None) or value


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(map(_is_plain, value))
    return isinstance(value, PLAIN)


def _shown(value: Any) -> str:
    # The order of a set differs between processes.
    if isinstance(value, frozenset):
        return repr(sorted(map(_shown, value)))
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))}{',' * (len(value) == 1)})"
    return repr(value)


def _of_code(code: CodeType) -> tuple[Any, ...]:
    constants = tuple(
        _of_code(one) if isinstance(one, CodeType) else _shown(one) for one in code.co_consts
    )
    return code.co_code.hex(), code.co_names, constants
