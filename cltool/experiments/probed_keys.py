"""Chooses the keys that a run asks about."""

from __future__ import annotations

import random

from cltool.core.seeds import derive
from cltool.facts.facts import Fact, Key
from cltool.facts.stream import Stream


def probed_keys(stream: Stream, limit: int | None) -> dict[Key, tuple[int, Fact]]:
    """Return the keys to ask about, as `Stream.first_taught`; at most ``limit`` of them.

    The sample is the same for all runs over a stream.
    """
    keys = stream.first_taught()
    if limit is None or len(keys) <= limit:
        return keys
    sample = set(random.Random(derive(0, "probe.limit")).sample(list(keys), limit))
    return {key: value for key, value in keys.items() if key in sample}
