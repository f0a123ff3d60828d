"""Objects that were never true of a key: what an erased object is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cltool.facts import Fact


def foils(fact: Fact, outdated: Iterable[str], known: Sequence[Fact]) -> list[str]:
    """Objects in ``known`` that were never true of ``fact``'s key, each once, in their order.

    Those of its relation; where there are none, those of any.

    Args:
        fact: what was erased.
        outdated: objects that were true of its key before.
        known: facts that may lend their objects.
    """
    true = {*fact.accepted, *outdated}
    for same in (True, False):
        found = {
            other.object: None
            for other in known
            if (other.relation == fact.relation or not same) and true.isdisjoint(other.accepted)
        }
        if found:
            return list(found)
    return []
