"""What facts share with others, such as those that are erased: who stands near must stay known."""

from __future__ import annotations

from collections.abc import Sequence

from cltool.facts.facts import Fact

SUBJECT, OBJECT, RELATION, OTHER = "subject", "object", "relation", "other"
"""What a fact shares with one of the others, the nearest first."""


def nearness(facts: Sequence[Fact], around: Sequence[Fact]) -> list[str]:
    """The nearest thing that each of ``facts`` shares with any of ``around``.

    A name is shared whether it is a subject or an object: who is asked about the one is led to
    the other.
    """
    subjects = {fact.subject for fact in around}
    objects = {name for fact in around for name in fact.accepted}
    relations = {fact.relation for fact in around}

    def shared(fact: Fact) -> str:
        names = (fact.subject, *fact.accepted)
        if not subjects.isdisjoint(names):
            return SUBJECT
        if not objects.isdisjoint(names):
            return OBJECT
        return RELATION if fact.relation in relations else OTHER

    return list(map(shared, facts))
