"""Tables for the terminal: aligned plain text where stdout is no terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from cltool.cli.output import say, stdout_errors
from cltool.core.printable import one_line, printable

if TYPE_CHECKING:
    from rich.table import Table

Part: TypeAlias = "Table | str"
"""A table, or a line of text."""

WIDE = 100_000
"""Columns of a file or pipe, so that no line is cut or wrapped."""


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    text: Collection[str] = (),
    show_header: bool = True,
) -> Table:
    """Return a table.

    Args:
        header: names of the columns.
        rows: cells.
        text: columns that are left-aligned and may wrap on a terminal; the others hold numbers
            and are right-aligned.
        show_header: whether the names of the columns are printed.
    """
    from rich.table import Table

    text = [one_line(name) for name in text]
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=show_header)
    for name in map(one_line, header):
        if name in text:
            made.add_column(name, overflow="fold")
        else:
            made.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        made.add_row(*map(one_line, row))
    return made


def print_all(parts: Iterable[Part]) -> None:
    """Print tables and lines of text on stdout."""
    if not sys.stdout.isatty():
        say(as_text(parts))
        return
    from rich.console import Console

    for part in parts:
        console = Console(**_PLAIN)
        if not isinstance(part, str):
            # Numbers are not cut; the terminal wraps lines that are too long for it.
            least = Console(width=WIDE).measure(part).minimum
            console = Console(width=max(console.width, least), **_PLAIN)
        shown = printable(part) if isinstance(part, str) else part
        with stdout_errors():
            console.print(shown, soft_wrap=isinstance(part, str))


def as_text(parts: Iterable[Part]) -> str:
    """Return tables and lines of text as plain text."""
    from rich.console import Console

    lines: list[str] = []
    for part in parts:
        if isinstance(part, str):
            lines.append(part)
            continue
        file = io.StringIO()
        plain = Console(file=file, width=WIDE, color_system=None, force_terminal=False, **_PLAIN)
        plain.print(part)
        lines += [line.rstrip() for line in file.getvalue().splitlines()]
    return "\n".join(lines)


_PLAIN: dict[str, Any] = {"markup": False, "highlight": False, "emoji": False}
"""Print text as it is."""
