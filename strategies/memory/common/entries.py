"""Facts with the time in which they hold, and what a store of them can do.

A fact holds from the update that teaches it until an update supersedes it. If the source of the
stream has dates, it holds from its day until the day of the fact that supersedes it, so that a
question can be asked as of a day. Of an erased key nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

from cltool.facts.facts import Belief, Fact, Knowledge, Update

if TYPE_CHECKING:
    from cltool.facts.facts import Key


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in a store.

    Attributes:
        fact: the fact.
        learned: the step that taught it last.
        since: the day from which it holds; None if the source does not say.
        ended: the step that superseded it; None if it is valid.
        until: the day from which it no longer holds; None if it is valid, or without dates.
    """

    fact: Fact
    learned: int
    since: date | None = None
    ended: int | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Return whether it is valid now (``day`` is None), or was on ``day``."""
        if day is None:
            return self.ended is None
        begun = self.since is None or self.since <= day
        return begun and (self.ended is None or (self.until is not None and day < self.until))


class Store(Protocol):
    """Facts that can be looked up; those that hold now, or on one day."""

    def apply(self, update: Update, known: Knowledge) -> None:
        """Take in the next update.

        Args:
            update: the update.
            known: the knowledge after it.
        """

    def entries(self) -> list[Entry]:
        """Return all facts that hold."""

    def nearest(self, prompt: str, count: int) -> list[tuple[Entry, float]]:
        """Return the ``count`` facts that are most similar to ``prompt``, with their cosines."""

    def about(self, subjects: Collection[str]) -> list[Entry]:
        """Return the facts that hold about ``subjects``, given as identities of names."""

    def size(self) -> int | None:
        """Return the bytes that the store takes up; None: it is in memory and is not counted."""


def after(
    held: Sequence[Entry], belief: Belief, step: int, since: date | None
) -> tuple[Entry, ...]:
    """Return the entries of a key after an update that taught or restated it.

    Args:
        held: its entries before, oldest first.
        belief: the belief about it after the update.
        step: the number of the update.
        since: the day from which the new fact holds.
    """
    *older, last = held or (None,)
    if last is None or last.ended is not None:
        return (*held, Entry(belief.fact, belief.learned, since))
    if belief.fact.restates(last.fact):
        again = replace(last, fact=belief.fact, learned=belief.learned)
        return (*(one for one in older if one is not None), again)
    return (*held[:-1], replace(last, ended=step, until=since), Entry(belief.fact, step, since))


def taught(update: Update, known: Knowledge) -> list[Belief]:
    """Return the belief about each key that ``update`` teaches or restates, after it."""
    keys: dict[Key, None] = dict.fromkeys(f.key for f in (*update.restated, *update.learn))
    beliefs = (known.belief(key) for key in keys)
    return [belief for belief in beliefs if belief is not None and not belief.erased]


def catch_up(store: Store, known: Knowledge, step: int) -> None:
    """Apply to ``store`` the updates after ``step`` that ``known`` has.

    If there are several, as after resuming a run, the knowledge after each is made again.
    """
    missing = known.updates[step + 1 :]
    if len(missing) == 1:
        store.apply(missing[0], known)
        return
    again = Knowledge()
    for update in known.updates:
        again.apply(update)
        if update.step > step:
            store.apply(update, again)
