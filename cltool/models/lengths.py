"""Refuses facts that the model cannot take, because of their length or letters, or drops them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Coder
from cltool.models.spelling import lost_facts

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
    return _without_bad(stream, _too_long(stream, context, candidates, coder), TOO_LONG)


def fit_to_model(stream: Stream, context: int, coder: Coder) -> Stream:
    """Return the stream if every fact fits into the model's context and survives its tokenizer.

    If the stream was read with ``skip_bad``, other facts are left out, as by `fit_to_context`.

    Args:
        stream: its ``source`` says whether bad lines are skipped (``skip_bad``).
        context: longest sequence that the model takes, in tokens.
        coder: the model's tokenizer.

    Raises:
        UserError: facts do not fit; it lists each with the place where it was defined.
    """
    long, lost = _bad_facts(stream, context, coder)
    return _without_bad(stream, [*long, *lost], LOST if lost else TOO_LONG)


def problems(stream: Stream, context: int, coder: Coder) -> list[str]:
    """Return a sentence about each fact for which `fit_to_model` raises an error."""
    if stream.source.get("skip_bad"):
        return []
    long, lost = _bad_facts(stream, context, coder)
    return _listed([*long, *lost])


Bad = tuple[Key, str]
"""A fact that cannot be used: its key, and a sentence that says why."""

TOO_LONG = ("too long for the model", "Shorten them, skip them with --skip-bad, or use a model "
            "with a longer context.")  # fmt: skip
LOST = ("of no use with this model", "Skip them with --skip-bad, or use a model whose tokenizer "
        "knows all their characters and whose context is long enough.")  # fmt: skip


def _bad_facts(stream: Stream, context: int, coder: Coder) -> tuple[list[Bad], list[Bad]]:
    """Return the facts that are too long, and those that the tokenizer loses."""
    candidates = list(_possibly_too_long(stream, context))
    long = _too_long(stream, context, candidates, lambda: coder)
    lost = [
        (fact.key, f"{_where(stream, update, fact)}: {reason}")
        for update, fact, reason in lost_facts(stream, coder)
    ]
    return long, lost


def _too_long(
    stream: Stream,
    context: int,
    candidates: Sequence[tuple[Update, Fact, Pairs]],
    coder: Callable[[], Coder],
) -> list[Bad]:
    if not candidates:
        return []
    tokenizer = coder()
    bad = []
    for update, fact, pairs in candidates:
        longest = max(len(encoded) for encoded in tokenizer.pairs(pairs))
        if longest > context:
            sentence = f"{longest} tokens, the model takes {context}: {fact.subject[:60]!r}"
            bad.append((fact.key, f"{_where(stream, update, fact)}: {sentence}"))
    return bad


def _where(stream: Stream, update: Update, fact: Fact) -> str:
    return stream.origins.get((update.step, fact.key), f"update {update.label}")


def _without_bad(stream: Stream, bad: Sequence[Bad], why: tuple[str, str]) -> Stream:
    """Return the stream without bad facts.

    Raises:
        UserError: there are some, and the stream was not read with ``skip_bad``.
    """
    if not bad:
        return stream
    if stream.source.get("skip_bad"):
        return _without(stream, {key for key, _ in bad}, [text for _, text in bad])
    what, hint = why
    raise UserError(
        f"{len(bad)} fact{'s are' if len(bad) > 1 else ' is'} {what}",
        where=stream.name,
        details=_listed(bad),
        hint=hint,
    )


def _listed(bad: Sequence[Bad]) -> list[str]:
    more = [f"… and {len(bad) - 50} more"] if len(bad) > 50 else []
    return [text for _, text in bad[:50]] + more


def _possibly_too_long(stream: Stream, context: int) -> Iterator[tuple[Update, Fact, Pairs]]:
    """Return the facts with long sentences, and these sentences as (prompt, target).

    A token has at least one byte, so a sentence with fewer bytes than the context has tokens
    (special tokens counted) fits for certain.
    """
    for update in stream:
        for fact in update.learn:
            askings = stream.wordings.askings(fact.key)
            worded = [(one.prompt, one.wording.target(fact.object)) for one in askings]
            pairs = [
                (prompt, target)
                for prompt, target in worded or stream.wordings.examples(fact)
                if len((prompt + target).encode()) + 8 > context
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
