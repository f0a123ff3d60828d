"""Does an event agree with what the ones before it said?"""

from __future__ import annotations

from datetime import date

from cltool.facts.facts import Key
from cltool.facts.files.events import Event, Reading
from cltool.facts.files.rows import shown


class History:
    """What holds of each key while events are taken in, in order of time.

    Args:
        reading: where the events come from, for messages.
        dated: whether moments are days; then a key may change more than once in one
            moment, where each event states the value that it replaces.
    """

    def __init__(self, reading: Reading, dated: bool) -> None:
        self._reading = reading
        self._dated = dated
        self._last: dict[Key, Event] = {}
        self._before: dict[Key, Event | None] = {}

    def add(self, event: Event) -> None:
        """Take in an event that is not refused."""
        last = self._last.get(event.key)
        if last is None or last.moment != event.moment:
            self._before[event.key] = last
        self._last[event.key] = event

    def refuse(self, event: Event) -> str:
        """Why the event contradicts the ones before it, or ``""``."""
        last = self._last.get(event.key)
        if last is not None and last.moment == event.moment:
            if last.forget == event.forget and (event.forget or last.value == event.value):
                return self._refuse_repeat(event, last)
            stated = bool(event.old or (event.forget and event.value))
            if not (self._dated and stated and not self._unlike(event, last)):
                return self._two_at_once(event, last)
        return self._unlike(event, last)

    def _refuse_repeat(self, event: Event, last: Event) -> str:
        before = self._before[event.key]
        reason = self._unlike(event, before)
        return reason and self._unlike(event, last)

    def _unlike(self, event: Event, last: Event | None) -> str:
        held = None if last is None or last.forget else last
        if held is None:
            if event.forget:
                return f"asks to forget {_named(event.key)}, which is not known then"
            if event.old:
                return f"old is {shown(event.old)}, but {_named(event.key)} is not known then"
            return ""
        stated = {"old": event.old, "new": event.value if event.forget else ""}
        for name, value in stated.items():
            if value and not held.names(value):
                where = self._reading.place(held.line)
                return f"{name} is {shown(value)}, but {where} says {shown(held.value)}"
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
        )


def _named(key: Key) -> str:
    return f"({shown(key[0])}, {shown(key[1])})"
