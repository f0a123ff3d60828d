"""The events of a file, in memory while they are few, else in a temporary file."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast, overload

from cltool.core.records import Records
from cltool.facts.facts import Key
from cltool.facts.files.event import Event
from cltool.facts.identity import SpelledKey
from cltool.facts.key_numbers import KeyNumbers

IN_MEMORY = 200_000
"""Most events that are kept in memory: about 100 MB."""


class Events(Sequence[Event]):
    """The good lines of a file, at first in file order.

    Args:
        most: how many are kept in memory; `IN_MEMORY` if not given.

    Attributes:
        most: the same.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = IN_MEMORY if most is None else most
        self._held: list[Event] = []
        self._records: Records[Event] | None = None
        self._order = array("I")
        self._moments = array("q")
        self._recent: deque[tuple[Event, int]] = deque(maxlen=8)

    @property
    def stored(self) -> bool:
        """Whether the events are in a temporary file."""
        return self._records is not None

    def append(self, event: Event) -> None:
        """Append an event."""
        if self._records is None:
            self._held.append(event)
            if len(self._held) > self.most:
                self._store()
            return
        self._order.append(self.number_of(event))

    def _store(self) -> None:
        held, self._held = self._held, []
        self._records = Records(_encode, _decode)
        for event in held:
            self.append(event)

    def __len__(self) -> int:
        return len(self._held if self._records is None else self._order)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._held) if self._records is None else map(self.record, self._order)

    @overload
    def __getitem__(self, place: int) -> Event: ...
    @overload
    def __getitem__(self, place: slice) -> list[Event]: ...
    def __getitem__(self, place: int | slice) -> Event | list[Event]:
        if self._records is None:
            return self._held[place]
        if isinstance(place, slice):
            return [self.record(number) for number in self._order[place]]
        return self.record(self._order[place])

    def record(self, number: int) -> Event:
        """Return the event with a number that `number_of` returned."""
        for known, own in self._recent:
            if own == number:
                return known
        event = self._file()[number]
        if event.moment != self._moments[number]:
            event = replace(event, moment=self._moments[number], until=self._moments[number])
        self._recent.append((event, number))
        return event

    def number_of(self, event: Event) -> int:
        """Return the number of the record of ``event``, which is written if it has none.

        Only of the latest events is it known that they have one.
        """
        for known, number in self._recent:
            if known is event:
                return number
        number = self._file().append(event)
        self._moments.append(event.moment)
        self._recent.append((event, number))
        return number

    def _file(self) -> Records[Event]:
        if self._records is None:
            self._store()
        return cast(Records[Event], self._records)

    def in_time(self) -> Sequence[int]:
        """Return the places of the events in order of time; those of one moment as they are."""
        if self._records is None:
            held = self._held
            return sorted(range(len(held)), key=lambda place: held[place].moment)
        import numpy as np

        moments = np.frombuffer(self._moments, np.int64)[np.frombuffer(self._order, np.uint32)]
        if (moments[1:] >= moments[:-1]).all():
            return range(len(self))
        return array("I", np.argsort(moments, kind="stable").astype(np.uint32).tobytes())

    def move(self, place: int, moment: int) -> None:
        """Give an event another moment."""
        if self._records is None:
            self._held[place] = replace(self._held[place], moment=moment, until=moment)
        else:
            self._moments[self._order[place]] = moment
            self._recent.clear()

    def moment(self, place: int) -> int:
        """Return the moment of an event."""
        if self._records is None:
            return self._held[place].moment
        return self._moments[self._order[place]]

    def choose(self, places: Iterable[int]) -> None:
        """Keep the events at these places, in this order."""
        if self._records is None:
            self._held = [self._held[place] for place in places]
        else:
            self._order = array("I", (self._order[place] for place in places))


class EventTable:
    """For each key an event, as in a dictionary, in the memory of a few bytes a key.

    Args:
        events: where the events are; they are `Events.stored`.
        keys: numbers the keys. Several tables may share it.
    """

    def __init__(self, events: Events, keys: KeyNumbers) -> None:
        self._events, self._keys = events, keys
        self._numbers = array("i")

    def get(self, key: Key) -> Event | None:
        """Return the event of ``key``, or None."""
        number = self._keys.find(key)
        if not 0 <= number < len(self._numbers) or self._numbers[number] < 0:
            return None
        return self._events.record(self._numbers[number])

    def at(self, number: int) -> Event:
        """Return the event of the key with a number."""
        return self._events.record(self._numbers[number])

    def __setitem__(self, key: Key, event: Event) -> None:
        number = self._keys.add(key)
        if (missing := number + 1 - len(self._numbers)) > 0:
            self._numbers.extend([-1] * missing)
        self._numbers[number] = self._events.number_of(event)

    def items(self) -> Iterator[tuple[Key, Event]]:
        """Iterate over keys and events, in the order in which the keys were numbered."""
        events = (self._events.record(number) for number in self._numbers if number >= 0)
        return ((event.key, event) for event in events)


class StepTable:
    """For each key an event, as in a dictionary; filled and cleared many times.

    The first events are in memory, and many more are not.

    Args:
        events: where the events are; they are `Events.stored`.
        keys: numbers the keys.
    """

    def __init__(self, events: Events, keys: KeyNumbers) -> None:
        self._events, self._keys = events, keys
        self.clear()

    def clear(self) -> None:
        """Remove all events."""
        self._held: dict[Key, Event] = {}
        self._more = EventTable(self._events, self._keys)
        self._order = array("i")

    def get(self, key: Key) -> Event | None:
        """Return the event of ``key``, or None."""
        return self._held.get(key) or (self._more.get(key) if self._order else None)

    def __setitem__(self, key: Key, event: Event) -> None:
        if key in self._held or len(self._held) < self._events.most:
            self._held[key] = event
            return
        if self._more.get(key) is None:
            self._order.append(self._keys.add(key))
        self._more[key] = event

    def items(self) -> Iterator[tuple[Key, Event]]:
        """Iterate over keys and events, in the order in which the keys got one."""
        yield from self._held.items()
        for number in self._order:
            event = self._more.at(number)
            yield event.key, event


def _encode(event: Event) -> object:
    span = event.until - event.moment
    more = (event.old, event.aliases, event.prompts, event.tags, span)
    row = (event.line, *event.key, event.value, event.moment, event.forget, event.kept)
    # A key of names in another form needs to be told from the plain tuple.
    spelled = isinstance(event.key, SpelledKey)
    return (*row, spelled, *more) if spelled or any(more) else row


def _decode(row: list[Any]) -> Event:
    line, subject, relation, value, moment, forget, kept, *more = row
    key: Key = (subject, relation)
    if not more:
        return Event(line, key, value, "", forget, (), (), moment, moment, (), kept)
    spelled, old, aliases, prompts, tags, span = more
    key = SpelledKey(key) if spelled else key
    named = tuple((name, text) for name, text in tags)
    return Event(
        line, key, value, old, forget, tuple(aliases), tuple(prompts), moment, moment + span,
        named, kept,
    )  # fmt: skip
