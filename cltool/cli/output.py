"""What commands print: text without control characters, messages on stderr, and JSON."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cltool.core.printable import printable

if TYPE_CHECKING:
    from cltool.runs.run import Run


_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters that JSON does not escape by itself."""


def say(text: str) -> None:
    """Print ``text`` on stdout."""
    with stdout_errors():
        print(printable(text))


def message(text: str) -> None:
    """Print ``text`` on stderr, after the name of the program; nothing if that is not possible."""
    with suppress(OSError, ValueError):
        print(f"cltool: {printable(text)}", file=sys.stderr, flush=True)


def one_place() -> bool:
    """Return whether stdout and stderr are the same terminal, file or pipe."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except (OSError, ValueError):
        return False


def print_json(value: Any) -> None:
    """Print ``value`` on stdout as indented JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    with stdout_errors():
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


STDOUT = "standard output"
"""In place of a file's name, in errors of writing to stdout."""


@contextmanager
def stdout_errors() -> Iterator[None]:
    """Let errors of printing name `STDOUT`.

    A reader that has seen enough is no error: what follows is printed nowhere.

    Raises:
        OSError: stdout cannot be written.
    """
    try:
        yield
    except BrokenPipeError:
        give_up_stdout()
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), STDOUT) from error


def flush() -> None:
    """Write out what was printed.

    Raises:
        OSError: stdout cannot be written.
    """
    with stdout_errors():
        sys.stdout.flush()


def give_up_stdout() -> None:
    """Let stdout lead nowhere: otherwise Python reports its error once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def tell_reused(runs: Sequence[Run]) -> None:
    """Print on stderr that nothing was run, if all runs were finished before."""
    if runs and all(run.reused for run in runs):
        one = len(runs) == 1
        what = f"the run in {runs[0].folder} was" if one else f"all {len(runs)} runs were"
        again = "it" if one else "them"
        message(f"Nothing was run: {what} finished before. --fresh runs {again} again.")


def warn_resurfaced(runs: Sequence[Run]) -> list[dict[str, str]]:
    """Print a warning on stderr for each erased fact that came back.

    Returns:
        The warnings: ``run`` (its folder) and ``text``.
    """
    from cltool.evaluation.by_step.erased import erased_answers
    from cltool.evaluation.outcomes import resurfacing
    from cltool.reporting import resurfaced

    found = []
    for run in runs:
        if not (done := run.steps_done()):
            continue
        run.refuse_other_answers(done)
        back = resurfacing(erased_answers(run.step_table, done))
        for text in resurfaced.in_words(back, run.record["labels"]):
            found.append({"run": str(run.folder), "text": text})
            message(f"resurfaced in {run.folder}: {text}")
    return found
