"""The page of a survey: a table of strategies and measures, with the reference in its first row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from cltool.reporting import formats
from cltool.reporting.templates import page, write_page
from cltool.reporting.verdicts import BAD, WORDS
from cltool.runs.groups import flatten

Data = dict[str, Any]

LEAD = (
    "This page shows how far the model of each strategy is from the reference, a model that was"
    " retrained without the facts to be forgotten. All were attacked in the same ways, with the"
    " same questions, seeds and batches. The target is the reference's figure, not 0."
)

SIGNS = {
    "indistinguishable": "=",
    "undecided": "?",
    "residue": "▲",
    "over-forgotten": "▼",
    "damaged": "✕",
    "better than the reference": "+",
}
"""Signs before figures, for readers who do not see their colour."""

CLASSES = {word: f"v-{word.split()[0]}" for word in WORDS}

MEANINGS = {
    "indistinguishable": "within the tolerance of the reference",
    "undecided": "too few facts to tell",
    "residue": "shows more of the erased facts than the reference",
    "over-forgotten": "shows less of the erased facts than the reference",
    "damaged": "worse than the reference on what was to be kept",
    "better than the reference": "better than the reference on what was to be kept",
}

COUNTS = ("tokens", "erasing_tokens")
"""Scores of the runs that are counts, not shares."""


def write_survey(data: Data, path: Path) -> Path:
    """Write the page of `survey_data.survey_data`; the same data, the same file."""
    return write_page(path, render(data))


def render(data: Data) -> str:
    """Return the page."""
    title = "Audits compared"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    families = groupby(data["attacks"], key=lambda one: str(one["family"]))
    return page(
        "survey.html",
        data,
        title,
        lead=LEAD,
        signs=SIGNS,
        classes=CLASSES,
        meanings=MEANINGS,
        counts=COUNTS,
        families=[(family, len(list(members))) for family, members in families],
        tally=_tally,
        differing=lambda verdicts: sum(verdicts.get(word, 0) for word in BAD),
        facts_of=partial(_facts_of, data),
        settings=flatten(data["settings"], "audit"),
    )


def _tally(verdicts: Mapping[str, int]) -> str:
    return ", ".join(f"{verdicts[word]} {word}" for word in WORDS if verdicts.get(word))


def _facts_of(data: Data, attack: str) -> str:
    """Return how many facts, or texts, of all seeds were attacked; a range where steps differ."""
    found = {
        one["attacks"][attack]["n"]
        for step in data["steps"]
        for one in step["strategies"]
        if attack in one["attacks"]
    }
    ends = sorted(found)
    return "–".join(formats.whole(end) for end in dict.fromkeys(ends[:1] + ends[-1:]))
