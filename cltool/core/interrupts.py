"""Ctrl-C and SIGTERM: the first one stops the command in order, the second one at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from cltool.core.exit_codes import INTERRUPTED

_received: list[int] | None = None
"""The signals so far; None while nobody handles them here."""

_last: list[int] | None = None
"""The signals that the last `handled` block received."""


@contextmanager
def handled(message: str, *, to_the_end: bool = False) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM raise `KeyboardInterrupt`; a second one ends the process.

    Args:
        message: is written to stderr if a signal ends the process.
        to_the_end: this process ends after the block: a signal ends it at once then, and also
            while a library is imported or where Python ignores exceptions.
    """
    global _received, _last
    if threading.current_thread() is not threading.main_thread():
        _last = None
        yield  # only the main thread may set signal handlers
        return
    received: list[int] = []
    ended: list[bool] = []

    def handle(number: int, frame: FrameType | None) -> None:
        received.append(number)
        # A library that is being imported may swallow the exception, and break. And after a second
        # signal the first one is still at work, for example in the libraries: they may take long.
        if len(received) > 1 or ended or (to_the_end and _imports(frame)):
            end()
        raise KeyboardInterrupt

    def end() -> None:
        if not ended:
            os.write(2, message.encode(errors="backslashreplace"))
        os._exit(INTERRUPTED)

    if to_the_end:
        _end_where_exceptions_are_ignored(lambda: end() if received else None)
    before = _set({signal.SIGINT: handle, signal.SIGTERM: handle})
    outer, _received = _received, received
    try:
        yield
    finally:
        _received, _last = outer, received
        if to_the_end:
            ended.append(True)
        else:
            for number, old in before.items():
                signal.signal(number, old)


def asked() -> bool:
    """Return whether a `KeyboardInterrupt` may come from the user, not from other code."""
    return _received is None or bool(_received)


def last_asked() -> bool:
    """Return `asked`, for the last block of `handled` that has ended."""
    return _last is None or bool(_last)


def expect_none() -> None:
    """Declare that this process receives no Ctrl-C, as in a worker process."""
    global _received
    _received = []


def _end_where_exceptions_are_ignored(end: Callable[[], object]) -> None:
    """Let `KeyboardInterrupt` call ``end`` where Python prints exceptions and goes on.

    Such places are ``__del__``, and what libraries do at a fork or at a collection of garbage.
    """
    before = sys.unraisablehook

    def hook(ignored: sys.UnraisableHookArgs) -> None:
        if isinstance(ignored.exc_value, KeyboardInterrupt):
            end()
        before(ignored)

    sys.unraisablehook = hook


def _imports(frame: FrameType | None) -> bool:
    """Return whether code that ``frame`` is in runs in an import."""
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


Handler = Callable[[int, FrameType | None], object]


def _set(handlers: dict[signal.Signals, Handler]) -> dict[signal.Signals, Any]:
    # A shell starts background jobs with Ctrl-C ignored, and that stays so.
    return {
        number: signal.signal(number, handler)
        for number, handler in handlers.items()
        if signal.getsignal(number) is not signal.SIG_IGN
    }
