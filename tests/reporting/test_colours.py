"""Colours of charts can be read in both schemes: contrasts of WCAG 2.2, from the style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cltool.reporting.figures.look import contrast, luminance

REPORTING = Path(__file__).parents[2] / "cltool" / "reporting"
LEVELS = range(21)


def colours(sheet: str, scheme: str) -> dict[str, str]:
    """The custom properties of a style sheet in a scheme: those of the light one are the first."""
    text = (REPORTING / sheet).read_text(encoding="utf-8")
    light, _, dark = text.partition("@media screen and (prefers-color-scheme: dark)")
    found = _properties(light.partition(":root {")[2].partition("}")[0])
    if scheme == "dark":
        found |= _properties(dark.partition(":root {")[2].partition("}")[0])
    return found


def _properties(text: str) -> dict[str, str]:
    values = re.findall(r"--([\w-]+):\s*(#[0-9a-f]+)", text)
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
        for name, value in values
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_in_heat_maps_can_be_read(scheme: str) -> None:
    known = colours("charts.css", scheme)
    for kind in "hd":
        for level in LEVELS:
            cell, text = known[f"{kind}{level}"], known[f"{kind}{level}-text"]
            assert contrast(cell, text) >= 4.5, (kind, level)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_heat_maps_are_read_by_lightness_alone(scheme: str) -> None:
    known = colours("charts.css", scheme)
    shares = [luminance(known[f"h{level}"]) for level in LEVELS]
    assert shares == sorted(shares, reverse=scheme == "light")
    away = [luminance(known[f"d{level}"]) for level in LEVELS]
    for half in (away[10:], away[10::-1]):
        assert half == sorted(half, reverse=scheme == "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_can_be_seen(scheme: str) -> None:
    known = colours("page.css", scheme)
    for place in range(8):
        assert contrast(known[f"c{place}"], known["paper"]) >= 3, place
