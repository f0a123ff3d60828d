"""How messages show values of a file."""

from __future__ import annotations


def shown(value: object) -> str:
    """Return ``value`` for a message: quoted, control characters escaped, long texts cut."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…{text[-1]}"
