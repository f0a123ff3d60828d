"""What a run scored and cost: of each step, and of all steps or up to one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.evaluation import looked_up, metrics
from cltool.evaluation.collapse import ALMOST, collapsed_steps
from cltool.evaluation.ledger import KEY, TAGS
from cltool.evaluation.matchers import judged
from cltool.evaluation.outcomes import resurfaced, retained_since_taught
from cltool.evaluation.scores import COSTS, GENERAL, METRICS, SCORES, Score, installed_scores

if TYPE_CHECKING:
    import pandas as pd

WORST = {"new": "min", "retained": "min", "kept": "min", "stale": "max", "erased": "max"}
"""Scores of which a run also reports the worst update, and how that is found."""

MEANINGLESS = ("stale", "erased")
"""Scores whose low values mean nothing where the model collapsed: they look like good erasing."""

LARGEST = ("peak_memory", "stored_bytes")
"""Costs of which a run reports the maximum over its steps; of the others it reports the sum."""


def per_step(
    rows: pd.DataFrame,
    forms: Sequence[str] | None = None,
    collapsed: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return the scores of each step, and how many facts each comes from.

    Args:
        rows: the ledger.
        forms: the forms that count; by default the held-out ones.
        collapsed: the steps at which the model had collapsed, if ``rows`` are not all answers.
            Low values of `MEANINGLESS` are left out there.

    Returns:
        Index ``step``; columns new, retained, stale, erased, valid, trained, forced, those of
        `cltool.evaluation.scores.LOOKED_UP` that the ledger has, kept, kept_base, kept_updates
        and ``n_new``, ``n_retained``, ``n_superseded``, ``n_erased``, ``n_kept``. ``new`` at step
        0 is the accuracy on the base knowledge. ``kept`` needs the
        rows of the steps that taught the facts.
    """
    import pandas as pd

    held_out = metrics.held_out(rows, forms)
    facts = _facts(held_out)
    asked = judged(rows)
    trained = _facts(asked[asked["form"] == "trained"])
    valid = facts[facts["group"].isin(["new", "retained"])]
    superseded = valid[valid["superseded"]]
    groups = {name: facts[facts["group"] == name] for name in ("new", "retained", "erased")}
    columns = {
        "new": (groups["new"], "right"),
        "retained": (groups["retained"], "right"),
        "stale": (superseded, "stale"),
        "erased": (groups["erased"], "right"),
        "valid": (valid, "right"),
        "trained": (trained[trained["group"].isin(["new", "retained"])], "right"),
        "forced": (valid, "forced"),
    }
    steps = pd.Index(sorted(facts["step"].unique()), name="step")
    table = {
        name: chosen.groupby("step")[column].mean().reindex(steps)
        for name, (chosen, column) in columns.items()
    }
    found = looked_up.scores(rows, held_out)
    table |= {name: values.reindex(steps) for name, values in found.items()}
    broken = collapsed_steps(rows) if collapsed is None else collapsed
    for name in MEANINGLESS:
        table[name] = table[name].where(~steps.isin(broken) | (table[name] > 1 - ALMOST))
    known = _known(rows, forms)
    apart = {
        "": known,
        "_base": known[known["learned"] == 0],
        "_updates": known[known["learned"] > 0],
    }
    for name, chosen in apart.items():
        table[f"kept{name}"] = chosen.groupby("step")["right"].mean().reindex(steps)
    counted = {**groups, "superseded": superseded, "kept": known}
    for name in ("new", "retained", "superseded", "erased", "kept"):
        table[f"n_{name}"] = counted[name].groupby("step").size().reindex(steps, fill_value=0)
    return pd.DataFrame(table, index=steps)


def accuracy_on_new(rows: pd.DataFrame) -> float:
    """Return ``new`` of `per_step` at the only step of ``rows``; NaN without new facts."""
    asked = metrics.held_out(rows)
    facts = _facts(asked[asked["group"] == "new"])
    return float(facts["right"].mean())


def summary(
    rows: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    *,
    general: pd.DataFrame | None = None,
    until: int | None = None,
    since: int = 1,
    forms: Sequence[str] | None = None,
) -> dict[str, float]:
    """Return the scores and costs of a run by name, in the order of `all_scores`.

    Args:
        rows: the ledger.
        costs: a row a step; without them there are no costs in the result.
        general: what was asked beside the stream (`GENERAL`), a row a step.
        until: the last step that counts; by default all do.
        since: the first update that counts for `WORST` and for the mean of ``new``.
        forms: the forms that count; by default the held-out ones.

    Returns:
        NaN where there is no number. ``intransigence`` needs another run and is not among them.
    """
    if until is not None:
        rows = rows[rows["step"] <= until]
        costs = None if costs is None else costs.loc[:until]
    scores = ledger_summary(
        per_step(rows, forms),
        metrics.accuracy_matrix(rows, forms),
        metrics.fuar(rows, forms),
        resurfaced(rows),
        since,
    )
    if general is not None:
        scores |= general_summary(general.loc[:until], since)
    scores |= {name: _computed(score, rows) for name, score in installed_scores().items()}
    return scores if costs is None else scores | total_costs(costs)


def ledger_summary(
    steps: pd.DataFrame, accuracies: pd.DataFrame, fuar: float, back: float, since: int = 1
) -> dict[str, float]:
    """Return the scores of a run that come from its ledger.

    Args:
        steps: the scores of its steps (`per_step`).
        accuracies: its accuracy matrix.
        fuar: as `cltool.evaluation.metrics.fuar` gives it.
        back: how many erased facts resurfaced.
        since: the first update that counts for `WORST` and for the mean of ``new``.
    """
    matrix = accuracies.to_numpy()
    updates = steps.loc[since:]
    found = {
        **{name: float(steps[name].iloc[-1]) for name in steps.columns if name in SCORES},
        **{f"{name}_{how}": float(updates[name].agg(how)) for name, how in WORST.items()},
        "new": float(updates["new"].mean()),
        "resurfaced": back,
        "acc": metrics.acc(matrix),
        "bwt": metrics.bwt(matrix),
        "fwt": metrics.fwt(matrix),
        "forgetting": metrics.forgetting(matrix),
        "fuar": fuar,
    }
    return {name: found[name] for name in SCORES if name in found}


def general_summary(steps: pd.DataFrame, since: int = 1) -> dict[str, float]:
    """Return those scores of `GENERAL` that a run has, after its last step."""
    if steps.empty:
        return {}
    found = {str(name): float(steps[name].iloc[-1]) for name in steps.columns}
    for name in ("unlisted", "protected"):
        if name in found:
            found[f"{name}_min"] = float(steps[name].loc[since:].min())
    return {name: found[name] for name in GENERAL if name in found}


def per_step_by(rows: pd.DataFrame, tag: str) -> pd.DataFrame:
    """Return `per_step` for each value of a tag.

    Returns:
        Index ``(tag, step)`` with the name of the tag; facts without the tag have the value ``""``.

    Raises:
        UserError: no fact has the tag.
    """
    import pandas as pd

    cells = rows[TAGS] if TAGS in rows else pd.Series(None, rows.index)
    tags = [json.loads(cell) if isinstance(cell, str) else {} for cell in cells]
    known = dict.fromkeys(name for one in tags for name in one)
    if tag not in known:
        raise UserError(
            f"no fact has the tag {tag!r}",
            hint=f"There are: {', '.join(known)}." if known else "The facts have no tags.",
        )
    # The forms that count are those of the whole ledger.
    forms = metrics.held_out(rows)["form"].unique().tolist()
    values = pd.Series([one.get(tag, "") for one in tags], rows.index)
    broken = collapsed_steps(rows)
    tables = {value: per_step(own, forms, broken) for value, own in rows.groupby(values)}
    table: pd.DataFrame = pd.concat(tables, names=[tag])
    return table


def installed_per_step(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of installed packages after each step, one column a score."""
    import pandas as pd

    steps = pd.Index(sorted(rows["step"].unique()), name="step")
    columns = {
        name: [_computed(score, rows[rows["step"] <= step]) for step in steps]
        for name, score in installed_scores().items()
    }
    return pd.DataFrame(columns, index=steps, dtype=float)


def installed_summary(rows: Callable[[], pd.DataFrame]) -> dict[str, float]:
    """Return the scores of installed packages; ``rows`` returns the ledger, if there are any."""
    installed = installed_scores()
    ledger = rows() if installed else None
    return {name: _computed(one, ledger) for name, one in installed.items() if ledger is not None}


def _computed(score: Score, rows: pd.DataFrame) -> float:
    """Return a score of an installed package; it gets a table that it may add columns to."""
    if score.compute is None:
        return math.nan
    try:
        return float(score.compute(rows.copy(deep=False)))
    except Exception as error:
        raise UserError(
            f"metric {score.name!r} failed: {type(error).__name__}: {error}",
            where=METRICS.entry(score.name).target,
            hint="Report it to the package that brings it, or uninstall the package.",
        ) from error


def total_costs(costs: pd.DataFrame) -> dict[str, float]:
    """Return the costs of a run from those of its steps; NaN where a step did not record one."""
    return {
        name: float(costs[name].max() if name in LARGEST else costs[name].sum(skipna=False))
        for name in COSTS
    }


def _known(rows: pd.DataFrame, forms: Sequence[str] | None) -> pd.DataFrame:
    """Return the retained facts that were right when they were learned, one row a fact and step.

    If a fact is asked in several ways, only those count in which it was right then.
    """
    both = retained_since_taught(rows, forms)
    both = both[both["right_then"]]
    grouped = both.groupby(["step", "learned", *KEY], sort=False, observed=True)
    return grouped.agg(right=("right", "mean")).reset_index()


def _facts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each fact at each step: the means over its probes."""
    marked = rows.assign(superseded=rows["outdated"].map(len) > 0)
    grouped = marked.groupby(["step", "group", *KEY], sort=False, observed=True)
    return grouped.agg(
        right=("right", "mean"),
        stale=("stale", "mean"),
        forced=("forced", "mean"),
        superseded=("superseded", "any"),
    ).reset_index()
