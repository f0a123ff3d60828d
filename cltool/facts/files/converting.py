"""Reads a file of facts of any shape, whatever time its rows have, and writes it as JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cltool.facts.files.events import QUESTION_RELATION, Event, Reading, read_events
from cltool.facts.files.json_lines import as_json_lines
from cltool.facts.files.spread import spread
from cltool.facts.shapes.catalogue import AUTO, OWN


def read_any(
    path: Path, *, shape: str = AUTO, updates: int | None = None, max_chars: int = 2000
) -> tuple[Reading, str]:
    """Return the content of a file, and which time its facts have: ``update``, ``date`` or ``""``.

    Args:
        path: a file, or a folder with the files of one table.
        shape: the name of the shape of its rows, or ``auto``.
        updates: divide facts without a time into a base and this many updates.
        max_chars: the longest text allowed.

    Raises:
        UserError: the file cannot be read, or its facts cannot be divided.
    """
    reading = read_events(path, dated=None, shape=shape, max_chars=max_chars)
    time = next((name for name in ("update", "date") if name in reading.columns), "")
    own = reading.taken.format == OWN
    if time or not own:
        reading = read_events(path, dated=time == "date", shape=shape, max_chars=max_chars)
    if updates is not None:
        spread(reading, updates)
        return reading, "update"
    if not own and not time and reading.taken.base:
        time = "update"
    return reading, time


def as_row(event: Event, time: str) -> dict[str, object]:
    """Return an event as a line of a file of facts.

    Args:
        event: the event.
        time: the column of its time: ``update``, ``date``, or ``""`` if it has none.
    """
    subject, relation = event.key
    row: dict[str, object] = {}
    if relation == QUESTION_RELATION and event.prompts:
        row |= {"prompt": event.prompts[0], "answer": event.value}
        more = {"paraphrases": [*event.prompts[1:]]}
    else:
        row |= {"subject": subject, "relation": relation, "new": event.value}
        more = {"prompts": [*event.prompts]}
    more |= {"aliases": [*event.aliases]}
    row |= {name: texts for name, texts in more.items() if texts}
    row |= {"old": event.old} if event.old else {}
    row |= {"forget": True} if event.forget else {}
    if time:
        row[time] = event.moment if time == "update" else _day(event.moment, event.until)
    return row | {name: value for name, value in event.tags if name not in row}


def as_lines(events: Sequence[Event], time: str) -> str:
    """Return events as JSON lines, in the order of their time."""
    ordered = sorted(events, key=lambda event: event.moment) if time else events
    return as_json_lines([as_row(event, time) for event in ordered])


def _day(first: int, last: int) -> str:
    """Return a day, or the month or year whose first and last days are given."""
    text, other = (date.fromordinal(day).isoformat() for day in (first, last))
    return text if text == other else text[:7] if text[:7] == other[:7] else text[:4]
