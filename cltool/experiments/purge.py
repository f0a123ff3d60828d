"""Removes erased facts from the strategies' own stores, and counts what each store held of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.facts.facts import Fact, Key
from cltool.facts.identity import key_of
from cltool.training.strategy import Strategies

if TYPE_CHECKING:
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Holding:
    """The contents of one strategy's stores.

    Attributes:
        entries: key → number of entries about it in the stores, for the keys to erase.
        size: bytes of everything in the stores.
    """

    entries: Counter[Key]
    size: int


class Purge:
    """Removes facts from every store, and counts the entries of each before and after.

    Create it before the strategies' ``forget`` is called: it counts the entries before in its
    constructor.

    Args:
        strategies: the strategies whose stores are purged.
        facts: the facts to erase, with the objects that are known.
    """

    def __init__(self, strategies: Strategies, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._before = _holdings(strategies, {fact.key for fact in facts}) if facts else {}

    def clear(self, learner: Learner) -> list[dict[str, Any]]:
        """Purge the strategies; call it after their ``forget`` and before the update is learned.

        Returns:
            For each fact, name of the strategy → ``entries_before`` and ``entries_after``, the
            entries of the fact in its stores; ``bytes_before`` and ``bytes_after``, the bytes of
            everything in its stores; and ``purged``: store → what was done there, in words. A
            strategy that stores nothing and did nothing is left out.
        """
        if not self._facts:
            return []
        strategies = learner.strategies
        purged = strategies.purge(learner, self._facts)
        after = _holdings(strategies, {fact.key for fact in self._facts})
        return [
            {
                name: {
                    "entries_before": self._before[name].entries[fact.key],
                    "entries_after": after[name].entries[fact.key],
                    "bytes_before": self._before[name].size,
                    "bytes_after": after[name].size,
                    "purged": purged[name],
                }
                for name in strategies.parts
                if self._before[name].size or after[name].size or purged[name]
            }
            for fact in self._facts
        ]


def _holdings(strategies: Strategies, keys: Collection[Key]) -> dict[str, Holding]:
    """Return name of the strategy → the contents of its stores."""
    holdings = {}
    for name, part in strategies.parts.items():
        state = part.stored()
        entries: Counter[Key] = Counter()
        _count([*state.values()], keys, entries)
        holdings[name] = Holding(entries, part.stored_bytes() if state else 0)
    return holdings


def _count(value: object, keys: Collection[Key], entries: Counter[Key]) -> None:
    """Add to ``entries`` the lists at any depth of ``value`` that begin with one of ``keys``."""
    if isinstance(value, dict):
        value = [*value.values()]
    if not isinstance(value, list | tuple):
        return
    head = value[:2]
    if (
        len(head) == 2
        and all(isinstance(text, str) for text in head)
        and (key := key_of(*head)) in keys
    ):
        entries[key] += 1
        return
    for item in value:
        _count(item, keys, entries)
