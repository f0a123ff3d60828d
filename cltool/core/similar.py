"""Guesses of what a misspelt name means."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LESS = 0.1
"""Another name is suggested, too, if it is less similar than the nearest by less than this."""


def guess(name: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'a' or 'b'?`` with the known names nearest to ``name``; may be empty.

    Case does not count.
    """
    folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), folded)
    likeness = [difflib.SequenceMatcher(None, one, name.casefold()).ratio() for one in near]
    meant = [
        repr(folded[one])
        for one, like in zip(near, likeness, strict=True)
        if like > likeness[0] - LESS
    ]
    return f"Did you mean {' or '.join(meant)}?" if meant else ""
