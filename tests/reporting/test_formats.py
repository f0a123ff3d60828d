"""Numbers as text."""

from __future__ import annotations

import math

import pytest

from cltool.reporting import formats


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (formats.share, 0.966, "0.97"),
        (formats.share, -0.125, "−0.12"),
        (formats.share, -0.001, "0.00"),
        (formats.short, 0.97, ".97"),
        (formats.short, -0.1, "−.10"),
        (formats.short, 1.0, "1"),
        (formats.short, -0.001, "0"),
        (formats.signed, 0.031, "+0.03"),
        (formats.signed, -0.64, "−0.64"),
        (formats.signed, 0.0, "0.00"),
        (formats.count, 950, "950"),
        (formats.count, 1_234_567, "1.2\u2009M"),
        (formats.count, 99_960, "100\u2009k"),
        (formats.count, 999_700, "1.0\u2009M"),
        (formats.size, 0, "0\u2009B"),
        (formats.size, 3_100_000, "3.1\u2009MB"),
        (formats.seconds, 3.42, "3.4"),
        (formats.seconds, 34.2, "34"),
        (formats.seconds, 12345, "12\u2009345"),
        (formats.whole, 1254, "1\u2009254"),
    ],
)
def test_numbers(form: formats.Format, value: float, text: str) -> None:
    assert form(value) == text


def test_margins() -> None:
    assert formats.with_margin(0.97, 0.012, formats.share) == "0.97 ±\u20090.01"
    assert formats.with_margin(0.97, math.nan, formats.share) == "0.97"
    assert formats.with_margin(0.97, None, formats.share) == "0.97"
    assert formats.with_margin(math.nan, math.nan, formats.share) == "–"
    assert formats.with_margin(None, None, formats.share) == "–"
    assert formats.with_margin(0.1, 0.2, formats.signed) == "+0.10 ±\u20090.20"
