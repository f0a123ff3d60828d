"""Divides the events of a file without times into a base and updates, in the order of its lines."""

from __future__ import annotations

from array import array
from itertools import chain

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.facts.files.bad_lines import first_details
from cltool.facts.files.events import Reading


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
    events = reading.events
    has_base = _has_base(reading)
    # Places are numbers of a few bytes: a file may have millions of events.
    base = array("I", (n for n in range(len(events)) if has_base and not events.moment(n)))
    later = array("I", (n for n in range(len(events)) if not has_base or events.moment(n)))
    shares = updates + (not base)
    count = sum(events[place].kept for place in later)
    if count < shares:
        raise UserError(
            f"{plural(count, 'line')} cannot be divided into {plural(shares, 'part')}",
            where=where,
            details=first_details(reading),
            hint="Use a lower scenario.updates.",
        )
    first, before = updates + 1 - shares, 0
    for place in later:
        # Lines that a filter leaves out count for no share.
        kept = events[place].kept
        events.move(place, first + min(before, count - 1) * shares // count)
        before += kept
    events.choose(chain(base, later))
    reading.updates = set(range(updates + 1))


def _has_base(reading: Reading) -> bool:
    moments = {*map(reading.events.moment, range(len(reading.events)))}
    return len(moments) > 1 or (bool(reading.taken.base) and not reading.taken.taught)
