"""Collects events, in order of time, into updates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from cltool.facts.facts import Fact, Key, Update
from cltool.facts.files.events import Event, Reading
from cltool.facts.files.source import Places
from cltool.facts.files.stored.events import Events, StepTable
from cltool.facts.files.stored.facts import (
    FORGET,
    LEARN,
    RESTATED,
    Days,
    FactFiles,
    FactTable,
    Origins,
    StoredFact,
    StoredFacts,
    StoredUpdates,
)
from cltool.facts.identity import SpelledKey
from cltool.facts.key_numbers import KeyNumbers

_MOST_PLACES = 3
"""Most places of lines that state what holds already."""


class _Events(Protocol):
    def get(self, key: Key, /) -> Event | None: ...
    def __setitem__(self, key: Key, event: Event, /) -> None: ...
    def items(self) -> Iterable[tuple[Key, Event]]: ...
    def clear(self) -> None: ...


class _Book(Protocol):
    """Keeps the state of each key, and the facts of the updates."""

    @property
    def last(self) -> _Events:
        """Key → its last event within the step."""
        ...

    @property
    def origins(self) -> Mapping[tuple[int, Key], str]:
        """See `NetChanges`."""
        ...

    @property
    def days(self) -> Mapping[tuple[int, Key], date]:
        """See `NetChanges`."""
        ...

    def valid(self, key: Key) -> Fact | None:
        """Return the fact that holds, or None."""
        ...

    def add(self, kind: int, fact: Fact, step: int, event: Event, day: int) -> None:
        """Add a fact to an update; from then on, it holds or is forgotten."""
        ...

    def taken(self) -> tuple[Sequence[Fact], ...]:
        """Return the facts that were added since the last call, by kind."""
        ...


@dataclass
class NetChanges:
    """Collects events, in order of time, into updates with the net change of each key.

    Attributes:
        dated: whether the events have days.
        restatements: how many lines state what holds already.
        restated: the places of the first of them.
        origins: (step, key) → the place of the line that changed the key.
        days: (step, key) → the day from which a fact holds that the step teaches.
    """

    reading: Reading
    labels: Sequence[str]
    dated: bool
    updates: list[Update] = field(default_factory=list)
    restatements: int = 0
    restated: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        events, places = self.reading.events, self.reading.places
        self._book: _Book = _Stored(events, places) if events.stored else _Held(places)
        self._spelled = False

    @property
    def origins(self) -> Mapping[tuple[int, Key], str]:
        """The places of the lines that changed keys."""
        return self._book.origins

    @property
    def days(self) -> Mapping[tuple[int, Key], date]:
        """The days from which facts hold."""
        return self._book.days

    @property
    def steps(self) -> Sequence[Update]:
        """The updates, as a `Stream` takes them.

        Where some name may be written in several ways, the stream reads all names to find them.
        """
        lazy = self.reading.events.stored and not self._spelled
        return StoredUpdates(self.updates) if lazy else self.updates

    def add(self, step: int, event: Event) -> None:
        """Add an event; its ``step`` is not before that of the last event."""
        while len(self.updates) < step:
            self._complete_step()
        self._spelled = self._spelled or isinstance(event.key, SpelledKey)
        last = self._book.last.get(event.key)
        if last is not None and event.restates(last):
            names = last.fact.with_names(event.fact.accepted)
            event = replace(event, value=names.object, aliases=names.aliases)
        self._book.last[event.key] = event

    def finish(self) -> None:
        """Complete the remaining updates."""
        while len(self.updates) < len(self.labels):
            self._complete_step()

    def _complete_step(self) -> None:
        step, book = len(self.updates), self._book
        for key, event in book.last.items():
            before = book.valid(key)
            if event.forget:
                if before is not None:
                    book.add(FORGET, before, step, event, 0)
            elif before is not None and event.fact.restates(before):
                fact = before.with_names(event.fact.accepted)
                if fact is before:
                    self._note_restated(event)
                else:
                    book.add(RESTATED, fact, step, event, 0)
            else:
                book.add(LEARN, event.fact, step, event, event.moment if self.dated else 0)
        book.last.clear()
        learn, forget, restated = book.taken()
        self.updates.append(Update(step, self.labels[step], learn, forget, restated))

    def _note_restated(self, event: Event) -> None:
        self.restatements += 1
        if len(self.restated) < _MOST_PLACES:
            self.restated.append(self.reading.place(event.line))


class _Held:
    """Keeps everything in memory."""

    def __init__(self, places: Places) -> None:
        self.last: dict[Key, Event] = {}
        self.origins: dict[tuple[int, Key], str] = {}
        self.days: dict[tuple[int, Key], date] = {}
        self._places = places
        self._valid: dict[Key, Fact] = {}
        self._facts: tuple[list[Fact], ...] = ([], [], [])

    def valid(self, key: Key) -> Fact | None:
        return self._valid.get(key)

    def add(self, kind: int, fact: Fact, step: int, event: Event, day: int) -> None:
        key = event.key
        self._facts[kind].append(fact)
        if kind == FORGET:
            del self._valid[key]
        else:
            self._valid[key] = fact
        if day:
            self.days[step, key] = date.fromordinal(day)
        self.origins[step, key] = self._places.place(event.line)

    def taken(self) -> tuple[Sequence[Fact], ...]:
        taken = tuple(map(tuple, self._facts))
        self._facts = ([], [], [])
        return taken


class _Stored:
    """Keeps facts in files, and a few bytes for each key in memory."""

    def __init__(self, events: Events, places: Places) -> None:
        keys = KeyNumbers()
        self.last = StepTable(events, keys)
        self._facts = FactFiles()
        self._valid = FactTable(self._facts, keys)
        self._taken = [0, 0, 0]
        self._dated = False
        self.origins = Origins(self._facts, places)

    @property
    def days(self) -> Mapping[tuple[int, Key], date]:
        return Days(self._facts) if self._dated else {}

    def valid(self, key: Key) -> Fact | None:
        return self._valid.get(key)

    def add(self, kind: int, fact: Fact, step: int, event: Event, day: int) -> None:
        place = self._facts.files[kind].append(StoredFact(fact, step, event.line, day))
        self._dated = self._dated or bool(day)
        if kind == FORGET:
            self._valid.remove(event.key)
        else:
            self._valid.put(event.key, kind, place)

    def taken(self) -> tuple[Sequence[Fact], ...]:
        ends = [*map(len, self._facts.files)]
        each = zip(self._facts.files, self._taken, ends, strict=True)
        self._taken = ends
        return tuple(StoredFacts(file, range(begin, end)) for file, begin, end in each)
