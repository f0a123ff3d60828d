"""Numbers as text: 0.97 ± 0.01, 1.2 M, 3.1 MB, and a dash for a missing number."""

from __future__ import annotations

import math
from collections.abc import Callable

from cltool.evaluation import scores

DASH = "–"
MINUS = "−"
THIN = "\u2009"
"""Thin space, between a number and its unit and between groups of digits."""

Format = Callable[[float], str]


def number(value: float | None) -> float | None:
    """Return a number for JSON: None if it is missing, NaN or infinite."""
    return None if value is None or not math.isfinite(value) else float(value)


def share(value: float) -> str:
    """Return an accuracy or another share with two decimals."""
    text = f"{value:.2f}"
    return text.removeprefix("-") if text == "-0.00" else text.replace("-", MINUS)


def short(value: float) -> str:
    """Return ``.97`` for 0.97, ``−.10`` for -0.10 and ``1`` for 1.00: it fits in a small cell."""
    text = f"{abs(value):.2f}".removeprefix("0").removesuffix(".00") or "0"
    return f"{MINUS}{text}" if value < 0 and text != "0" else text


def signed(value: float) -> str:
    """Return a difference of shares with its sign."""
    text = share(value)
    return text if text.startswith(MINUS) or text == "0.00" else f"+{text}"


def precise(value: float) -> str:
    """Return a number with three decimals; with one from 10 on."""
    text = f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return text.replace("-", MINUS)


def figure(value: float) -> str:
    """Return a number with two decimals; with one from 10 on."""
    return share(value) if abs(value) < 10 else f"{value:,.1f}"


def signed_precise(value: float) -> str:
    """Return a difference as `precise` does, with its sign."""
    text = precise(value)
    return text if text.startswith(MINUS) or float(value) == 0 else f"+{text}"


def count(value: float) -> str:
    """Return a large number, for example of tokens: 950, 12 k, 1.2 M."""
    return _scaled(value, ("", "k", "M", "G", "T"))


def size(value: float) -> str:
    """Return bytes in powers of ten: 0 B, 12 kB, 3.1 MB."""
    return _scaled(value, ("B", "kB", "MB", "GB", "TB"))


def seconds(value: float) -> str:
    """Return seconds: 3.4 below ten, 34 and 1 234 above."""
    return f"{value:.1f}" if abs(value) < 9.95 else f"{value:,.0f}".replace(",", THIN)


def whole(value: float) -> str:
    """Return a whole number with its digits in groups of three."""
    return f"{value:,.0f}".replace(",", THIN).replace("-", MINUS)


FORMATS: dict[scores.Format, Format] = {
    "share": share,
    "signed": signed,
    "count": count,
    "seconds": seconds,
    "size": size,
}
"""The function for each format that a score can name."""


def shown(value: float | None, form: Format) -> str:
    """Return ``value`` formatted by ``form``, or a dash if it is missing."""
    return DASH if value is None or math.isnan(value) else form(value)


def margin(half: float | None, form: Format) -> str:
    """Return the half-width of an interval, without a sign; empty if there is no interval."""
    if half is None or math.isnan(half):
        return ""
    return f"±{THIN}{form(half).removeprefix('+')}"


def with_margin(mean: float | None, half: float | None, form: Format) -> str:
    """Return ``0.97 ± 0.01``; ``0.97`` if there is no interval; a dash if there is no mean."""
    return " ".join(part for part in (shown(mean, form), margin(half, form)) if part)


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 run``, ``3 runs``."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def _scaled(value: float, units: tuple[str, ...]) -> str:
    power = 0
    size = abs(value)
    while size >= 999.5 and power < len(units) - 1:
        size /= 1000
        power += 1
    digits = 1 if power and size < 9.95 else 0
    number = f"{math.copysign(size, value):.{digits}f}".replace("-", MINUS)
    return f"{number}{THIN}{units[power]}".rstrip(THIN)
