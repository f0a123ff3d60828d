"""Chooses the keys that a run asks about."""

from __future__ import annotations

from cltool.core.samples import fixed_sample
from cltool.facts.facts import Fact, Key
from cltool.facts.stream import Stream


def probed_keys(stream: Stream, limit: int | None) -> dict[Key, tuple[int, Fact]]:
    """Return the keys to ask about, as `Stream.first_taught`; at most ``limit`` of them.

    The sample is the same for all runs over a stream.
    """
    keys = stream.first_taught()
    return {key: keys[key] for key in fixed_sample(list(keys), limit, 0, "probe.limit")}
