"""Distractors: other objects to compare the object of a fact with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from cltool.core.seeds import derive
from cltool.facts.facts import Fact, Key
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


def distinct(facts: Iterable[Fact]) -> list[Fact]:
    """Return one fact for each object, with the spellings that its facts have together."""
    found: dict[str, Fact] = {}
    for fact in facts:
        identity = object_identity(fact.object)
        known = found.get(identity)
        found[identity] = fact if known is None else known.with_names(fact.accepted)
    return list(found.values())


def untaken(facts: Iterable[Fact], taken: set[str], count: int) -> list[str]:
    """Return the first ``count`` objects of ``facts`` that have no spelling in common with others.

    Args:
        facts: the facts, in the order in which they are tried.
        taken: identities of the spellings that may not occur; those of the result are added.
        count: the most objects that are returned.
    """
    found: list[str] = []
    for fact in facts:
        if len(found) == count:
            break
        if taken.isdisjoint(names := object_identities(fact.accepted)):
            taken |= names
            found.append(fact.object)
    return found


class RelationDistractors:
    """Other objects of the same relation, in an order that is drawn for each key.

    Args:
        facts: the facts whose objects are used.
        seed: seed of the order.
    """

    def __init__(self, facts: Iterable[Fact], seed: int = 0) -> None:
        relations: dict[str, list[Fact]] = {}
        for fact in facts:
            relations.setdefault(name_identity(fact.relation), []).append(fact)
        self._relations = {name: distinct(own) for name, own in relations.items()}
        self._seed = seed

    def of(self, key: Key, true: Iterable[str], count: int) -> list[str]:
        """Return at most ``count`` objects of the relation of ``key``, in the order of the key.

        The order depends only on the seed and the key, so the same objects are returned for other
        ``true``, as far as they may be.

        Args:
            key: the key.
            true: objects and aliases that must not be among them.
            count: the most objects.
        """
        pool = self._relations.get(name_identity(key[1]), [])
        rng = random.Random(derive(self._seed, "choice", *map(name_identity, key)))
        return untaken(_mixed(pool, rng), object_identities(true), count)


def _mixed(pool: Sequence[Fact], rng: random.Random) -> Iterator[Fact]:
    """Iterate over ``pool`` in a random order, which is drawn only as far as it is needed."""
    moved: dict[int, int] = {}  # the shuffle of Fisher and Yates
    for place in range(len(pool)):
        drawn = rng.randrange(place, len(pool))
        yield pool[moved.get(drawn, drawn)]
        moved[drawn] = moved.get(place, place)
