"""Distractors: objects that were never true of a key, to compare an erased object with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cltool.facts.facts import Fact
from cltool.facts.identity import name_identity, object_identities, object_identity

Named = dict[tuple[str, frozenset[str]], str]
"""(identity of an object, identities of all its spellings) → the object, in the order of first
appearance."""


class Distractors:
    """The objects of known facts, by relation, to use as distractors for other facts.

    Args:
        known: the facts whose objects are used.
    """

    def __init__(self, known: Sequence[Fact]) -> None:
        self._relations: dict[str, Named] = {}
        self._all: Named = {}
        for fact in known:
            for named in (self._relations.setdefault(name_identity(fact.relation), {}), self._all):
                names = frozenset(object_identities(fact.accepted))
                named.setdefault((object_identity(fact.object), names), fact.object)

    def of(self, fact: Fact, outdated: Iterable[str] = ()) -> list[str]:
        """Return objects that were never true of ``fact``'s key, each once, in order.

        They come from facts of the same relation, or, if there are none, from all facts.

        Args:
            fact: the erased fact.
            outdated: objects that were true of its key before.
        """
        true = object_identities((*fact.accepted, *outdated))
        for named in (self._relations.get(name_identity(fact.relation), {}), self._all):
            found: dict[str, str] = {}
            for (identity, names), name in named.items():
                if true.isdisjoint(names):
                    found.setdefault(identity, name)
            if found:
                return list(found.values())
        return []
