"""Finds who held each key, and when: its objects, with the steps at which they hold.

A *holder* is an object of a key. It holds from the update that teaches it until another object
supersedes it, or until an update asks to forget it. The facts of the base hold from step 0.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cltool.core.seeds import derive
from cltool.facts.distractors import distinct, untaken
from cltool.facts.facts import Fact, Key, Knowledge
from cltool.facts.identity import name_identity, object_identities
from cltool.facts.stream import Stream


@dataclass(frozen=True, slots=True)
class Holder:
    """An object of a key, and when it holds.

    Attributes:
        fact: the fact that states it, with all its spellings.
        steps: the steps after which it is valid, ascending. They have a gap if another object held
            in between.
    """

    fact: Fact
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key and its holders, in the order in which they first held.

    Attributes:
        key: the key, in its first spelling.
        holders: the holders, at least one.
    """

    key: Key
    holders: tuple[Holder, ...]


@dataclass
class _Span:
    fact: Fact
    begin: int
    end: int | None = None


def held_keys(stream: Stream) -> list[HeldKey]:
    """Return the keys of ``stream`` with their holders, in the order in which keys appear.

    Raises:
        UserError: an update contradicts the ones before it.
    """
    known = Knowledge()
    spans: dict[Key, list[_Span]] = {}
    steps = 0
    for update in stream:
        known.apply(update)
        steps = update.step + 1
        for fact in (*update.learn, *update.restated, *update.forget):
            belief = known.belief(fact.key)
            if belief is not None:
                own = spans.setdefault(fact.key, [])
                _continue(own, belief.fact, belief.erased, update.step)
    return [HeldKey(own[0].fact.key, _holders(own, steps)) for own in spans.values() if own]


def _continue(spans: list[_Span], fact: Fact, erased: bool, step: int) -> None:
    """Change the spans of a key after an update."""
    last = spans[-1] if spans and spans[-1].end is None else None
    if last is not None and not erased and fact.restates(last.fact):
        last.fact = fact
        return
    if last is not None:
        last.end = step
    if not erased:
        spans.append(_Span(fact, step))


def _holders(spans: Sequence[_Span], steps: int) -> tuple[Holder, ...]:
    """Return the holders of a key; an object that holds again is the same holder."""
    found: list[Holder] = []
    for span in spans:
        held = range(span.begin, steps if span.end is None else span.end)
        place = next((n for n, one in enumerate(found) if span.fact.restates(one.fact)), None)
        if place is None:
            found.append(Holder(span.fact, tuple(held)))
        else:
            before = found[place]
            fact = before.fact.with_names(span.fact.accepted)
            found[place] = Holder(fact, tuple(sorted({*before.steps, *held})))
    # An object never holds if one update both teaches it and asks to forget it.
    return tuple(one for one in found if one.steps)


class Rivals:
    """Objects that never held a key, to compare its holders with.

    Args:
        keys: all keys of a stream.
    """

    def __init__(self, keys: Sequence[HeldKey]) -> None:
        self._keys = keys

    def of(self, held: HeldKey, count: int) -> list[str]:
        """Return at most ``count`` objects that never held the key.

        Objects of the same relation come first, then objects of other relations. Each group is in
        a random order that depends only on the key.
        """
        rng = random.Random(derive(0, "rivals", *map(name_identity, held.key)))
        taken = {
            identity
            for holder in held.holders
            for identity in object_identities(holder.fact.accepted)
        }
        found: list[str] = []
        for pool in (self._relations[name_identity(held.key[1])], self._all):
            if len(found) < count:
                drawn = _drawn(pool, rng, count + len(taken))
                found += untaken(drawn, taken, count - len(found))
        return found

    @cached_property
    def _relations(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for held in self._keys:
            facts = (holder.fact for holder in held.holders)
            found.setdefault(name_identity(held.key[1]), []).extend(facts)
        return {name: distinct(facts) for name, facts in found.items()}

    @cached_property
    def _all(self) -> list[Fact]:
        return distinct(holder.fact for held in self._keys for holder in held.holders)


def _drawn(pool: Sequence[Fact], rng: random.Random, most: int) -> list[Fact]:
    """Return a sample that has at least ``most`` facts, unless the pool is smaller."""
    return rng.sample(pool, min(len(pool), 4 * most))
