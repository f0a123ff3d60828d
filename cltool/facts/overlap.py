"""What facts share with other facts, such as those to erase: near facts must stay known."""

from __future__ import annotations

from collections.abc import Sequence

from cltool.facts.facts import Fact
from cltool.facts.identity import name_identity, object_identities

SUBJECT, OBJECT, RELATION, OTHER = "subject", "object", "relation", "other"
"""What a fact can share with another fact, the closest first."""


def overlap(facts: Sequence[Fact], around: Sequence[Fact]) -> list[str]:
    """Return for each of ``facts`` the closest thing that it shares with any of ``around``.

    A name counts as shared whether it is a subject or an object, because a question about the
    one brings up the other. Names are compared as objects (`cltool.facts.identity`).
    """
    subjects = object_identities(fact.subject for fact in around)
    objects = object_identities(name for fact in around for name in fact.accepted)
    relations = {name_identity(fact.relation) for fact in around}

    def shared(fact: Fact) -> str:
        names = object_identities((fact.subject, *fact.accepted))
        if not subjects.isdisjoint(names):
            return SUBJECT
        if not objects.isdisjoint(names):
            return OBJECT
        return RELATION if name_identity(fact.relation) in relations else OTHER

    return list(map(shared, facts))
