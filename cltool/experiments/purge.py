"""What the strategies keep of a fact, and what is left of it when it was purged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.facts.facts import Fact, Key
from cltool.training.strategy import Strategies, state_bytes

if TYPE_CHECKING:
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Holding:
    """What one strategy keeps.

    Attributes:
        entries: key → how many entries of its stores are of that key; of asked keys only.
        size: bytes of all that it keeps.
    """

    entries: Counter[Key]
    size: int


class Purge:
    """Clears erased facts from every store, and counts what each of them held.

    Made before the update is taken in, so that what is dropped then is seen as well.

    Args:
        strategies: whose stores.
        facts: those to erase, as they are known.
    """

    def __init__(self, strategies: Strategies, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._before = _holdings(strategies, {fact.key for fact in facts}) if facts else {}

    def clear(self, learner: Learner) -> list[dict[str, Any]]:
        """Purge the strategies, after ``forget`` and before the update is learned.

        Returns:
            For each fact, name of the strategy → ``entries_before`` and ``entries_after`` of the
            fact in what is kept, ``bytes_before`` and ``bytes_after`` of all that is kept, and
            ``purged``: store → what was done there, in words. Where a strategy keeps nothing
            and did nothing, it is left out.
        """
        if not self._facts:
            return []
        strategies = learner.strategies
        done = strategies.purge(learner, self._facts)
        after = _holdings(strategies, {fact.key for fact in self._facts})
        return [
            {
                name: {
                    "entries_before": self._before[name].entries[fact.key],
                    "entries_after": after[name].entries[fact.key],
                    "bytes_before": self._before[name].size,
                    "bytes_after": after[name].size,
                    "purged": done[name],
                }
                for name in strategies.parts
                if self._before[name].size or after[name].size or done[name]
            }
            for fact in self._facts
        ]


def _holdings(strategies: Strategies, keys: Collection[Key]) -> dict[str, Holding]:
    found = {}
    for name, part in strategies.parts.items():
        state = part.stored()
        entries: Counter[Key] = Counter()
        _count([*state.values()], keys, entries)
        found[name] = Holding(entries, state_bytes(state) if state else 0)
    return found


def _count(value: object, keys: Collection[Key], entries: Counter[Key]) -> None:
    """Count the lists, however deep in ``value``, that begin with one of the ``keys``."""
    if isinstance(value, dict):
        value = [*value.values()]
    if not isinstance(value, list | tuple):
        return
    head = value[:2]
    if len(head) == 2 and all(isinstance(text, str) for text in head) and (*head,) in keys:
        entries[head[0], head[1]] += 1
        return
    for item in value:
        _count(item, keys, entries)
