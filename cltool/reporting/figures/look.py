"""How figures look: size, font and lines, and the colours that every kind shares.

The colours are from Okabe & Ito's palette for people with a colour vision deficiency
(https://jfly.uni-koeln.de/color/), each dark enough to be seen on white. In grey they are told
apart by dash and marker, which differ, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RC: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7.0,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7.0,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.6,
    "grid.color": "#d9dcdf",
    "grid.linewidth": 0.5,
    "figure.dpi": 300,
    "savefig.dpi": 300,
    # Names of strategies and steps are text, also those with a dollar sign.
    "text.parse_math": False,
    "text.usetex": False,
    # Fonts as outlines: TrueType in PDF, which journals accept, and paths in SVG.
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    # The identifiers in an SVG are made from it: without it they are random.
    "svg.hashsalt": "cltool",
}
"""Settings of matplotlib; nothing of the user's own configuration counts."""

REST = "#a9adb2"
"""The colour of strategies that are not highlighted."""

INK = "#000000"
PAPER = "#ffffff"


@dataclass(frozen=True, slots=True)
class Style:
    """How the line and the point of a strategy look."""

    colour: str
    dash: Any
    marker: str
    filled: bool = True

    @property
    def face(self) -> str:
        """The colour inside of the marker."""
        return self.colour if self.filled else PAPER


STYLES = (
    Style("#0072b2", "-", "o"),
    Style("#d55e00", (0, (4, 1.5)), "s", filled=False),
    Style("#00795a", (0, (1.2, 1.2)), "^"),
    Style("#a6417e", (0, (5, 1.5, 1, 1.5)), "D", filled=False),
    Style("#000000", (0, (8, 2)), "v"),
    Style("#8a6400", (0, (3, 1, 1, 1, 1, 1)), "P"),
)
"""Of the strategies that are highlighted, in order."""


def styles(names: list[str]) -> dict[str, Style]:
    """Return the look of each of the highlighted strategies."""
    return dict(zip(names, STYLES, strict=False))


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 for black and 1 for white (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: str) -> str:
    """Return black or white, whichever has the higher contrast; it is at least 4.58 : 1."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, colour))
