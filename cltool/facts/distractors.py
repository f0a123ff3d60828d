"""Objects that were never true of a key: what an erased object is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cltool.facts.facts import Fact

Named = dict[tuple[str, tuple[str, ...]], None]
"""(object, all its spellings), each once, in the order in which they were first seen."""


class Foils:
    """What facts may lend to others, by relation.

    Args:
        known: facts that may lend their objects.
    """

    def __init__(self, known: Sequence[Fact]) -> None:
        self._relations: dict[str, Named] = {}
        self._all: Named = {}
        for fact in known:
            for named in (self._relations.setdefault(fact.relation, {}), self._all):
                named[fact.object, fact.accepted] = None

    def of(self, fact: Fact, outdated: Iterable[str] = ()) -> list[str]:
        """Objects that were never true of ``fact``'s key, each once, in their order.

        Those of its relation; where there are none, those of any.

        Args:
            fact: what was erased.
            outdated: objects that were true of its key before.
        """
        true = {*fact.accepted, *outdated}
        for named in (self._relations.get(fact.relation, {}), self._all):
            found = {name: None for name, accepted in named if true.isdisjoint(accepted)}
            if found:
                return list(found)
        return []
