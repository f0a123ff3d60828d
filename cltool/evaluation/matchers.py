"""The ways to decide whether a probe is answered right, and which rows of a ledger they judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cltool.evaluation.matching import OUTDATED, RIGHT, Match

if TYPE_CHECKING:
    import pandas as pd

    from cltool.core.settings import ProbeSettings
    from cltool.lm.language_model import LanguageModel

EXACT, CONTAINS, CHOICE, AUTO = "exact", "contains", "choice", "auto"

MATCHERS = {
    EXACT: "an answer is right if it is the object and nothing else",
    CONTAINS: "an answer is right if its first sentence names the object",
    CHOICE: "a fact is right if its object is more probable than other objects of its relation",
}
"""Name of each way, and what is right in it."""

MATCH = "match"
"""The column of the ledger that names the way in which a run decides ``right`` and ``stale``."""

WRONG = "wrong"
VERDICTS = (RIGHT, OUTDATED, WRONG)


def in_words(matcher: str) -> str:
    """Return what is right in a run, as a sentence without its full stop."""
    meaning = MATCHERS.get(matcher, matcher)
    return f"{meaning[:1].upper()}{meaning[1:]} (--match {matcher})"


def chosen(settings: ProbeSettings, lm: LanguageModel) -> str:
    """Return the way in which answers of ``lm`` are judged: that of the settings.

    ``auto`` is `EXACT` for a model that cltool made, which answers with the object alone, and
    `CONTAINS` for any other one, which may answer in sentences.
    """
    if settings.match != AUTO:
        return settings.match
    return EXACT if lm.built else CONTAINS


def verdict(found: Match | None) -> str:
    """Return which of `VERDICTS` a match is."""
    return found.kind if found is not None and found.kind in (RIGHT, OUTDATED) else WRONG


def is_judged(row: Mapping[str, Any]) -> bool:
    """Return whether a row of the ledger has the verdict that decides in its run.

    `CHOICE` judges one probe of each fact. The other probes do not count in any score.
    """
    return row.get(MATCH) != CHOICE or row[CHOICE] is not None


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a ledger for which `is_judged` is true."""
    if MATCH not in rows:
        return rows
    found = (rows[MATCH] != CHOICE) | rows[CHOICE].notna()
    return rows if found.all() else rows[found]


def matcher_of(rows: pd.DataFrame) -> str:
    """Return how the run of a ledger decides ``right``; a ledger that does not say has `EXACT`."""
    said = rows[MATCH].dropna().tolist() if MATCH in rows else []
    return str(said[0]) if said else EXACT
