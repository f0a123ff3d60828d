"""What the styles of pages promise: contrast in both schemes, and names that do no harm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cltool.reporting
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.reporting.templates import LONGEST
from cltool.reporting.views import accuracy_matrix

from .conftest import LABELS, Make, safe

FOLDER = Path(cltool.reporting.__file__).parent
CSS = (FOLDER / "page.css").read_text("utf-8")
AA = 4.5
"""Least contrast of text with what is behind it (WCAG 2.2, 1.4.3)."""

Colour = tuple[float, float, float]


def scheme(name: str) -> dict[str, Colour]:
    """The colours of a scheme, by variable; a dark one has those of the light one beneath."""
    dark = CSS.index("@media screen and (prefers-color-scheme: dark)")
    blocks = {"light": CSS[:dark], "dark": CSS[: CSS.index("* { box-sizing")]}
    found = re.findall(r"--([\w-]+): #([0-9a-f]{6});", blocks[name])
    return {
        variable: (int(hexa[:2], 16) / 255, int(hexa[2:4], 16) / 255, int(hexa[4:], 16) / 255)
        for variable, hexa in found
    }


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over(colour: Colour, opacity: float, paper: Colour) -> Colour:
    red, green, blue = (
        front * opacity + back * (1 - opacity) for front, back in zip(colour, paper, strict=True)
    )
    return red, green, blue


def test_contrast_as_published() -> None:
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    grey = (0x76 / 255,) * 3
    assert contrast(grey, (1, 1, 1)) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_numbers_in_heat_maps_can_be_read(name: str) -> None:
    colours = scheme(name)
    for value in (place / 1000 for place in range(1001)):
        opacity, shade = accuracy_matrix.look(value)
        behind = over(colours["heat"], float(opacity), colours["paper"])
        assert contrast(colours[f"heat-{shade}"], behind) >= AA, value


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "muted", "alert", "accent", "damaged", "better", "over"])
def test_text_can_be_read_on_every_ground(name: str, text: str) -> None:
    colours = scheme(name)
    grounds = ["paper", "best", "faint", *(["alert-paper"] if text != "over" else [])]
    found = {ground: round(contrast(colours[text], colours[ground]), 2) for ground in grounds}
    assert min(found.values()) >= AA, found


def test_verdicts_of_audits_have_colours_for_text() -> None:
    # The colours of lines (--c0 …) are made for strokes, and have too little contrast for text.
    for rule in re.findall(r"(\.v-[\w-]+) \{ color: var\((--[\w-]+)\)", CSS):
        assert not re.fullmatch(r"--c\d", rule[1]), rule


def test_dark_colours_are_for_screens_only() -> None:
    for file in FOLDER.glob("*.css"):
        assert not re.search(r"@media \(prefers-color-scheme", file.read_text("utf-8")), file


def test_a_long_name_does_not_make_a_page_wide_or_long(make: Make) -> None:
    name = "x" * 10_000
    runs = [make(subject=name, keep=0.3, erase=True, labels=LABELS[:3], facts=12)]
    tree = safe(render(page_data(runs)))
    longest = max((len(text) for tag, text in tree.text if tag not in ("script", "style")))
    assert longest <= 3 * LONGEST


def test_names_cannot_turn_the_text_around_them(make: Make) -> None:
    override = "\u202e"
    runs = [make(subject=f"{override}evil", keep=0.3, erase=True, labels=LABELS[:3], facts=12)]
    tree = safe(render(page_data(runs)))
    holders = {tag for tag, text in tree.text if override in text}
    assert holders <= {"bdi"}


def test_every_box_that_scrolls_has_a_name_of_its_own(make: Make) -> None:
    runs = [make(strategy=name, erase=True, labels=LABELS[:3], facts=12) for name in ("a", "b")]
    tree = safe(render(page_data(runs)))
    boxes = [one["aria-label"] for one in tree.all("div", "wide")]
    assert all(boxes) and "table" not in boxes
    assert len(boxes) == len({*boxes})
    assert not [one for _, one, _ in tree.seen if one.get("role") == "region"]
