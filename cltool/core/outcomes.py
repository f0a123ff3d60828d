"""What becomes of work in another process: done, an error of the user, or one that nobody foresaw.

The traceback of the latter is kept in a file.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from cltool.core.errors import Unexpected, UserError
from cltool.core.files import write_text

Outcome = UserError | Unexpected | None
"""Why work failed; None if it is done."""

DIED = "the worker process died (killed, or out of memory)"
"""Why work failed if its process died."""


def not_sent(name: str, reason: str) -> UserError:
    """Return the error of a task that cannot be pickled.

    Args:
        name: of the task.
        reason: what cannot be pickled.
    """
    return UserError(
        f"{name} cannot be sent to a worker process: {reason}",
        hint="Leave out locks, open files and the like.",
    )


def outcome(
    explain: Callable[[BaseException], UserError], work: Callable[..., None], *arguments: Any
) -> Outcome:
    """Run ``work``; return what became of it, also if it would end the process.

    Args:
        explain: says what an unexpected error means.
        work: what runs.
        arguments: of ``work``.
    """
    try:
        work(*arguments)
    except UserError as error:
        return error
    except BaseException as error:
        trace = "".join(traceback.format_exception(error))
        return Unexpected(explain(error), trace)
    return None


def in_one_text(found: Outcome, file: Path) -> str:
    """Return why work failed, or an empty text; keep the traceback of an unexpected error.

    Args:
        found: what became of the work.
        file: receives the traceback; an older one is removed if there is none.
    """
    if isinstance(found, Unexpected):
        error = found.error
        text = f"{error.where}: {error.what}" if error.where else error.what
        with suppress(OSError):
            write_text(file, found.trace)
            text += f" (see {file})"
        return text
    if found is None:
        with suppress(OSError):
            file.unlink(missing_ok=True)
        return ""
    return str(found)
