"""Turns what the lm-evaluation-harness prints into reports of progress."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from cltool.core.progress import Progress

BAR = re.compile(r"(\d+)%\|")
"""A percentage in a progress bar of tqdm."""

STDERR = 2
"""The file descriptor to which the programs that the harness starts write their errors."""


@contextmanager
def output_as_progress(progress: Progress, what: str) -> Iterator[None]:
    """Keep what is printed away from stdout and stderr; report the percentages of bars.

    Args:
        progress: receives them.
        what: what happens meanwhile.
    """
    with _own_stderr() as stderr:
        bars = _Bars(progress, what, stderr)
        with redirect_stdout(io.StringIO()), redirect_stderr(bars):
            yield


@contextmanager
def _own_stderr() -> Iterator[Any]:
    """Yield stderr for cltool alone: what other programs print there goes nowhere."""
    try:
        kept, shared = os.dup(STDERR), sys.stderr.fileno() == STDERR
    except (OSError, ValueError, AttributeError):
        yield sys.stderr
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        sys.stderr.flush()
        os.dup2(nowhere, STDERR)
        with open(kept, "w", encoding="utf-8", closefd=False) as own:
            yield own if shared else sys.stderr
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nowhere)


class _Bars(io.StringIO):
    """Stands in for stderr, and holds nothing.

    Attributes:
        rich_proxied_file: where `rich` draws the bars of cltool meanwhile.
    """

    def __init__(self, progress: Progress, what: str, stderr: Any) -> None:
        super().__init__()
        self.rich_proxied_file = getattr(stderr, "rich_proxied_file", stderr)
        self._progress, self._what, self._stderr = progress, what, stderr

    def write(self, text: str) -> int:
        if found := BAR.search(text):
            with redirect_stderr(self._stderr):
                self._progress(int(found[1]), 100, self._what)
        return len(text)
