"""Tables of audits for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.reporting import formats
from cltool.reporting.survey_data import spread
from cltool.reporting.verdicts import WORDS

if TYPE_CHECKING:
    from cltool.audit.audit import Audit
    from cltool.audit.survey import Survey, Table

SCORES = ("erased", "new", "retained", "stale", "acc", "retained_of_before", "erasing_share")


def verdicts(audit: Audit) -> str:
    """Return a table of all attacks on one model, with their verdicts."""
    rows = [["attack", "verdict", "before", "model", "reference", "interval", "agrees within", "n"]]
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
    return "\n".join([*formats.aligned(rows), "", counts])


def tally(survey: Survey) -> str:
    """Return a table for each step: how often each verdict was given, and the runs' scores.

    The strategies with the fewest verdicts that tell their model from the reference come first.
    """
    words = [word for word in WORDS if word in survey.words]
    return "\n\n".join(_table(table, words) for table in survey.tables)


def _table(table: Table, words: list[str]) -> str:
    from cltool.audit.survey import RUN_SCORES

    titles = [RUN_SCORES[name].title for name in SCORES]
    header = [f"after step {table.step} ({table.label})", *words, *titles]
    rows = [header, ["the reference", *[""] * len(words)]]
    rows[-1] += [_mean(table.reference_scores[name]) for name in SCORES]
    for one in table.strategies:
        counts = [str(one.tally.get(word, 0)) for word in words]
        rows.append([one.label, *counts, *(_mean(one.scores[name]) for name in SCORES)])
    return "\n".join(formats.aligned(rows, right=True))


def _mean(values: Sequence[float | None]) -> str:
    return formats.shown(spread(values)["mean"], formats.share)
