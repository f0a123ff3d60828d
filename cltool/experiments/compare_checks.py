"""Refuses arguments of a comparison that cannot be right, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.facts.stream import Stream


def check_arguments(
    strategies: Sequence[str], seeds: Sequence[int], settings: Mapping[str, Any]
) -> None:
    """Raise a `UserError` for unknown, missing or repeated arguments and for unused tables."""
    if isinstance(strategies, str):
        raise UserError("strategies are a list of names, not one text", where="strategies")
    for name in strategies:
        resolve.strategy_names(name)
    resolve.refuse_unused_tables(settings, strategies)
    for what, given in (("strategy", strategies), ("seed", seeds)):
        if not given:
            raise UserError(f"at least one {what} is needed", where="compare")
        if len(set(given)) < len(given):
            raise UserError(f"a {what} is named twice", where=", ".join(map(str, given)))


def check_streams(
    stream: Stream | str, options: Mapping[str, Any], stream_seeds: Sequence[int]
) -> None:
    """Raise a `UserError` unless the scenario makes another stream with every seed."""
    if isinstance(stream, Stream):
        raise UserError(
            "a stream that is made already has no other seeds",
            where="stream_seeds",
            hint="Give the name of the scenario, and its options, instead of a stream.",
        )
    if not stream_seeds or len(set(stream_seeds)) < len(stream_seeds):
        raise UserError("seeds of streams are missing or named twice", where="stream_seeds")
    if "seed" in options:
        raise UserError(
            "scenario.seed and seeds of streams are both given",
            where="stream_seeds",
            hint="Give only one of them.",
        )
    streams = [resolve.open_stream(stream, {**options, "seed": one}) for one in stream_seeds]
    if len({one.digest() for one in streams}) < len(streams):
        raise UserError(
            f"the scenario {stream} makes the same stream with every seed",
            where="stream_seeds",
            hint="Leave out the seeds of streams (--stream-seeds).",
        )
    if len({(one.name, *(update.label for update in one)) for one in streams}) > 1:
        raise UserError(
            f"the scenario {stream} makes streams with other names or updates for other seeds, so"
            " they cannot be compared",
            where="stream_seeds",
            hint="Leave out the seeds of streams (--stream-seeds).",
        )
