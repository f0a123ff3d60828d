"""Seeds for each purpose, derived from the seed of a run."""

from __future__ import annotations

import hashlib


def derive(seed: int, *parts: int | str) -> int:
    """Return a 63-bit seed for one purpose; it depends on the arguments only."""
    text = "\x1f".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1
