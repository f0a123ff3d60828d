"""Days and update numbers, as programs write them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)"
    r"(?P<zone>\s*(Z|UTC|[+-]\d{2}(:?\d{2})?))?",
    re.ASCII,
)
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d{1,16}))?e([+-]?)(\d{1,2})", re.ASCII)
"""A number as Polars (``1.2e1``), or C's format ``%e`` (``1.200000e+01``), writes it."""
_WHOLE = re.compile(r"(\d{1,9})[.,]0{1,2}", re.ASCII)
"""A whole number that a program wrote as a fraction. With three zeros it may be a thousand."""
_FORM = "write YYYY, YYYY-MM or YYYY-MM-DD"
_DAY = r"(1[3-9]|2\d|3[01])"
"""A day that cannot be a month."""
_OTHER_FORMS = (
    (r"\d{5}([.,]\d+)?", "it looks like the serial number of a day in a spreadsheet"),
    (r"-?\d{9,10}([.,]\d+)?", "it looks like seconds since 1970"),
    (r"-?\d{12,19}", "it looks like milliseconds since 1970 (to_json: date_format='iso')"),
    (rf"({_DAY}[./-]\d{{1,2}}|\d{{1,2}}[./-]{_DAY})[./-]\d{{4}}.*", "the year comes first"),
    (r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*", "the order of day and month is not certain"),
)


@lru_cache(maxsize=1 << 16)
def parse_date(text: str) -> tuple[int, int]:
    """Return the first and the last day that ``text`` can mean, as ordinals.

    A time of the day after the date is ignored, but not one with a time zone, in which the day
    may be another one; midnight UTC, which programs add to days, is.

    Raises:
        ValueError: it is not YYYY, YYYY-MM or YYYY-MM-DD, or the day does not exist.
    """
    timed = _TIME.fullmatch(text)
    if timed:
        _check_time(timed)
        text = timed["day"]
    found = _DATE.fullmatch(text)
    if found is None:
        likely = [what for form, what in _OTHER_FORMS if re.fullmatch(form, text, re.ASCII)]
        raise ValueError(f"{likely[0]}; {_FORM}" if likely else _FORM)
    year, month, day = found.groups()
    last_month = int(month or 12)
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last = first if day else date(int(year), last_month, monthrange(int(year), last_month)[1])
    except ValueError as error:
        raise ValueError("there is no such date") from error
    return first.toordinal(), last.toordinal()


def _check_time(found: re.Match[str]) -> None:
    zone = (found["zone"] or "").strip()
    hour, minute, *second = found["time"].replace(",", ".").split(":")
    if int(hour) > 23 or int(minute) > 59 or float(second[0] if second else 0) > 60:
        raise ValueError("there is no such time")
    if not zone:
        return
    utc = zone in ("Z", "UTC") or not re.search("[1-9]", zone)
    if not utc or re.search("[1-9]", found["time"]):
        raise ValueError("the day depends on the time zone; write YYYY-MM-DD")


def read_day(value: object, text: str) -> tuple[int, int]:
    """Return the first and the last day of a cell.

    Args:
        value: the cell.
        text: the cell as a CSV file has it.

    Raises:
        ValueError: it is not a day.
    """
    if isinstance(value, datetime):
        if value.tzinfo is not None and (
            value.utcoffset() != timedelta(0) or value.time() != datetime.min.time()
        ):
            raise ValueError("the day depends on the time zone; write YYYY-MM-DD")
        day = value.toordinal()
        return day, day
    return parse_date(as_whole(value, text))


def as_whole(value: object, text: str) -> str:
    """Return a number without its fraction, if that is zero; else ``text``."""
    if isinstance(value, float) and value.is_integer():
        # A column with gaps turns integers into floats on its way through pandas.
        return str(int(value))
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return str(int(value))
    if not isinstance(value, str):
        return text
    found = _WHOLE.fullmatch(text)
    return found[1] if found else _from_scientific(text)


def _from_scientific(text: str) -> str:
    """Return a whole number in scientific notation without it, if no digit was rounded away."""
    found = _SCIENTIFIC.fullmatch(text)
    if found is None:
        return text
    decimals, size = found[2] or "", int(found[4])
    # Polars writes all digits and no sign; a fixed number of digits may be too few.
    whole = (found[3] == "" or len(decimals) >= size) and (found[3] != "-" or size == 0)
    shown = found[1] + decimals[:size].ljust(size, "0")
    return str(int(shown)) if whole and not decimals[size:].strip("0") and size <= 8 else text


def read_update(value: object, text: str) -> int:
    """Return the number of an update.

    Args:
        value: the cell.
        text: the cell as a CSV file has it.

    Raises:
        ValueError: it is not a number of an update.
    """
    whole = as_whole(value, text)
    if whole.isascii() and whole.isdigit() and len(whole) <= 9:
        return int(whole)
    what = "write 0 for the base, then 1, 2, …"
    if re.fullmatch(r"\d{1,3}([.,' ]\d{3})+", text):
        what += "; without marks between thousands"
    raise ValueError(what)
