"""Dates in a text, however they are written in English: 9 November 1989, Nov. 9th, 1989-11-09."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_NAMES = "|".join(rf"{name[:3]}(?:t)?(?:\.|{name[3:]})?" for name in MONTHS)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{_NAMES})"
_YEAR = r"(?P<year>\d{4})"
_FORMS = tuple(
    re.compile(rf"(?<![\w-]){form}(?![\w-])", re.IGNORECASE)
    for form in (
        rf"{_DAY}(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+(?:the\s+)?{_DAY},?\s+{_YEAR}",
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)",
        rf"{_DAY}(?:\s+of)?\s+{_MONTH}",
        rf"{_MONTH}\s+(?:the\s+)?{_DAY}",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date, perhaps without its year or its day."""

    year: int | None
    month: int
    day: int | None

    def within(self, other: Date) -> bool:
        """Return whether this date is ``other``, or lies in it, as a day lies in a month."""
        return (
            self.month == other.month
            and (other.day is None or self.day == other.day)
            and (other.year is None or self.year == other.year)
        )


@lru_cache(maxsize=1 << 14)
def date_of(name: str) -> Date | None:
    """Return the date that ``name`` is, or None."""
    name = name.strip().rstrip(".")
    for form in _FORMS:
        if found := form.fullmatch(name):
            return _date(found)
    return None


def dates_in(text: str) -> Iterator[tuple[int, int, Date]]:
    """Yield (begin, end, date) of the dates in ``text``; the longest of those that overlap."""
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for found in form.finditer(text):
            begin, end = found.span()
            date = _date(found)
            if date is not None and all(end <= low or begin >= high for low, high in taken):
                taken.append((begin, end))
                yield begin, end, date


def _date(found: re.Match[str]) -> Date | None:
    parts = found.groupdict()
    month = parts["month"].casefold()
    number = int(month) if month.isdigit() else 1 + [m[:3] for m in MONTHS].index(month[:3])
    day = parts.get("day")
    year = parts.get("year")
    if not 1 <= number <= 12 or (day is not None and not 1 <= int(day) <= 31):
        return None
    return Date(int(year) if year else None, number, int(day) if day else None)
