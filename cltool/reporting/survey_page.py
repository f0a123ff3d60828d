"""The page of a survey: every strategy beside the retrained model, in all measures, at a glance."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from cltool.reporting import formats
from cltool.reporting.templates import page, write_page
from cltool.reporting.verdicts import BAD, WORDS
from cltool.runs.groups import flatten

Data = dict[str, Any]

LEAD = (
    "How far each strategy's model is from one that was retrained without the facts it was to"
    " forget. All were attacked in the same ways, with the same questions, seeds and batches. The"
    " target is the retrained model's figure, not 0."
)

SIGNS = {
    "indistinguishable": "=",
    "undecided": "?",
    "residue": "▲",
    "over-forgotten": "▼",
    "damaged": "✕",
    "better than the reference": "+",
}
"""What precedes a figure, for those who do not see its colour."""

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
    return write_page(path, render(data))


def render(data: Data) -> str:
    """Return the page."""
    title = "Audits compared"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    families = [
        (family, list(members))
        for family, members in groupby(data["attacks"], key=lambda one: str(one["family"]))
    ]
    return page(
        "survey.html",
        data,
        title,
        lead=LEAD,
        legend=[(SIGNS[word], CLASSES[word], word, MEANS[word]) for word in SIGNS],
        families=[(family, len(members)) for family, members in families],
        # A line precedes the first column of a family.
        attacks=[
            (one, None if place else "first")
            for _, members in families
            for place, one in enumerate(members)
        ],
        scores=[(one, None if place else "first") for place, one in enumerate(data["scores"])],
        tables=[_table(data, step) for step in data["steps"]],
        counted={one["attack"]: _counted(data, one["attack"]) for one in data["attacks"]},
        settings=flatten(data["settings"], "audit"),
    )


def _table(data: Data, step: Data) -> Data:
    """Return the rows of one step: the reference first."""
    reference = step["reference"]
    return {
        "title": f"After step {step['step']} ({step['label']})",
        "erased": formats.plural(step["erased"], "fact"),
        "rows": [
            _unjudged("the reference", data, reference["figures"], reference["scores"]),
            _unjudged("the model before", data, step["before"], {}),
            *(_judged(data, one) for one in step["strategies"]),
        ],
    }


def _unjudged(name: str, data: Data, figures: Data, scores: Data) -> Data:
    """Return a row without verdicts."""
    texts = [formats.shown(figures.get(one["attack"]), _figure) for one in data["attacks"]]
    return {
        "name": name,
        "apart": None,
        "cells": [{"text": text, "class": None, "title": None} for text in texts],
        "scores": _scores(data, scores),
    }


def _judged(data: Data, one: Data) -> Data:
    counts = one["verdicts"]
    apart = sum(counts.get(word, 0) for word in BAD)
    seeds = len(one["seeds"])
    return {
        "name": one["strategy"],
        "seeds": f"{seeds} seeds" if seeds > 1 else None,
        "apart": f"{apart} of {sum(counts.values())}",
        "tally": ", ".join(f"{counts[word]} {word}" for word in WORDS if counts.get(word)),
        "cells": [_cell(one["attacks"].get(attack["attack"])) for attack in data["attacks"]],
        "scores": _scores(data, one["scores"]),
    }


def _cell(told: Data | None) -> Data:
    if told is None:
        return {"text": formats.DASH, "class": None, "title": "not asked"}
    word = told["verdict"]
    difference, low, high = (
        formats.shown(told[name], formats.signed_precise) for name in ("difference", "low", "high")
    )
    title = f"{word}: {difference} ({low} … {high}), n {told['n']}"
    if len(told["by_seed"]) > 1:
        title += f"; by seed {_seeds(told, _figure)}"
    text = formats.shown(told["figure"], _figure)
    return {
        "text": text,
        "class": CLASSES[word],
        "title": title,
        "sign": SIGNS[word],
        "word": word,
    }


def _scores(data: Data, scores: Data) -> list[tuple[str, str | None]]:
    """Return text and title of each score of the runs themselves."""
    cells = []
    for one in data["scores"]:
        told = scores.get(one["score"])
        form = formats.count if one["score"] in COUNTS else _figure
        title = None
        if told is not None and len(told["by_seed"]) > 1:
            title = f"by seed {_seeds(told, form)}"
        cells.append((formats.shown(told and told["mean"], form), title))
    return cells


def _seeds(told: Data, form: formats.Format) -> str:
    return ", ".join(formats.shown(value, form) for value in told["by_seed"])


def _figure(value: float) -> str:
    return formats.share(value) if abs(value) < 10 else f"{value:,.1f}"


def _counted(data: Data, attack: str) -> str:
    """Return the number of facts, or texts, of all seeds; a range where steps differ."""
    found = {
        one["attacks"][attack]["n"]
        for step in data["steps"]
        for one in step["strategies"]
        if attack in one["attacks"]
    }
    ends = sorted(found)
    return "–".join(formats.whole(end) for end in dict.fromkeys(ends[:1] + ends[-1:]))
