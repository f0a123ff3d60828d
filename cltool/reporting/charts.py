"""What charts have in common: the look of a strategy's line, coordinates and axis labels."""

from __future__ import annotations

from typing import Any

CHARACTER = 6.3
"""Width of a character of an axis label, roughly."""

COLOURS = 8
DASHES = (None, "7 3", "2 2.5", "9 3 2 3")
MARKERS = (
    "M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",
    "M-3-3h6v6h-6z",
    "M0-4L3.8 2.9H-3.8z",
    "M0-4.2L4.2 0 0 4.2-4.2 0z",
    "M0 4L3.8-2.9H-3.8z",
    "M-3-3L3 3M3-3L-3 3",
    "M0-4V4M-4 0H4",
    "M-4 0H4M-2-3.5L2 3.5M2-3.5L-2 3.5",
)

Data = dict[str, Any]


def style(place: int) -> Data:
    """Return class (colour), dash and marker of the strategy at ``place``: never colour alone."""
    turn = place // COLOURS
    return {
        "class": f"s s{place % COLOURS}",
        "dash": DASHES[(place + turn) % len(DASHES)],
        "marker": MARKERS[(place + 3 * turn) % len(MARKERS)],
    }


def px(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def path(points: list[tuple[float, float]]) -> str:
    """Return the SVG path through ``points``."""
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in points)


def shortened(label: str, length: int) -> str:
    """Return a label cut to ``length`` characters."""
    return label if len(label) <= length else label[: length - 1] + "…"
