"""Tables of audits for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.cli.tables import Part, table
from cltool.reporting import formats
from cltool.reporting.survey_data import spread
from cltool.reporting.verdicts import WORDS

if TYPE_CHECKING:
    from cltool.audit.audit import Audit
    from cltool.audit.survey import Survey
    from cltool.audit.survey_tables import Table

HEADER = ("attack", "verdict", "before", "model", "reference", "interval", "agrees within", "n")
SCORES = ("erased", "new", "retained", "stale", "acc", "retained_of_before", "erasing_share")


def verdicts(audit: Audit) -> list[Part]:
    """Return a table of all attacks on one model, with their verdicts, and their counts."""
    rows = []
    for row in audit.rows:
        low, high = row.difference.low, row.difference.high
        rows.append(
            [
                f"{row.attack.family}: {row.attack.title}",
                row.word,
                formats.DASH if row.before is None else f"{row.before:.3f}",
                f"{row.figure:.3f}",
                f"{row.reference:.3f}",
                f"{low:+.3f} … {high:+.3f}",
                f"±{row.within:.3f}",
                str(row.difference.n),
            ]
        )
    counts = ", ".join(f"{count} {word}" for word, count in audit.tally.items())
    return [table(HEADER, rows, text=HEADER[:2]), "", counts]


def counts(survey: Survey) -> list[Part]:
    """Return a table for each step: how often each verdict was given, and the runs' scores.

    The strategies with the fewest verdicts that tell their model from the reference come first.
    """
    words = [word for word in WORDS if word in survey.words]
    parts: list[Part] = []
    for step in survey.tables:
        parts += [_step(step, words), ""]
    return parts[:-1]


def _step(step: Table, words: Sequence[str]) -> Part:
    from cltool.audit.survey_tables import RUN_SCORES

    first = f"after step {step.step} ({step.label})"
    reference = [_mean(step.reference_scores[name]) for name in SCORES]
    rows = [["the reference", *[""] * len(words), *reference]]
    for one in step.strategies:
        given = [str(one.tally.get(word, 0)) for word in words]
        rows.append([one.label, *given, *(_mean(one.scores[name]) for name in SCORES)])
    return table([first, *words, *(RUN_SCORES[name].title for name in SCORES)], rows, text=[first])


def _mean(values: Sequence[float | None]) -> str:
    return formats.shown(spread(values)["mean"], formats.share)
