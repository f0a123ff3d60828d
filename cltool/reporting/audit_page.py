"""The page of an audit: one HTML file that opens from disk, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from cltool.core.files import write_text
from cltool.reporting import formats
from cltool.reporting.audit_data import SAID
from cltool.reporting.audit_parts import (
    BAD,
    WORDS,
    about_block,
    doubts_block,
    section,
    settings_block,
    short,
    signed,
)
from cltool.reporting.markup import Markup, details, element, join, table, wide
from cltool.reporting.page import asset, embedded, foot, head

Data = dict[str, Any]

LEAD = (
    "Whether a model that was made to forget facts can be told from one that never knew them. Both"
    " were attacked in the same ways, with the same questions, seeds and batches. The target is the"
    " retrained model's score, not 0: what lies above it is residue, what lies below is"
    " over-forgotten, and of what was to be kept it is damage. Both are failures."
)

NOTE = (
    "A verdict holds the interval of the difference (model less reference) against a tolerance:"
    " indistinguishable if all of it is within, residue or over-forgotten if all of it is beyond,"
    " and else undecided. Where all facts differ alike, the interval allows for facts of another"
    " kind of which none was seen. “Agrees within” is the smallest tolerance at which the two would"
    " be indistinguishable."
)

WIDTH, HEIGHT = 132.0, 16.0
FULL = 0.5
"""Difference at the edge of the small charts; larger ones are cut."""


def write_audit(data: Data, path: Path) -> Path:
    """Write the page of `cltool.reporting.audit_data.audit_data`; the same data, the same file."""
    write_text(path, render(data))
    return path


def render(data: Data) -> str:
    """The page."""
    title = "Audit of erased facts"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    parts = [
        element("header", element("h1", title), element("p", LEAD, class_="lead")),
        about_block(data["about"]),
        _summary(data),
        doubts_block(data["doubts"]),
        section("Verdicts", NOTE, _verdicts(data["attacks"])),
        section(
            "Fact by fact",
            "What the model said of each erased fact; an answer that leaks stands out. Drawn: how"
            " many of all drawn answers leaked. P: probability of the object a token, in trained"
            " wordings.",
            _facts(data["facts"]),
        ),
    ]
    if data["steps"]:
        parts.append(
            section(
                "Step by step",
                "Of each step whose checkpoint is kept: how the norm of the weights grew against"
                " the base model's, as a natural logarithm, and the perplexity on general text.",
                _steps(data["steps"]),
            )
        )
    parts += [section("Settings", "", settings_block(data["settings"])), foot(data["command"])]
    main = element("main", *parts)
    body = element("body", main, embedded(data), element("script", asset("page.js")))
    return "<!DOCTYPE html>\n" + element("html", head(title), body, lang="en") + "\n"


def _summary(data: Data) -> Markup:
    """How often each verdict was given, and which attacks found something."""
    counts = data["verdicts"]
    items = [
        element("li", element("b", formats.whole(counts[word])), " ", _verdict(word))
        for word in WORDS
        if counts.get(word)
    ]
    parts = [element("ul", *items, class_="tally")]
    found = [one for one in data["attacks"] if one["verdict"] in BAD]
    if found:
        lines = [
            element(
                "li",
                f"{one['family']}, {one['title'].lower()}: ",
                _verdict(one["verdict"]),
                f", {formats.shown(one['figure'], formats.share)} where the reference has"
                f" {formats.shown(one['reference'], formats.share)}",
            )
            for one in found
        ]
        parts.append(element("ul", *lines))
    return element("div", *parts, class_="summary")


def _verdict(word: str) -> Markup:
    return element("span", word, class_="bad" if word in BAD else "plain")


def _verdicts(attacks: Sequence[Data]) -> Markup:
    header = (
        "attack",
        "verdict",
        "model",
        "reference",
        "before",
        "drawn",
        "difference",
        "interval",
        "agrees within",
        "tolerance",
        "n",
    )
    row = element("tr", *(element("th", name, scope="col") for name in header))
    bodies = []
    for family, members in groupby(attacks, key=lambda one: str(one["family"])):
        label = element("th", family, scope="rowgroup", colspan=len(header), class_="family")
        bodies.append(element("tbody", element("tr", label), *map(_attack, members)))
    content = element("table", element("thead", row), *bodies, class_="verdicts")
    meanings = [
        element(
            "div", element("dt", f"{one['family']}: {one['title']}"), element("dd", one["meaning"])
        )
        for one in attacks
    ]
    folded = details("What is scored", element("dl", *meanings, class_="meanings"))
    return join([wide(content, "Verdicts"), folded])


def _attack(one: Data) -> Markup:
    notes = [
        f"{name} {formats.shown(value, short)}"
        for name, value in one["notes"].items()
        if value is not None
    ]
    named: list[str] = [one["title"]]
    if notes:
        named.append(element("small", "; ".join(notes)))
    interval = " … ".join(formats.shown(one[name], signed) for name in ("low", "high"))
    cells: list[str] = [
        _verdict(one["verdict"]),
        *(formats.shown(one[name], short) for name in ("figure", "reference", "before")),
        _chart(one),
        formats.shown(one["difference"], signed),
        interval,
        formats.shown(one["within"], short),
        short(one["tolerance"]),
        formats.whole(one["n"]),
    ]
    return element(
        "tr",
        element("th", *named, scope="row", title=one["meaning"]),
        *(element("td", cell) for cell in cells),
    )


def _chart(one: Data) -> Markup:
    """The interval beside the tolerance; the numbers stand in the cells after it."""
    if one["low"] is None or one["high"] is None or one["difference"] is None:
        return join([])

    def at(value: float) -> float:
        return WIDTH / 2 * (1 + max(-1.0, min(1.0, value / FULL)))

    left, right = at(-one["tolerance"]), at(one["tolerance"])
    middle = HEIGHT / 2
    line = f"M{at(one['low']):.1f} {middle:g}H{at(one['high']):.1f}"
    shapes = [
        element("rect", class_="allowed", x=left, y=0.0, width=right - left, height=HEIGHT),
        element("path", class_="grid", d=f"M{WIDTH / 2:g} 0V{HEIGHT:g}"),
        element("path", class_="spread", d=line),
        element("circle", class_="spot", cx=at(one["difference"]), cy=middle, r=3.0),
    ]
    box = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return element(
        "svg", *shapes, viewBox=box, width=WIDTH, height=HEIGHT, aria_hidden="true", class_="small"
    )


def _facts(facts: Sequence[Data]) -> Markup:
    numbers = ("P", "P, reference", "P, before")
    header = element(
        "tr", *(element("th", name, scope="col") for name in ("fact", *SAID, *numbers))
    )
    body = []
    for fact in facts:
        relation = element("span", fact["relation"], class_="relation")
        named: list[str] = [fact["subject"], " ", relation, " ", element("b", fact["object"])]
        if fact["aliases"]:
            named.append(element("small", f"or {', '.join(fact['aliases'])}"))
        cells = [_said(fact["answers"][column]) for column in SAID]
        cells += [
            element("td", formats.shown(fact[name], short))
            for name in ("probability", "reference", "before")
        ]
        body.append(element("tr", element("th", *named, scope="row"), *cells))
    content = element("table", element("thead", header), element("tbody", *body), class_="lost")
    return wide(content, "Erased facts")


def _said(told: Data | None) -> Markup:
    if told is None:
        return element("td", formats.DASH, class_="never", title="not asked in this way")
    said = element("span", told["answer"] or "(nothing)", class_="said")
    return element("td", said, class_="leaks" if told["score"] else None, title=told["answer"])


def _steps(steps: Sequence[Data]) -> Markup:
    rows = [
        [
            f"{one['step']} ({one['label']})",
            formats.shown(one["growth"], signed),
            formats.shown(one["perplexity"], lambda value: f"{value:,.2f}"),
        ]
        for one in steps
    ]
    return table(["step", "growth of the weights", "perplexity"], rows, class_="numbers")
