"""The answers at the end of a run beside those given right after each fact was taught."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.evaluation import metrics
from cltool.evaluation.ledger import PROBE

if TYPE_CHECKING:
    import pandas as pd


def since_taught(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the probes of facts that are valid at the last step of a ledger.

    ``right`` and ``stale`` are those of the last step; ``right_then`` and ``stale_then`` those of
    the step that taught the fact.
    """
    asked = metrics.held_out(rows)
    last = asked["step"].max()
    now = asked[(asked["step"] == last) & asked["group"].isin(["new", "retained"])]
    then = asked[(asked["step"] == asked["learned"]) & (asked["group"] == "new")]
    both: pd.DataFrame = now.merge(
        then[[*PROBE, "learned", "right", "stale"]], on=[*PROBE, "learned"], suffixes=("", "_then")
    )
    return both
