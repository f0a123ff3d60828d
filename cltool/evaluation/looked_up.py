"""Scores of what a strategy put before prompts: was a fact found, and was it read?

Only facts that updates taught count, because the model may know those of the base without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.evaluation.ledger import FOUND, KEY
from cltool.evaluation.matchers import judged

if TYPE_CHECKING:
    import pandas as pd

TWO_HOP = "two_hop"
"""The form of questions that two facts answer together."""


def scores(rows: pd.DataFrame, counted: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the scores of `cltool.evaluation.scores.LOOKED_UP` that a ledger has, by step.

    Args:
        rows: the ledger.
        counted: its rows of the forms that count.

    Returns:
        Score → step → value. Steps without a value are left out.
    """
    direct = _taught(counted)
    found = _found(direct, "")
    hops = rows[rows["form"] == TWO_HOP]
    if hops.empty:
        return found
    taught = _taught(judged(hops))
    return found | {TWO_HOP: _mean(taught, "right")} | _found(taught, f"{TWO_HOP}_")


def _taught(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows about valid facts that updates taught."""
    taught: pd.DataFrame = rows[rows["group"].isin(["new", "retained"]) & (rows["learned"] > 0)]
    return taught


def _found(rows: pd.DataFrame, prefix: str) -> dict[str, pd.Series]:
    """Return how many facts were found, and how many of the found ones were read."""
    if FOUND not in rows:
        return {}
    told = rows[rows[FOUND].notna()]
    read = told[told[FOUND].astype(bool)]
    return {f"{prefix}found": _mean(told, FOUND), f"{prefix}read": _mean(read, "right")}


def _mean(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return the mean over facts of the mean over their probes, by step."""
    values = rows.assign(**{column: rows[column].astype(float)})
    facts = values.groupby(["step", *KEY], sort=False, observed=True)[column].mean()
    means: pd.Series = facts.groupby("step").mean()
    return means
