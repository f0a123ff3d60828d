"""HTML and SVG, safe by construction: text is escaped unless it is markup already."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

_VOID = frozenset({"meta", "br", "col"})


class Markup(str):
    """Text that is HTML already; only `element`, `join` and `raw` make it."""

    __slots__ = ()


def raw(text: str) -> Markup:
    """Text of our own that is HTML: never what comes from facts, settings or errors."""
    return Markup(text)


def join(parts: Iterable[str], between: str = "") -> Markup:
    """Parts in a row; those that are not markup are escaped."""
    return Markup(_escaped(between).join(_escaped(part) for part in parts))


def element(name: str, /, *children: str, **attributes: object) -> Markup:
    """One element. ``class_`` is the attribute class, ``aria_label`` is aria-label.

    Attributes that are None or False are left out, True stands alone, numbers are short.
    """
    written = "".join(
        f" {_attribute(key)}" if value is True else f' {_attribute(key)}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "", class_: str = ""
) -> Markup:
    """A plain table: the first cell of every row is its header."""
    head = element("tr", *(element("th", cell, scope="col") for cell in header))
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", c) for c in row[1:]))
        for row in rows
    ]
    parts = [element("caption", caption)] if caption else []
    parts += [element("thead", head), element("tbody", *body)]
    return wide(element("table", *parts, class_=class_ or None), label=caption)


def wide(content: Markup, label: str = "") -> Markup:
    """A box that scrolls sideways, with the keyboard too, when its content is too wide."""
    return element(
        "div", content, class_="wide", tabindex="0", role="region", aria_label=label or "table"
    )


def details(summary: str, *children: str, class_: str | None = None) -> Markup:
    """What is folded away behind one line."""
    return element("details", element("summary", summary), *children, class_=class_)


def _escaped(part: str) -> str:
    return part if isinstance(part, Markup) else html.escape(part, quote=True)


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    if isinstance(value, float):
        value = f"{value:.1f}".removesuffix(".0")
    return html.escape(str(value), quote=True)
