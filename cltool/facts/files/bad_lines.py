"""Messages about the bad lines of a file of facts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cltool.core.errors import UserError
from cltool.facts.files.encodings import may_have_other_encoding
from cltool.facts.files.events import Reading

_MAX_SHOWN = 50


def bad_details(reading: Reading) -> list[str]:
    """Return the bad lines with the reasons, in their order."""
    return [*_details(reading)]


def _details(reading: Reading) -> Iterator[str]:
    return (f"{reading.place(line)}: {reason}" for line, reason in reading.bad.items())


def first_details(reading: Reading) -> list[str]:
    """Return the first bad lines with the reasons, and how many more there are."""
    details = [*islice(_details(reading), _MAX_SHOWN)]
    more = len(reading.bad) - len(details)
    return [*details, f"… and {more:,} more"] if more else details


def _mending(reading: Reading) -> list[str]:
    """Return what to do about bad lines; a file in another encoding is converted as a whole."""
    undecoded = sum(map(may_have_other_encoding, reading.bad.values()))
    if undecoded == len(reading.bad):
        return []
    them = "the other lines" if undecoded else "them"
    skip = ", or skip them with --skip-bad" if len(reading.bad) < reading.lines else ""
    return [f"Fix {them}{skip}."]


def refusal(reading: Reading) -> UserError:
    """Return the error that names the bad lines, and says what to do about them."""
    count = len(reading.bad)
    return UserError(
        "1 bad line" if count == 1 else f"{count:,} bad lines",
        where=str(reading.path),
        hint=" ".join([*reading.advice, *_mending(reading)]),
        details=first_details(reading),
    )
