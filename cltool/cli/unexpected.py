"""Errors that cltool does not expect: one message that names the plugin that raised them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from traceback import walk_tb
from types import FrameType
from typing import TYPE_CHECKING

from cltool.core.errors import UserError, in_words

if TYPE_CHECKING:
    from cltool.core.registry import Entry, Registry

VARIABLE = "CLTOOL_TRACEBACK"
"""The environment variable that asks for the traceback instead of the message."""


def shows_traceback() -> bool:
    """Return whether the user asked for tracebacks."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def explained(error: Exception) -> UserError:
    """Return what failed and where, as an error of the user.

    A strategy, scenario, model or score is named if its code raised ``error``, or called the
    code that did.
    """
    frames = list(walk_tb(error.__traceback__))
    who, place = "", ""
    for frame, line in reversed(frames):
        place = place or f"{frame.f_code.co_filename}:{line}"
        if who := _plugin(frame):
            place = f"{frame.f_code.co_filename}:{line}"
            break
    return UserError(
        f"{who} failed: {in_words(error)}" if who else f"unexpected error: {in_words(error)}",
        where=place,
        hint=f"Set {VARIABLE}=1 and give the same command again to see the traceback."
        " Finished steps are kept.",
    )


def _plugin(frame: FrameType) -> str:
    """Return the kind and name of the plugin whose code runs in ``frame``; empty if none does."""
    module = str(frame.f_globals.get("__name__", ""))
    owners = [kind.__name__ for kind in type(frame.f_locals.get("self")).__mro__]
    found: list[str] = []
    for registry, entry in _entries():
        target, _, attribute = entry.target.partition(":")
        if module == target or (entry.family == "installed" and _package(module, target)):
            name = f"{registry.kind} {entry.name!r}"
            if attribute in owners:
                return name
            found.append(name)
    return " or ".join(found[:3])


def _package(module: str, target: str) -> bool:
    """Return whether two modules are of the same package of an extension."""
    return module.partition(".")[0] == target.partition(".")[0] != "cltool"


def _entries() -> Iterator[tuple[Registry, Entry]]:
    from cltool.evaluation.scores import METRICS
    from cltool.models import MODELS
    from cltool.scenarios import SCENARIOS
    from cltool.strategies import STRATEGIES

    for registry in (STRATEGIES, SCENARIOS, MODELS, METRICS):
        with suppress(UserError):
            for entry in registry.entries():
                yield registry, entry
