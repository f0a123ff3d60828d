"""A store of facts in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cltool.facts.identity import name_identity
from cltool.strategies.memory.common.entries import Entry, after, taught

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Key, Knowledge, Update

    Vector = np.ndarray[Any, np.dtype[np.float32]]


class Index(Protocol):
    """Texts that can be searched."""

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep only those with the indices ``kept``."""

    def similarities(self, text: str) -> Vector:
        """Return (texts,): the cosine of each text with ``text``."""


class ListStore:
    """Facts in memory. Without a day, superseded facts are dropped at once.

    Args:
        text: the text by which a fact is found; it depends on the key alone.
        days: (step, key) → the day from which a fact holds.
        index: searches the texts; None: `nearest` is not used.
        day: the day as of which facts hold; None: now.
    """

    def __init__(
        self,
        text: Callable[[Fact], str],
        days: Mapping[tuple[int, Key], date],
        index: Index | None,
        day: date | None,
    ) -> None:
        self._text, self._days, self._index, self._day = text, days, index, day
        self._held: dict[Key, tuple[Entry, ...]] = {}
        self._indexed: list[Key] = []
        self._valid: list[Entry | None] = []
        self._by_subject: dict[str, list[Key]] = {}

    def apply(self, update: Update, known: Knowledge) -> None:
        """Take in the next update; ``known`` is the knowledge after it."""
        for fact in update.forget:
            self._drop(fact.key)
        for belief in taught(update, known):
            key = belief.fact.key
            if key not in self._held:
                self._by_subject.setdefault(name_identity(key[0]), []).append(key)
            since = self._days.get((update.step, key))
            entries = after(self._held.get(key, ()), belief, update.step, since)
            self._held[key] = entries if self._day else entries[-1:]
        if self._index is not None:
            self._change_index(self._index)

    def entries(self) -> list[Entry]:
        """Return all facts that hold."""
        found = map(self._holding, self._held)
        return [entry for entry in found if entry is not None]

    def nearest(self, prompt: str, count: int) -> list[tuple[Entry, float]]:
        """Return the ``count`` facts that are most similar to ``prompt``, with their cosines."""
        if self._index is None or not self._indexed:
            return []
        cosines = self._index.similarities(prompt)
        found: list[tuple[Entry, float]] = []
        for place in np.argsort(-cosines, kind="stable"):
            entry = self._valid[place]
            if len(found) == count:
                break
            if entry is not None:
                found.append((entry, float(cosines[place])))
        return found

    def about(self, subjects: Collection[str]) -> list[Entry]:
        """Return the facts that hold about ``subjects``, given as identities of names."""
        keys = [key for name in subjects for key in self._by_subject.get(name, ())]
        found = map(self._holding, keys)
        return [entry for entry in found if entry is not None]

    def size(self) -> None:
        """Return None: what is in memory is counted as text."""

    def _holding(self, key: Key) -> Entry | None:
        return next((one for one in reversed(self._held[key]) if one.holds(self._day)), None)

    def _drop(self, key: Key) -> None:
        if self._held.pop(key, None) is not None:
            self._by_subject[name_identity(key[0])].remove(key)

    def _change_index(self, index: Index) -> None:
        places = {key: place for place, key in enumerate(self._indexed)}
        new = [key for key in self._held if key not in places]
        places |= {key: len(places) + place for place, key in enumerate(new)}
        texts = [self._text(self._held[key][-1].fact) for key in new]
        index.change(texts, [places[key] for key in self._held])
        self._indexed = [*self._held]
        self._valid = [self._holding(key) for key in self._indexed]
