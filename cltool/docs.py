"""Writes ``docs/strategies.md`` from the code, so that the page cannot drift from it.

``python -m cltool.docs`` rewrites the page; ``tests/test_docs.py`` holds it to the code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from cltool.atomic import write_text
from cltool.settings import LearnerSettings, ModelSettings, ProbeSettings
from cltool.strategies import STRATEGIES

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from cltool.registry import Entry

PAGE = "strategies.md"

_HEAD = """\
# The strategies, and every setting

*This page is made from the code by `python -m cltool.docs`; a test holds it to the code.*

A strategy's settings are given as `--set strategy.NAME.SETTING=VALUE`, or in a settings file
under `[strategy.NAME]`. Without the name (`--set strategy.lambda=5`, or directly under
`[strategy]`) a setting goes to every strategy of the run that has it. Strategies compose
with a plus sign, `replay+ewc`: each adds its hooks, and at most one of them may apply the
update in a way of its own (`frozen` and `joint` do). Settings that nobody has are refused.
"""

_COMMON = """\
## Settings of every run

Given as `--set SECTION.SETTING=VALUE`, or in a settings file under `[SECTION]`. A strategy's
presets replace the learner's defaults; what you set goes before both. The resolved settings
of a run are in its `run.json`.
"""

_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def strategies_page() -> str:
    """The text of ``docs/strategies.md``: the built-in strategies and all common settings."""
    entries = [entry for entry in STRATEGIES.entries() if entry.source == "built-in"]
    parts = [_HEAD]
    for family in dict.fromkeys(entry.family for entry in entries):
        parts.append(f"## {family.capitalize()}\n")
        parts += [_strategy(entry) for entry in entries if entry.family == family]
    parts.append(_COMMON)
    for section, kind, what in (
        ("learner", LearnerSettings, "how an update is trained"),
        ("probe", ProbeSettings, "how the model is asked"),
        ("model", ModelSettings, "which model, where"),
    ):
        parts += [f"### `{section}`: {what}\n", _table(kind)]
    return "\n".join(parts)


def _strategy(entry: Entry) -> str:
    kind = STRATEGIES.load(entry.name)
    parts = [f"### `{entry.name}`: {entry.summary}\n"]
    parts.append(_markdown(import_module(entry.target.partition(":")[0]).__doc__ or ""))
    parts.append(_table(kind.Config) if kind.Config.model_fields else "It has no settings.\n")
    if kind.presets:
        presets = ", ".join(f"`{name} = {_value(value)}`" for name, value in kind.presets.items())
        parts.append(f"Learner settings that it changes: {presets}.\n")
    return "\n".join(parts)


def _markdown(docstring: str) -> str:
    return cleandoc(docstring).replace("``", "`") + "\n"


def _table(kind: type[BaseModel]) -> str:
    rows = [
        (f"`{field.alias or name}`", _kind(field), _default(field), _meaning(field))
        for name, field in kind.model_fields.items()
    ]
    return _rows(("setting", "kind", "default", "meaning"), rows)


def _rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _kind(field: FieldInfo) -> str:
    limits = [
        f"{sign} {value}"
        for item in field.metadata
        for name, sign in _SIGNS.items()
        if (value := getattr(item, name, None)) is not None
    ]
    return " ".join([_type(field.annotation), ", ".join(limits)]).strip()


def _type(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(kind))
    names = {int: "whole number", float: "number", str: "text", bool: "true or false"}
    if kind in names:
        return names[kind]
    if get_origin(kind) is dict:
        return "table"
    if get_origin(kind) is list:
        return "list"
    return " or ".join(_type(part) for part in get_args(kind) if part is not NoneType)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "none" if value is None else f"`{_value(value)}`"


def _value(value: object) -> str:
    """As a settings file has it."""
    return json.dumps(value, ensure_ascii=False)


def _meaning(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the page into a folder, by default ``docs``."""
    page = Path(arguments[0] if arguments else "docs") / PAGE
    write_text(page, strategies_page())
    print(f"{page} is written.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
