"""Describes what is wrong with settings."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from cltool.core.similar import guess

_NEEDED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text",
    "tuple": "a list",
    "list": "a list",
    "set": "a list",
    "dict": "a table",
    "mapping": "a table",
    "model": "a table",
    "path": "a path",
}
"""First word of the type of a pydantic error → what the setting needs to be."""

_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def field_names(kind: type[BaseModel]) -> list[str]:
    """Return the names of a config's fields, as users write them."""
    return [field.alias or name for name, field in kind.model_fields.items()]


def problems(kind: type[BaseModel], error: ValidationError, where: str) -> list[str]:
    """Return a line for each setting that is wrong.

    Args:
        kind: the config.
        error: the error that pydantic raised for the settings.
        where: the section of the settings.
    """
    found: dict[str, list[str]] = {}
    guesses: dict[str, str] = {}
    for item in error.errors():
        path = ".".join([where, *_place(kind, item["loc"])])
        if item["type"] == "extra_forbidden":
            near = guess(str(item["loc"][-1]), _names_at(kind, item["loc"][:-1]))
            found[f"{path}: unknown{_added(near)}"] = []
        elif item["type"] == "missing":
            found[f"{path}: missing"] = []
        else:
            setting = f"{path} = {item['input']!r}: "
            found.setdefault(setting, []).append(_reason(item))
            guesses[setting] = guesses.get(setting, "") or _added(_meant(item))
    return [f"{one}{_joined(reasons)}{guesses.get(one, '')}" for one, reasons in found.items()]


def _meant(item: Mapping[str, Any]) -> str:
    """Return a guess of the word that was meant, where a setting takes only some words."""
    if item["type"] != "literal_error":
        return ""
    return guess(str(item["input"]), re.findall("'([^']*)'", item["ctx"]["expected"]))


def _added(near: str) -> str:
    """Return a guess as the end of a sentence."""
    return near and f"; {near[0].lower()}{near[1:]}"


def _reason(item: Mapping[str, Any]) -> str:
    kind, context = str(item["type"]), item.get("ctx") or {}
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"needs to be {words} {context[name]}"
    if kind == "literal_error":
        return f"needs {context['expected']}"
    if kind == "finite_number":
        return "needs a finite number"
    needed = _NEEDED.get(kind.partition("_")[0])
    if needed and kind.endswith(("_type", "_parsing", "_from_float")):
        return f"needs {needed}"
    return str(item["msg"]).removeprefix("Value error, ")


def _joined(reasons: Sequence[str]) -> str:
    """Join the reasons for one value: one reason for each kind of value that is allowed."""
    return " or ".join(dict.fromkeys(reasons)).replace(" or needs ", " or ")


def _place(kind: Any, parts: Sequence[int | str]) -> list[str]:
    """Return the names on the path to a setting, without pydantic's names for parts of unions."""
    found = []
    for part in parts:
        if isinstance(part, int) or not _is_union(kind):
            found.append(str(part))
        kind = _kind_at(kind, part)
    return found


def _names_at(kind: Any, parts: Sequence[int | str]) -> list[str]:
    for part in parts:
        kind = _kind_at(kind, part)
    return field_names(kind) if _is_config(kind) else []


def _kind_at(kind: Any, part: int | str) -> Any:
    if _is_config(kind):
        for name, field in kind.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
        return None
    return kind if _is_union(kind) else None


def _is_config(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_union(kind: Any) -> bool:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return get_origin(kind) in (Union, types.UnionType)
