"""Guesses of what a misspelt name means."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def guess(name: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'a' or 'b'?`` with the known names nearest to ``name``; may be empty.

    Case does not count.
    """
    folded = {one.casefold(): one for one in known}
    near = [repr(folded[one]) for one in difflib.get_close_matches(name.casefold(), folded)]
    return f"Did you mean {' or '.join(near)}?" if near else ""
