"""What commands print: text without control characters, messages on stderr, and JSON."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cltool.core.printable import printable

if TYPE_CHECKING:
    from cltool.runs.run import Run


_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters that JSON does not escape by itself."""


def say(text: str) -> None:
    """Print ``text`` on stdout."""
    print(printable(text))


def message(text: str) -> None:
    """Print ``text`` on stderr, after the name of the program; nothing if that is not possible."""
    with suppress(OSError, ValueError):
        print(f"cltool: {printable(text)}", file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print ``value`` on stdout as indented JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    print(_RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def prepare() -> None:
    """Make stdout and stderr usable: closed ones lead nowhere, odd characters are escaped."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            with suppress(OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")


def flush() -> None:
    """Write out what was printed.

    Raises:
        OSError: stdout cannot be written.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), "standard output") from error


def give_up_stdout() -> bool:
    """Let stdout lead nowhere if it cannot be written; return whether that was so."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # Otherwise Python reports the same error once more when it ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with suppress(OSError, ValueError):
            os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return error.errno != errno.EBADF
    return False


def warn_resurfaced(runs: Sequence[Run]) -> list[dict[str, str]]:
    """Print a warning on stderr for each erased fact that came back.

    Returns:
        The warnings: ``run`` (its folder) and ``text``.
    """
    from cltool.evaluation.outcomes import resurfacing
    from cltool.reporting import resurfaced

    found = []
    for run in runs:
        back = resurfacing(run.answers) if run.steps_done() else None
        for text in () if back is None else resurfaced.in_words(back, run.record["labels"]):
            found.append({"run": str(run.folder), "text": text})
            message(f"resurfaced in {run.folder}: {text}")
    return found
