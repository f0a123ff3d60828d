"""Divides the events of a file without times into a base and updates, in the order of its lines."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.facts.files.bad_lines import first_details
from cltool.facts.files.events import Event, Reading


def spread(reading: Reading, updates: int) -> None:
    """Give the events of ``reading`` update numbers, so that each update has the same share.

    What was true before (`cltool.facts.files.shaped`) is the base. If there is none of it, the
    first share of the events is the base.

    Args:
        reading: its events are changed.
        updates: number of updates after the base.

    Raises:
        UserError: the lines have a time of their own, or there are too few.
    """
    where = str(reading.path)
    own = reading.times
    if own and (reading.events or reading.bad):
        raise UserError(
            f"the lines cannot be divided into updates: they have {' and '.join(sorted(own))}",
            where=where,
            hint="Leave out scenario.updates.",
        )
    base = [event for event in reading.events if not event.moment] if _has_base(reading) else []
    later = [event for event in reading.events if event.moment or not base]
    shares = updates + (not base)
    count = sum(event.kept for event in later)
    if count < shares:
        raise UserError(
            f"{plural(count, 'line')} cannot be divided into {plural(shares, 'part')}",
            where=where,
            details=first_details(reading),
            hint="Use a lower scenario.updates.",
        )
    first = updates + 1 - shares
    before = accumulate((event.kept for event in later), initial=0)
    moved = [
        # Lines that a filter leaves out count for no share.
        _at(event, first + min(at, count - 1) * shares // count)
        for at, event in zip(before, later, strict=False)
    ]
    reading.events = [*base, *moved]
    reading.updates = set(range(updates + 1))


def _has_base(reading: Reading) -> bool:
    moments = {event.moment for event in reading.events}
    return len(moments) > 1 or (bool(reading.taken.base) and not reading.taken.taught)


def _at(event: Event, moment: int) -> Event:
    return replace(event, moment=moment, until=moment)
