"""Facts whose sentences are too long for the model: refused, or left out where asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Coder

Pairs = list[tuple[str, str]]


def fitting(stream: Stream, context: int, coder: Callable[[], Coder]) -> Stream:
    """The stream if every sentence fits; with ``skip_bad``, without the keys that do not.

    Args:
        stream: its source says whether bad lines are skipped.
        context: the longest sequence the model takes, in tokens.
        coder: made only where a sentence might be too long.

    Raises:
        UserError: some do not fit; each is named with where it comes from.
    """
    suspects = list(_suspects(stream, context))
    if not suspects:
        return stream
    tokens = coder()
    bad: list[str] = []
    keys: set[Key] = set()
    for update, fact, pairs in suspects:
        longest = max(len(one) for one in tokens.pairs(pairs))
        if longest > context:
            keys.add(fact.key)
            where = stream.origins.get((update.step, fact.key), f"update {update.label}")
            bad.append(
                f"{where}: {longest} tokens, the model takes {context}: {fact.key[0][:60]!r}"
            )
    if not bad:
        return stream
    if stream.source.get("skip_bad"):
        return _without(stream, keys, bad)
    raise UserError(
        f"{len(bad)} fact{'s are' if len(bad) > 1 else ' is'} too long for the model",
        where=stream.name,
        details=bad[:50] + ([f"… and {len(bad) - 50} more"] if len(bad) > 50 else []),
        hint="Shorten them, leave them out with --skip-bad, or use a model with a longer context.",
    )


def _suspects(stream: Stream, context: int) -> Iterator[tuple[Update, Fact, Pairs]]:
    """Facts with sentences of many bytes: a token is at least one, so others surely fit."""
    for update in stream:
        for fact in update.learn:
            pairs = [
                (asking.prompt, target)
                for asking in stream.wordings.askings(fact.key)
                for target in (asking.wording.target(fact.object),)
                if len((asking.prompt + target).encode()) + 8 > context
            ]
            if pairs:
                yield update, fact, pairs


def _without(stream: Stream, keys: set[Key], bad: list[str]) -> Stream:
    updates = [
        Update(
            update.step,
            update.label,
            tuple(fact for fact in update.learn if fact.key not in keys),
            tuple(fact for fact in update.forget if fact.key not in keys),
        )
        for update in stream
    ]
    return replace(stream, updates=updates, skipped=(*stream.skipped, *bad))
