"""Errors that cltool does not expect, and those of the system: one message, with the plugin's name.

It names the plugin that raised the error, the file and the line.
"""

from __future__ import annotations

import errno
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


def explained(error: BaseException) -> UserError:
    """Return what failed, where, and what to do next, as an error of the user.

    A strategy, scenario, model or score is named if its code raised ``error``, or called the
    code that did. For errors of the operating system only installed ones are named: those that
    come with cltool have no part in a full disk.
    """
    who, place, installed = _origin(error)
    if isinstance(error, OSError) and not installed:
        return _of_the_system(error)
    if not isinstance(error, Exception):
        ended = f"tried to end the process ({in_words(error)})"
        return UserError(
            f"{who} {ended}" if who else f"code that cltool called {ended}",
            where=place,
            hint="A plugin must raise an ordinary exception if something is wrong.",
        )
    known = HINTS.get(error.errno or 0) if isinstance(error, OSError) else None
    hint = f"{known} " if known else ""
    return UserError(
        f"{who} failed: {in_words(error)}" if who else f"unexpected error: {in_words(error)}",
        where=place,
        hint=f"{hint}Set {VARIABLE}=1 and give the same command again to see the traceback."
        " Finished steps are kept.",
    )


def _origin(error: BaseException) -> tuple[str, str, bool]:
    """Return the plugin that raised ``error``, the file and line, and whether it is installed.

    The plugin is an empty text if none did.
    """
    place = ""
    for frame, line in reversed(list(walk_tb(error.__traceback__))):
        here = f"{frame.f_code.co_filename}:{line}"
        who, installed = _plugin(frame)
        if who:
            return who, here, installed
        place = place or here
    return "", place, False


def _of_the_system(error: OSError) -> UserError:
    """Return an error of the operating system with what to do about it."""
    what = error.strerror or str(error) or type(error).__name__
    if error.errno == errno.ENOENT and not error.filename:
        # Only the working folder has no name.
        what, hint = "the working folder does not exist", "Change to a folder that exists."
        return UserError(what, where="working folder", hint=hint)
    hint = HINTS.get(error.errno or 0, "")
    return UserError(what, where=str(error.filename or ""), hint=hint)


HINTS = {
    errno.ENOSPC: "Make room on the disk, then give the same command again: it continues.",
    errno.EDQUOT: "Make room in your quota, then give the same command again: it continues.",
    errno.EFBIG: "Raise the limit of file sizes (ulimit -f), or choose another disk; then give the"
    " same command again: it continues.",
    errno.EACCES: "Choose a place that you can write, or ask its owner.",
    errno.EPERM: "Choose a place that you can write, or ask its owner.",
    errno.EROFS: "This place cannot be written. Choose another one.",
    errno.ENAMETOOLONG: "Choose a shorter name or path.",
    errno.ENOTDIR: "A part of this path is a file. Choose another path.",
    errno.ELOOP: "This link leads to itself. Choose another path.",
    errno.EEXIST: "Something of this name is in the way. Choose another path.",
    errno.EISDIR: "This is a folder, but a file is needed.",
    errno.EIO: "The disk reports an error. Check it before you go on.",
    errno.EMFILE: "Too many files are open: close programs, or raise the limit (ulimit -n).",
}
"""Error number → what to do."""


def _plugin(frame: FrameType) -> tuple[str, bool]:
    """Return the kind and name of the plugin whose code runs in ``frame``; empty if none does.

    Also return whether it is an installed one.
    """
    module = str(frame.f_globals.get("__name__", ""))
    owners = [kind.__name__ for kind in type(frame.f_locals.get("self")).__mro__]
    found: list[str] = []
    installed = False
    for registry, entry in _entries():
        target, _, attribute = entry.target.partition(":")
        added = entry.family == "installed"
        if module == target or (added and _package(module, target)):
            name = f"{registry.kind} {entry.name!r}"
            if attribute in owners:
                return name, added
            found.append(name)
            installed |= added
    return " or ".join(found[:3]), installed


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
