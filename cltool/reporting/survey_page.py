"""The page of a survey: every strategy beside the retrained model, in all measures, at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from cltool.core.files import write_text
from cltool.reporting import formats
from cltool.reporting.audit_parts import (
    BAD,
    WORDS,
    about_block,
    doubts_block,
    section,
    settings_block,
    signed,
)
from cltool.reporting.markup import Markup, details, element, join, table
from cltool.reporting.page import asset, embedded, foot, head

Data = dict[str, Any]

LEAD = (
    "How far each strategy's model is from one that was retrained without the facts it was to"
    " forget. All were attacked in the same ways, with the same questions, seeds and batches. The"
    " target is the retrained model's figure, not 0."
)

NOTE = (
    "A figure is the mean over erased facts, retained facts or texts, of all seeds together. Sign"
    " and colour are its verdict, which holds the interval of the difference to the reference"
    " against the tolerance. Told apart are residue, over-forgotten and damaged; the strategy that"
    " is told apart in fewest measures stands first, and of equals the one with fewest undecided."
)

SIGNS = {
    "indistinguishable": "=",
    "undecided": "?",
    "residue": "▲",
    "over-forgotten": "▼",
    "damaged": "✕",
    "better than the reference": "+",
}
"""What stands before a figure, for those who do not see its colour."""

CLASSES = {word: f"v-{word.split()[0]}" for word in WORDS}

MEANS = {
    "indistinguishable": "within the tolerance of the reference",
    "undecided": "too few facts to tell",
    "residue": "more of the erased facts than the reference has",
    "over-forgotten": "less of them than a model has that never knew them",
    "damaged": "less than the reference of what was to be kept",
    "better than the reference": "more than the reference of what was to be kept",
}

COUNTS = ("tokens", "erasing_tokens")
"""Scores of the runs that are no shares."""


def write_survey(data: Data, path: Path) -> Path:
    """Write the page of `survey_data.survey_data`; the same data, the same file."""
    write_text(path, render(data))
    return path


def render(data: Data) -> str:
    """The page."""
    title = "Audits compared"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    parts = [
        element("header", element("h1", title), element("p", LEAD, class_="lead")),
        about_block(data["about"]),
        _left_out(data["left_out"]),
        doubts_block(data["doubts"]),
    ]
    for step in data["steps"]:
        name = f"After step {step['step']} ({step['label']})"
        content = join([_legend(), _strategies(data, step, name)])
        note = f"{NOTE} {formats.plural(step['erased'], 'fact')} of each seed were to be forgotten."
        parts.append(section(name, note, content))
    parts += [
        section("What is measured", "", _measures(data)),
        section("Settings", "", settings_block(data["settings"])),
        foot(data["command"]),
    ]
    main = element("main", *parts, class_="broad")
    body = element("body", main, embedded(data), element("script", asset("page.js")))
    return "<!DOCTYPE html>\n" + element("html", head(title), body, lang="en") + "\n"


def _left_out(rows: Sequence[Mapping[str, str]]) -> Markup:
    if not rows:
        return join([])
    items = [element("li", f"{one['run']}: {one['reason']}") for one in rows]
    return details(f"Not audited ({len(rows)})", element("ul", *items), class_="caution")


def _legend() -> Markup:
    items = [
        element(
            "li",
            element("span", SIGNS[word], class_=f"sign {CLASSES[word]}"),
            f"{word}: {MEANS[word]}",
        )
        for word in SIGNS
    ]
    return element("ul", *items, class_="legend signs")


def _strategies(data: Data, step: Data, name: str) -> Markup:
    """The table of one step: strategies by measures, the reference first."""
    reference, strategies = step["reference"], step["strategies"]
    body = [
        _plain_row("the reference", data, reference["figures"], reference["scores"]),
        _plain_row("the model before", data, step["before"], {}),
        *(_strategy(data, one) for one in strategies),
    ]
    content = element("table", _head(data), element("tbody", *body), class_="survey")
    return element("div", content, class_="wide tall", tabindex="0", role="region", aria_label=name)


def _head(data: Data) -> Markup:
    families = [
        element("th", family, scope="colgroup", colspan=len(list(members)), class_="first")
        for family, members in groupby(data["attacks"], key=lambda one: str(one["family"]))
    ]
    titles = [
        element("th", one["title"], scope="col", title=one["meaning"], class_=_first(data, place))
        for place, one in enumerate(data["attacks"])
    ]
    scores = [
        element("th", one["title"], scope="col", title=one["meaning"], class_=_edge(place))
        for place, one in enumerate(data["scores"])
    ]
    own = element(
        "th", "The runs themselves", scope="colgroup", colspan=len(scores), class_="first"
    )
    groups = [
        element("th", "strategy", scope="col", rowspan=2),
        element("th", "told apart", scope="col", rowspan=2),
    ]
    return element("thead", element("tr", *groups, *families, own), element("tr", *titles, *scores))


def _first(data: Data, place: int) -> str | None:
    """A line stands before the first column of a family."""
    attacks = data["attacks"]
    same = place and attacks[place]["family"] == attacks[place - 1]["family"]
    return None if same else "first"


def _edge(place: int) -> str | None:
    return None if place else "first"


def _plain_row(name: str, data: Data, figures: Data, scores: Data) -> Markup:
    """Figures that nothing is said of."""
    cells = [
        element("td", formats.shown(figures.get(one["attack"]), _figure), class_=_first(data, n))
        for n, one in enumerate(data["attacks"])
    ]
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td"),
        *cells,
        *_scores(data, scores),
        class_="held",
    )


def _strategy(data: Data, one: Data) -> Markup:
    counts = one["verdicts"]
    given = sum(counts.values())
    apart = sum(counts.get(word, 0) for word in BAD)
    told = ", ".join(f"{counts[word]} {word}" for word in WORDS if counts.get(word))
    seeds = len(one["seeds"])
    label: list[str] = [one["strategy"]]
    if seeds > 1:
        label.append(element("small", f"{seeds} seeds"))
    cells = [
        _cell(one["attacks"].get(attack["attack"]), _first(data, place))
        for place, attack in enumerate(data["attacks"])
    ]
    return element(
        "tr",
        element("th", *label, scope="row"),
        element("td", f"{apart} of {given}", title=told),
        *cells,
        *_scores(data, one["scores"]),
    )


def _cell(told: Data | None, first: str | None) -> Markup:
    if told is None:
        return element("td", formats.DASH, class_=first, title="not asked")
    word = told["verdict"]
    interval = " … ".join(formats.shown(told[name], signed) for name in ("low", "high"))
    shown = f"{word}: {formats.shown(told['difference'], signed)} ({interval}), n {told['n']}"
    if len(told["by_seed"]) > 1:
        shown += f"; by seed {_seeds(told, _figure)}"
    sign = element("span", SIGNS[word], class_="sign", aria_label=word, role="img")
    figure = formats.shown(told["figure"], _figure)
    classes = " ".join(filter(None, (CLASSES[word], first)))
    return element("td", sign, figure, class_=classes, title=shown)


def _scores(data: Data, scores: Data) -> list[Markup]:
    cells = []
    for place, one in enumerate(data["scores"]):
        told = scores.get(one["score"])
        form = formats.count if one["score"] in COUNTS else _figure
        mean = None if told is None else told["mean"]
        title = None
        if told is not None and len(told["by_seed"]) > 1:
            title = f"by seed {_seeds(told, form)}"
        cells.append(element("td", formats.shown(mean, form), class_=_edge(place), title=title))
    return cells


def _seeds(told: Data, form: formats.Format) -> str:
    return ", ".join(formats.shown(value, form) for value in told["by_seed"])


def _figure(value: float) -> str:
    return formats.share(value) if abs(value) < 10 else f"{value:,.1f}"


def _measures(data: Data) -> Markup:
    """Every column in words, with its tolerance and the facts that it comes from."""
    rows = [
        [
            f"{one['family']}: {one['title']}",
            one["meaning"],
            f"{one['tolerance']:g}",
            _counted(data, one["attack"]),
        ]
        for one in data["attacks"]
    ]
    rows += [[one["title"], one["meaning"], formats.DASH, formats.DASH] for one in data["scores"]]
    return table(["measure", "what it says", "tolerance", "n"], rows, class_="measures")


def _counted(data: Data, attack: str) -> str:
    """Facts, or texts, of all seeds; where strategies and steps differ, from the least on."""
    found = {
        one["attacks"][attack]["n"]
        for step in data["steps"]
        for one in step["strategies"]
        if attack in one["attacks"]
    }
    ends = sorted(found)
    return "–".join(formats.whole(end) for end in dict.fromkeys(ends[:1] + ends[-1:]))
