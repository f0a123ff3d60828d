"""What the pages of audits have in common: sections, doubts, settings, and how numbers read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.reporting import formats
from cltool.reporting.markup import Markup, element, join, table

BAD = ("residue", "over-forgotten", "damaged")
WORDS = (*BAD, "undecided", "indistinguishable", "better than the reference")
"""Every verdict, the worst first."""


def section(title: str, note: str, content: Markup) -> Markup:
    """A part of the page with its heading, and a note on how to read it."""
    told = [element("p", note, class_="note")] if note else []
    return element("section", element("h2", title), *told, content)


def about_block(about: Mapping[str, str]) -> Markup:
    """What was audited."""
    items = [
        element("div", element("dt", name), element("dd", text)) for name, text in about.items()
    ]
    return element("dl", *items, class_="about")


def doubts_block(doubts: Sequence[str]) -> Markup:
    """What whoever reads the verdicts must know, where there is something."""
    if not doubts:
        return join([])
    title = element("p", element("b", "Before you conclude anything"))
    return element(
        "div", title, element("ul", *(element("li", text) for text in doubts)), class_="aside"
    )


def settings_block(settings: Mapping[str, Any]) -> Markup:
    """Every setting of the attacks."""
    rows = [
        [element("code", name), "none" if value is None else str(value)]
        for name, value in _flat(settings, "audit").items()
    ]
    return table(["", "value"], rows, class_="settings")


def _flat(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        place = f"{path}.{name}"
        flat |= _flat(value, place) if isinstance(value, Mapping) else {place: value}
    return flat


def short(value: float) -> str:
    """Three decimals below 10, two digits' worth above."""
    text = f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return text.replace("-", formats.MINUS)


def signed(value: float) -> str:
    """A difference, with its sign."""
    text = short(value)
    return text if text.startswith(formats.MINUS) or float(value) == 0 else f"+{text}"
