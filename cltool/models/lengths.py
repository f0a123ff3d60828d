"""Refuses facts whose sentences are too long for the model, or leaves them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Coder

Pairs = list[tuple[str, str]]


def fit_to_context(stream: Stream, context: int, coder: Callable[[], Coder]) -> Stream:
    """Return the stream if every sentence fits into the model's context.

    If the stream was read with ``skip_bad``, facts that do not fit are left out: every fact of
    their keys is removed from all updates, and the stream's ``skipped`` lists them.

    Args:
        stream: its ``source`` says whether bad lines are skipped (``skip_bad``).
        context: longest sequence that the model takes, in tokens.
        coder: returns the model's tokenizer; called only if a sentence may be too long.

    Raises:
        UserError: facts do not fit; it lists each with the place where it was defined.
    """
    candidates = list(_possibly_too_long(stream, context))
    if not candidates:
        return stream
    tokenizer = coder()
    bad: list[str] = []
    keys: set[Key] = set()
    for update, fact, pairs in candidates:
        longest = max(len(encoded) for encoded in tokenizer.pairs(pairs))
        if longest > context:
            keys.add(fact.key)
            where = stream.origins.get((update.step, fact.key), f"update {update.label}")
            bad.append(
                f"{where}: {longest} tokens, the model takes {context}: {fact.subject[:60]!r}"
            )
    if not bad:
        return stream
    if stream.source.get("skip_bad"):
        return _without(stream, keys, bad)
    raise UserError(
        f"{len(bad)} fact{'s are' if len(bad) > 1 else ' is'} too long for the model",
        where=stream.name,
        details=bad[:50] + ([f"… and {len(bad) - 50} more"] if len(bad) > 50 else []),
        hint="Shorten them, skip them with --skip-bad, or use a model with a longer context.",
    )


def _possibly_too_long(stream: Stream, context: int) -> Iterator[tuple[Update, Fact, Pairs]]:
    """Return the facts with long sentences, and these sentences as (prompt, target).

    A token has at least one byte, so a sentence with fewer bytes than the context has tokens
    (special tokens counted) fits for certain.
    """
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
        replace(
            update,
            learn=tuple(fact for fact in update.learn if fact.key not in keys),
            forget=tuple(fact for fact in update.forget if fact.key not in keys),
            restated=tuple(fact for fact in update.restated if fact.key not in keys),
        )
        for update in stream
    ]
    return replace(stream, updates=updates, skipped=(*stream.skipped, *bad))
