"""The page of a search: its fronts, and what the later updates say, one HTML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cltool.core.files import write_text
from cltool.reporting import formats
from cltool.reporting.charts import legend
from cltool.reporting.fronts import front_chart, settings
from cltool.reporting.markup import Markup, details, element, join, table
from cltool.reporting.page import asset, embedded, foot, head

Data = dict[str, Any]

LEAD = (
    "Settings of each strategy, searched on the first updates of the stream only: how much of what"
    " an update taught is known right after it, against how much of what was known before is"
    " retained. The later updates, on which nothing was searched, judge what was chosen."
)

NOTE = (
    "Means over seeds. Where the chosen settings are no better than the presets here, the search"
    " has found noise. A star marks a search in which no setting kept the bounds: the one that"
    " misses least is chosen."
)

READING = (
    "A line joins the settings that no others of the strategy beat in both. Ring: chosen. Cross:"
    " the presets. Pale: beaten."
)

SHOWN = ("new", "retained", "stale")

TOGETHER = 8
"""Most fronts in one chart; there are as many colours."""


def write_tuning(data: Data, path: Path) -> Path:
    """Write the page; the same data, the same file.

    Args:
        data: ``about`` (name → text), ``keep`` (the bounds, in words), ``tunings`` (as
            `cltool.reporting.tuning.as_json` gives them) and ``command`` (or None).
        path: the HTML file.
    """
    write_text(path, render(data))
    return path


def render(data: Data) -> str:
    """The page."""
    title = "Fronts of new against retained"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    tunings = data["tunings"]
    parts = [
        element("header", element("h1", title), element("p", LEAD, class_="lead")),
        _about(data["about"]),
        _section("The later updates' verdict", NOTE, _verdicts(tunings)),
        _section("Fronts", READING, _fronts(tunings)),
        _section("Strategy by strategy", f"Bounds: {data['keep']}.", _each(tunings)),
        foot(data["command"]),
    ]
    body = element(
        "body", element("main", *parts), embedded(data), element("script", asset("page.js"))
    )
    return "<!DOCTYPE html>\n" + element("html", head(title), body, lang="en") + "\n"


def _about(about: Mapping[str, str]) -> Markup:
    items = [element("div", element("dt", n), element("dd", text)) for n, text in about.items()]
    return element("dl", *items, class_="about")


def _section(title: str, note: str, content: Markup) -> Markup:
    return element("section", element("h2", title), element("p", note, class_="note"), content)


def _verdicts(tunings: Sequence[Data]) -> Markup:
    judged = [tuning for tuning in tunings if tuning["verdict"] is not None]
    if not judged:
        return element("p", "No updates are left to judge: all were searched on.")
    header = ["strategy"]
    for name in SHOWN:
        header += [f"{name}, chosen", "presets", "difference"]
    rows = []
    for tuning in judged:
        chosen, presets = tuning["verdict"]["chosen"], tuning["verdict"]["presets"]
        row = [tuning["strategy"] + " *" * (not tuning["kept"])]
        for name in SHOWN:
            difference = formats.signed(chosen[name] - presets[name])
            row += [formats.share(chosen[name]), formats.share(presets[name]), difference]
        rows.append(row)
    return table(header, rows, class_="numbers")


def _fronts(tunings: Sequence[Data]) -> Markup:
    """All fronts, as many in a chart as can be told apart."""
    parts: list[Markup] = []
    for begin in range(0, len(tunings), TOGETHER):
        some = tunings[begin : begin + TOGETHER]
        figure = element("figure", front_chart(some, range(len(some))), class_="panel")
        named = legend([tuning["strategy"] for tuning in some])
        parts.append(element("div", named, element("div", figure, class_="panels"), class_="front"))
    return element("div", *parts, class_="fronts")


def _each(tunings: Sequence[Data]) -> Markup:
    return join(_folded(place, tuning) for place, tuning in enumerate(tunings))


def _folded(place: int, tuning: Data) -> Markup:
    best = {trial["number"] for trial in tuning["front"]}
    rows = []
    for trial in sorted(tuning["trials"], key=lambda one: -one["scores"]["new"]):
        marks = [
            "chosen" * (trial["number"] == tuning["chosen"]["number"]),
            "front" * (trial["number"] in best),
        ]
        rows.append(
            [
                settings(trial),
                *(formats.share(trial["scores"][name]) for name in SHOWN),
                formats.count(trial["scores"]["tokens"]),
                ", ".join(mark for mark in marks if mark),
            ]
        )
    header = ["settings", *SHOWN, "tokens", ""]
    tried = table(header, rows, class_="settings")
    kept = "" if tuning["kept"] else "; none keeps the bounds"
    count = formats.plural(len(tuning["trials"]), "setting")
    chart = element("figure", front_chart([tuning], [place]), class_="panel")
    return details(f"{tuning['strategy']}: {count}{kept}", chart, tried)
