"""Text that is safe to print: names and answers may hold control characters and escape codes."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters except tabs and line ends, and those that change the direction of text."""


def printable(text: str) -> str:
    r"""Return ``text`` with control characters as visible escapes such as ``\x1b``.

    Line ends and tabs stay.
    """
    return _CONTROLS.sub(_escaped, text)


def one_line(text: str) -> str:
    r"""Return ``text`` as `printable` does, with line ends and tabs as ``\n`` and ``\t``."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
