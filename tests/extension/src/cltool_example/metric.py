"""``wordings_right``: how robust the answers are to the wording of the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool import Score

if TYPE_CHECKING:
    import pandas as pd


def wordings_right(answers: pd.DataFrame) -> float:
    """Return the share of valid facts that every wording answers right, after the last step."""
    valid = answers["group"].isin(["new", "retained"])
    last = answers[valid & (answers["step"] == answers["step"].max())]
    return float(last.groupby(["subject", "relation"])["right"].all().mean())


WORDINGS_RIGHT = Score(
    "wordings_right",
    "all wordings",
    "share of valid facts that are answered right in every wording after the last update",
    "higher",
    compute=wordings_right,
)
