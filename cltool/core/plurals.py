"""Numbers with their nouns."""

from __future__ import annotations


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 run``, ``3 runs``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
