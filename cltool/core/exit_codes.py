"""The exit codes of every command: the one table that docs and help texts show."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
SOME_FAILED: Final = 1
BAD_INPUT: Final = 2
REFUSED: Final = 3
INTERRUPTED: Final = 130

MEANINGS: Final = {
    DONE: "done",
    SOME_FAILED: "a run diverged, some cells failed, some runs could not be audited, a task of"
    " lm-eval could not be evaluated, or a report could not be written; the others are done. Or"
    " reproduce --check found cells that have to run",
    BAD_INPUT: "bad input: a wrong option, setting or file; the message says which",
    REFUSED: "refused or found: an erased fact came back (--fail-on-resurface), or an audit gave"
    " a verdict that --fail-on names, or a strategy or an updated model does not"
    " meet its bounds (--require)",
    INTERRUPTED: "interrupted (Ctrl-C or SIGTERM); the same command continues where it stopped",
}
"""Exit code -> what it means."""
