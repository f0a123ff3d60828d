"""A user's list of facts to forget, compared with what the stream taught."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from cltool.audit.findings import Scope
from cltool.core.errors import UserError
from cltool.facts.facts import Belief, Fact, Knowledge

NAMED = 5
"""Maximum number of facts that a doubt names."""

_SHOWN = 20


def refuse_never_true(scope: Scope) -> None:
    """Refuse a list of a run's facts that has a fact which the stream never taught.

    The model was not taught such a fact, so it would look perfectly erased.

    Raises:
        UserError: the stream has nothing about a subject and relation of the list, or never had
            this object for them.
    """
    if scope.forget is None:
        return
    known = scope.stream.knowledge(len(scope.stream) - 1)
    unknown = [fact for fact in scope.case.erased if known.belief(fact.key) is None]
    wrong = [*_not_found(unknown, known)]
    wrong += [
        f"{fact.subject}, {fact.relation}: {fact.object!r} never was true; the stream has"
        f" {_objects(belief)}"
        for fact, belief in _never_true(scope, known)
    ]
    if wrong:
        raise UserError(
            f"{len(wrong)} fact{'s' * (len(wrong) > 1)} to forget never"
            f" {'were' if len(wrong) > 1 else 'was'} true",
            where=str(scope.forget),
            details=wrong[:_SHOWN],
            hint="Correct the subject, relation or object, or remove the line.",
        )


def _not_found(facts: Sequence[Fact], known: Knowledge) -> Iterator[str]:
    """Return a sentence about each fact whose key the stream does not have."""
    keys = {", ".join(belief.fact.key): None for belief in known.beliefs()}
    for number, fact in enumerate(facts):
        near = difflib.get_close_matches(", ".join(fact.key), keys, 1) if number < NAMED else []
        similar = f"; similar: {near[0]}" if near else ""
        yield f"{fact.subject}, {fact.relation}: the stream never taught it{similar}"


def listed_doubts(scope: Scope) -> list[str]:
    """Return what is wrong with a user's list of facts, compared with the stream."""
    if scope.forget is None or not scope.stream.first_taught():
        return []
    known = scope.stream.knowledge(scope.step)
    other = {
        fact.key: f"the stream has another object for their keys ({_objects(belief)}), so it cannot"
        " say whether the model knew them"
        for fact, belief in _never_true(scope, scope.stream.knowledge(len(scope.stream) - 1))
    }
    found: dict[str, list[Fact]] = {}
    for fact in scope.case.erased:
        belief = known.belief(fact.key)
        if fact.key in other:
            kind = other[fact.key]
        elif belief is None:
            kind = "the stream never taught their keys, so the model cannot know them"
        elif not _was_true(fact, belief):
            kind = "the stream teaches them only after this step, so the model cannot know them"
        elif not belief.erased and belief.fact.restates(fact):
            kind = "no update had to forget them, so the reference was taught them too"
        else:
            continue
        found.setdefault(kind, []).append(fact)
    doubts = []
    for kind, facts in found.items():
        named = "; ".join(f"{fact.subject}, {fact.relation}" for fact in facts[:NAMED])
        more = f" and {len(facts) - NAMED} more" if len(facts) > NAMED else ""
        doubts.append(f"Facts of the list ({named}{more}): {kind}.")
    return doubts


def _never_true(scope: Scope, known: Knowledge) -> Iterator[tuple[Fact, Belief]]:
    """Return each fact of the list that never was true, with what is known of its key."""
    for fact in scope.case.erased:
        belief = known.belief(fact.key)
        if belief is not None and not _was_true(fact, belief):
            yield fact, belief


def _was_true(fact: Fact, belief: Belief) -> bool:
    return any(fact.restates(held) for held in (belief.fact, *belief.former))


def _objects(belief: Belief) -> str:
    """Return all objects that a key had, oldest first."""
    held = [*belief.former, belief.fact]
    return ", then ".join(repr(fact.object) for fact in held[-NAMED:])
