"""Checks that each event agrees with the events before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cltool.facts.facts import Key
from cltool.facts.files.events import Event, Reading
from cltool.facts.files.shown import shown
from cltool.facts.files.stored.events import EventTable
from cltool.facts.identity import folded_form
from cltool.facts.key_numbers import KeyNumbers
from cltool.facts.lookalikes import difference

_MOST_SEARCHED = 50
"""Most unknown keys for which a similar one is searched."""


class History:
    """The state of each key after the events so far, in order of time.

    Args:
        reading: the file that the events come from, for messages.
        dated: whether moments are days; a key may then change more than once on one day if each
            event states the value that it replaces.
    """

    def __init__(self, reading: Reading, dated: bool) -> None:
        self._reading = reading
        self._dated = dated
        self._last: dict[Key, Event] | EventTable = {}
        self._before: dict[Key, Event] | EventTable = {}
        if reading.events.stored:
            keys = KeyNumbers()
            self._last = EventTable(reading.events, keys)
            self._before = EventTable(reading.events, keys)
        self._searched = 0

    def add(self, event: Event) -> None:
        """Add an event that was not refused."""
        last = self._last.get(event.key)
        if last is not None and last.moment != event.moment:
            self._before[event.key] = last
        if last is not None and event.restates(last):
            known = dict.fromkeys((*event.aliases, last.value, *last.aliases))
            event = replace(event, aliases=tuple(known))
        self._last[event.key] = event

    def refuse(self, event: Event) -> str:
        """Return why the event contradicts the events before it, or ``""``."""
        last = self._last.get(event.key)
        if last is not None and last.moment == event.moment:
            if event.restates(last) or (last.forget and event.forget):
                return self._refuse_repeat(event, last)
            stated = bool(event.old or (event.forget and event.value))
            if not (self._dated and stated and not self._contradicts(event, last)):
                return self._two_at_once(event, last)
        return self._contradicts(event, last)

    def _refuse_repeat(self, event: Event, last: Event) -> str:
        before = self._before.get(event.key)
        reason = self._contradicts(event, before)
        return reason and self._contradicts(event, last)

    def _contradicts(self, event: Event, last: Event | None) -> str:
        valid = None if last is None or last.forget else last
        if valid is None:
            if event.forget:
                what = f"asks to forget {_named(event.key)}, which is not known at that point"
                return what + self._similar(event.key)
            if event.old:
                what = f"old is {shown(event.old)}, but {_named(event.key)} is not known at that"
                return f"{what} point{self._similar(event.key)}"
            return ""
        stated = {"old": event.old, "new": event.value if event.forget else ""}
        for name, value in stated.items():
            if value and not valid.names(value):
                where = self._reading.place(valid.line)
                what = f"{name} is {shown(value)}, but {where} says {shown(valid.value)}"
                return what + difference(value, valid.value)
        return ""

    def _similar(self, key: Key) -> str:
        """Return which known key differs from ``key`` only in case or form, or ``""``."""
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            return ""
        form = [*map(folded_form, key)]
        for other, event in self._last.items():
            if other != key and [*map(folded_form, other)] == form:
                where = self._reading.place(event.line)
                return f", but {_named(other)} is, in {where}{difference(key[0], other[0])}"
        return ""

    def _two_at_once(self, event: Event, last: Event) -> str:
        when = (
            f"on {date.fromordinal(event.moment).isoformat()}"
            if self._dated
            else f"in update {event.moment}"
        )
        where = self._reading.place(last.line)
        if event.forget or last.forget:
            return f"both a value and a request to forget {_named(event.key)} {when}: see {where}"
        return (
            f"two values for {_named(event.key)} {when}: "
            f"{shown(event.value)} here, {shown(last.value)} in {where}"
            + difference(event.value, last.value)
        )


def _named(key: Key) -> str:
    return f"({shown(key[0])}, {shown(key[1])})"
