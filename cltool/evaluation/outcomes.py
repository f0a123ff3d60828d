"""What an answer is (right, outdated or wrong), how answers move between steps, what resurfaces."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.evaluation.ledger import KEY, PROBE
from cltool.evaluation.matchers import judged
from cltool.evaluation.metrics import DIRECT, held_out

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = ("right", "outdated", "wrong")
RESURFACING = (*KEY, "object", "erased", "step", "right", "asked")
"""Columns of `resurfacing`."""


def outcomes(rows: pd.DataFrame, suffix: str = "") -> list[str]:
    """Return one of `OUTCOMES` for each row.

    Args:
        rows: of a ledger, perhaps joined with those of another step.
        suffix: of the columns ``right`` and ``stale`` in a joined table.
    """
    return [
        "right" if right else "outdated" if stale else "wrong"
        for right, stale in zip(rows[f"right{suffix}"], rows[f"stale{suffix}"], strict=True)
    ]


def transitions(
    rows: pd.DataFrame, before: int, after: int, forms: Sequence[str] | None = None
) -> pd.DataFrame:
    """Count how answers moved between two steps, in probes.

    Only probes of facts that are valid and the same at both steps count. Averages hide opposite
    movements.

    Returns:
        3 × 3 table of `OUTCOMES`, index = answer at ``before``, columns = answer at ``after``.
    """
    probe = [*PROBE, "learned"]
    valid = _valid(held_out(rows, forms))
    first = valid[valid["step"] == before].set_index(probe)
    second = valid[valid["step"] == after].set_index(probe)
    both = first.join(second, how="inner", lsuffix="_before", rsuffix="_after")
    table = _moves(both, "_before", "_after")
    table.index.name, table.columns.name = f"after {before}", f"after {after}"
    return table


def no_moves() -> pd.DataFrame:
    """Return a table of `transitions` in which every count is 0."""
    import pandas as pd

    return pd.DataFrame(0, index=list(OUTCOMES), columns=list(OUTCOMES))


def since_taught(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the probes of facts that are valid at the end, with their answers when taught.

    Returns:
        The rows of the last step, with ``right_then`` and ``stale_then`` of the step that taught
        the fact.
    """
    asked = held_out(rows)
    return _with_then(_valid(asked[asked["step"] == asked["step"].max()]), asked)


def retained_since_taught(rows: pd.DataFrame, forms: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the probes of retained facts at every step, with their answers when taught.

    Returns:
        The rows of all steps, with the columns that `since_taught` adds.
    """
    asked = held_out(rows, forms)
    return _with_then(asked[asked["group"] == "retained"], asked)


def _with_then(now: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    then = asked[(asked["step"] == asked["learned"]) & (asked["group"] == "new")]
    both: pd.DataFrame = now.merge(
        then[[*PROBE, "learned", "right", "stale"]], on=[*PROBE, "learned"], suffixes=("", "_then")
    )
    return both


def moves_since_taught(rows: pd.DataFrame) -> pd.DataFrame:
    """Count how answers moved from the step that taught each fact to the last step.

    Facts that the last step taught have not had time to move and are left out.

    Returns:
        3 × 3 table of `OUTCOMES`, index = answer when taught, columns = answer at the end.
    """
    both = since_taught(rows)
    return _moves(both[both["learned"] < both["step"]], "_then", "")


def lost_by_step(rows: pd.DataFrame) -> Counter[int]:
    """Count, for each step, the probes that were right at the step before and are not right at it.

    One pass over the sorted ledger: `transitions` of every pair of neighbouring steps gives the
    same counts at many times the cost.
    """
    valid = _valid(held_out(rows)).copy()
    valid["probe"] = valid.groupby([*PROBE, "learned"], sort=False).ngroup()
    valid = valid.sort_values(["probe", "step"], kind="stable")
    earlier = valid[["probe", "step", "right"]].shift(1)
    follows = (earlier["probe"] == valid["probe"]) & (earlier["step"] == valid["step"] - 1)
    lost = valid[follows & (earlier["right"] == True) & ~valid["right"]]  # noqa: E712
    return Counter(int(step) for step in lost["step"].tolist())


def came_back(produced: Sequence[float]) -> list[bool]:
    """Return, for each step since a fact was erased, whether it has resurfaced.

    A fact has resurfaced at a step if it is produced there and was not produced right after it was
    erased.

    Args:
        produced: number or share of the wordings answered with the fact, a value a step; the
            first is the step that erased it.
    """
    return [produced[0] == 0 and value > 0 for value in produced]


def resurfacing(rows: pd.DataFrame) -> pd.DataFrame:
    """Find the erased facts that resurfaced (see `came_back`).

    A fact is produced when any wording that asks for it directly is answered with it. A fact that
    is taught again is not erased from then on.

    Returns:
        One row for each fact and step at which it was back: ``subject``, ``relation``, ``object``,
        ``erased`` (the step that erased it), ``step``, ``right`` of ``asked`` wordings.
    """
    rows = judged(rows)
    chosen = rows[(rows["group"] == "erased") & rows["form"].isin(DIRECT)]
    chosen = chosen.assign(object=[str(names[0]) for names in chosen["accepted"]])
    fact = [*KEY, "learned"]
    steps = chosen.groupby([*fact, "step"], sort=True, observed=True)
    table = steps.agg(
        object=("object", "first"), right=("right", "sum"), asked=("right", "size")
    ).reset_index()
    by_fact = table.groupby(fact, observed=True)
    table["erased"] = by_fact["step"].transform("min")
    back = by_fact["right"].transform(lambda own: came_back(own.tolist())).astype(bool)
    return table[back].sort_values(["step", *KEY])[list(RESURFACING)].reset_index(drop=True)


def resurfaced(rows: pd.DataFrame) -> float:
    """Return how many facts `resurfacing` finds; NaN where nothing was to be forgotten."""
    if not (rows["group"] == "erased").any():
        return math.nan
    return float(len(resurfacing(rows)[[*KEY, "erased"]].drop_duplicates()))


def _valid(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["group"].isin(["new", "retained"])]


def _moves(rows: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Cross-tabulate the outcomes in the columns with the suffixes ``before`` and ``after``."""
    counts = Counter(zip(outcomes(rows, before), outcomes(rows, after), strict=True))
    table = no_moves()
    for (then, now), count in counts.items():
        table.loc[then, now] = count
    return table
