"""A survey as text, for a terminal: how often each verdict was given, beside the runs' scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.reporting import formats
from cltool.reporting.audit_parts import WORDS
from cltool.reporting.survey_data import TITLES, spread

if TYPE_CHECKING:
    from cltool.audit.survey import Survey, Table

SHOWN = ("erased", "new", "retained", "stale", "acc", "retained_of_before", "erasing_share")


def as_text(survey: Survey) -> str:
    """A table a step, the strategy whose model is told apart least first."""
    words = [word for word in WORDS if word in survey.words]
    return "\n\n".join(_table(table, words) for table in survey.tables)


def _table(table: Table, words: list[str]) -> str:
    header = [f"after step {table.step} ({table.label})", *words, *(TITLES[n] for n in SHOWN)]
    rows = [header, ["the reference", *[""] * len(words)]]
    rows[-1] += [_mean(table.reference_scores[name]) for name in SHOWN]
    for one in table.strategies:
        counts = [str(one.tally.get(word, 0)) for word in words]
        rows.append([one.label, *counts, *(_mean(one.scores[name]) for name in SHOWN)])
    return "\n".join(formats.aligned(rows, right=True))


def _mean(values: Sequence[float | None]) -> str:
    return formats.shown(spread(values)["mean"], formats.share)
