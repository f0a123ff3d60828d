"""The scores of one step (`cltool.evaluation.summary.per_step`) from its coded rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation import looked_up
from cltool.evaluation.by_step.coded_step import GROUPS, CodedStep, Coder
from cltool.evaluation.by_step.probe_memory import ProbeMemory
from cltool.evaluation.ledger import FOUND
from cltool.facts.stream import ERASED, NEW, RETAINED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


def mean(values: Floats) -> float:
    """Return the mean; NaN without values. The sum is rounded once."""
    return math.fsum(values.tolist()) / len(values) if len(values) else math.nan


def fact_means(ids: Numbers, values: NDArray[Any]) -> tuple[Numbers, Floats]:
    """Return each id that appears, in order, and the mean of its values."""
    number = np.bincount(ids)
    total = np.bincount(ids, weights=values)
    found = np.flatnonzero(number)
    return found, total[found] / number[found]


def step_scores(
    coder: Coder, rows: CodedStep, forms: Sequence[str], taught: ProbeMemory
) -> dict[str, float]:
    """Return the scores of a step, and how many facts each comes from.

    Args:
        coder: the numbers of the run.
        rows: the rows of the step.
        forms: the forms that count; at least one row has one of them.
        taught: the verdicts of the steps that taught the facts, with those of this step.
    """
    counted = coder.counted(rows, forms)
    ids = (rows.fact * len(GROUPS) + rows.group)[counted]
    found, right = fact_means(ids, rows.right[counted])
    _, stale = fact_means(ids, rows.stale[counted])
    _, forced = fact_means(ids, rows.forced[counted])
    superseded = np.bincount(ids, weights=rows.superseded[counted])[found] > 0
    group = found % len(GROUPS)
    new, retained, erased = (group == GROUPS.index(name) for name in (NEW, RETAINED, ERASED))
    valid = new | retained
    trained = rows.judged & coder.having(rows.form, ("trained",)) & rows.valid
    scores = {
        "new": mean(right[new]),
        "retained": mean(right[retained]),
        "stale": mean(stale[valid & superseded]),
        "erased": mean(right[erased]),
        "valid": mean(right[valid]),
        "trained": mean(fact_means(rows.fact[trained], rows.right[trained])[1]),
        "forced": mean(forced[valid]),
        **_looked_up(coder, rows, counted),
    }
    known = counted & rows.of_group(RETAINED)
    known &= taught.held(rows)
    known[known] = taught.verdict(rows, known)[0]
    for name, learned in (
        ("", known),
        ("_base", rows.learned == 0),
        ("_updates", rows.learned > 0),
    ):
        chosen = known & learned
        scores[f"kept{name}"] = mean(fact_means(rows.fact[chosen], rows.right[chosen])[1])
    return scores | {
        "n_new": int(new.sum()),
        "n_retained": int(retained.sum()),
        "n_superseded": int((valid & superseded).sum()),
        "n_erased": int(erased.sum()),
        "n_kept": len(np.unique(rows.fact[known])),
    }


def _looked_up(coder: Coder, rows: CodedStep, counted: Flags) -> dict[str, float]:
    """Return the scores of `cltool.evaluation.scores.LOOKED_UP` that the step has."""
    hops = coder.having(rows.form, (looked_up.TWO_HOP,))
    if FOUND not in rows.table.column_names and not hops.any():
        return {}
    frame = _frame(coder, rows)
    found = looked_up.scores(frame, frame[counted])
    return {name: float(values.get(rows.step, math.nan)) for name, values in found.items()}


def _frame(coder: Coder, rows: CodedStep) -> pd.DataFrame:
    import pandas as pd

    forms = coder.forms.all()
    frame = pd.DataFrame(
        {
            "step": rows.step,
            "subject": rows.fact,
            "relation": 0,
            "form": [forms[form] for form in rows.form],
            "group": [GROUPS[group] for group in rows.group],
            "learned": rows.learned,
            "right": rows.right,
        }
    )
    for name in ("match", "choice", FOUND):
        if name in rows.table.column_names:
            frame[name] = rows.table[name].to_pandas().astype(object).to_numpy()
    return frame
