"""Finds the names that a tokenizer loses: unknown characters, and texts that come back changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cltool.facts.facts import Fact, Update
from cltool.facts.identity import name_identity, names_object
from cltool.facts.stream import Stream
from cltool.lm.coder import Coder

SHOWN = 3
"""Names that a warning lists."""


def lost_facts(stream: Stream, coder: Coder) -> Iterator[tuple[Update, Fact, str]]:
    """Return the facts that a model with this tokenizer cannot learn or answer, and why.

    The model cannot write an object that the tokenizer changes, and it cannot tell subjects apart
    that the tokenizer turns into the same tokens.
    """
    facts = [(update, fact) for update in stream for fact in update.learn]
    objects = _changes({name for _, fact in facts for name in fact.accepted}, coder)
    twins = _twins({fact.subject for _, fact in facts}, coder)
    for update, fact in facts:
        if _is_lost(fact, objects):
            reason = objects[fact.object]
            yield update, fact, f"the tokenizer {reason[0]}: {fact.object[:60]!r}"
        elif twin := twins.get(fact.subject):
            yield (
                update,
                fact,
                f"the tokenizer does not tell it from {twin[:60]!r}: {fact.subject[:60]!r}",
            )


def _is_lost(fact: Fact, changed: Mapping[str, tuple[str, str]]) -> bool:
    """Return whether no accepted spelling of a fact's object comes back from its tokens."""
    return all(
        name in changed and not names_object(changed[name][1], fact.accepted)
        for name in fact.accepted
    )


def subject_warnings(stream: Stream, coder: Coder) -> list[str]:
    """Return a warning about subjects that the tokenizer changes, if it changes any."""
    subjects = {fact.subject for update in stream for fact in update.learn}
    changed = {
        name: reason
        for name, (reason, back) in _changes(subjects, coder).items()
        if name_identity(back).casefold() != name_identity(name).casefold()
    }
    if not changed:
        return []
    shown = "; ".join(f"{name[:60]!r} ({changed[name]})" for name in sorted(changed)[:SHOWN])
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return [f"The tokenizer does not keep {len(changed)} of the subjects: {shown}{more}."]


def _changes(names: Iterable[str], coder: Coder) -> dict[str, tuple[str, str]]:
    """Return the names that do not come back from their tokens.

    Returns:
        Name → (what happens to it, the text that comes back).
    """
    ordered = sorted(names)
    unknown = coder.tokenizer.unk_token_id
    changed = {}
    for name, ids in zip(ordered, coder.texts([f" {name}" for name in ordered]), strict=True):
        back = coder.decode(ids)
        if " ".join(back.split()) == " ".join(name.split()):
            continue
        # In some tokenizers the unknown token is also the end token, which no text contains.
        lost = unknown in ids and unknown != coder.eos
        what = "does not know a part of it" if lost else f"changes it to {back.strip()[:60]!r}"
        changed[name] = (what, back)
    return changed


def _twins(subjects: Iterable[str], coder: Coder) -> dict[str, str]:
    """Return the subjects that have the same tokens as another one, which is a different name."""
    ordered = sorted(subjects)
    first: dict[tuple[int, ...], str] = {}
    twins: dict[str, str] = {}
    for name, ids in zip(ordered, coder.texts([f" {name}" for name in ordered]), strict=True):
        other = first.setdefault(tuple(ids), name)
        if name_identity(other) != name_identity(name):
            twins |= {name: other, other: name}
    return twins
