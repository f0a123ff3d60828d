"""Collects events, in order of time, into updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cltool.facts.facts import Fact, Key, Update
from cltool.facts.files.events import Event, Reading


@dataclass
class NetChanges:
    """Collects events, in order of time, into updates with the net change of each key.

    Attributes:
        dated: whether the events have days.
        restated: the places of lines that state what holds already.
        origins: (step, key) → the place of the line that changed the key.
        days: (step, key) → the day from which a fact holds that the step teaches.
    """

    reading: Reading
    labels: Sequence[str]
    dated: bool
    updates: list[Update] = field(default_factory=list)
    restated: list[str] = field(default_factory=list)
    origins: dict[tuple[int, Key], str] = field(default_factory=dict)
    days: dict[tuple[int, Key], date] = field(default_factory=dict)
    _valid: dict[Key, Fact] = field(default_factory=dict)
    _last: dict[Key, Event] = field(default_factory=dict)

    def add(self, step: int, event: Event) -> None:
        """Add an event; its ``step`` is not before that of the last event."""
        while len(self.updates) < step:
            self._complete_step()
        last = self._last.get(event.key)
        if last is not None and event.restates(last):
            names = last.fact.with_names(event.fact.accepted)
            event = replace(event, value=names.object, aliases=names.aliases)
        self._last[event.key] = event

    def finish(self) -> None:
        """Complete the remaining updates."""
        while len(self.updates) < len(self.labels):
            self._complete_step()

    def _complete_step(self) -> None:
        step = len(self.updates)
        learn: list[Fact] = []
        forget: list[Fact] = []
        restated: list[Fact] = []
        for key, event in self._last.items():
            before = self._valid.get(key)
            if event.forget:
                if before is None:
                    continue
                forget.append(self._valid.pop(key))
            elif before is not None and event.fact.restates(before):
                fact = before.with_names(event.fact.accepted)
                if fact is before:
                    self.restated.append(self.reading.place(event.line))
                    continue
                self._valid[key] = fact
                restated.append(fact)
            else:
                self._valid[key] = fact = event.fact
                learn.append(fact)
                if self.dated:
                    self.days[step, key] = date.fromordinal(event.moment)
            self.origins[step, key] = self.reading.place(event.line)
        self._last.clear()
        facts = (tuple(learn), tuple(forget), tuple(restated))
        self.updates.append(Update(step, self.labels[step], *facts))
