"""Sentences about updates that kept to no budget, did not count their tokens, or taught nothing.

What an update spends beyond its budget is deducted from the budgets of later updates until it is
made up for. So one update that spends too much leaves the next ones hardly any training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cltool.evaluation import ledger, metrics
from cltool.training.budget import Budget

EXCEEDED = 1.25
"""Share of its budget from which on an update counts as one that exceeded it."""

TOTAL = 1.1
"""The same share for all updates together: what is owed at the end is never made up for."""

STARVED = 0.5
"""Share of its budget that an update must have left, or else it counts as starved."""

TAUGHT = 0.02
"""Gain in accuracy on its facts that an update must exceed, or else it taught nothing."""

COUNTED = 0.95
"""Share of the tokens that passed through the model, below which the count is in doubt."""

KNOWN = 0.9
"""Accuracy on an update's facts before it, from which on there was nothing to teach."""

Row = Mapping[str, Any]


def overspent(costs: Sequence[Row], budget: Budget) -> float:
    """Return by how much earlier updates exceeded their budgets and have not yet made up for it.

    An update can exceed its budget, for example when it estimates a Fisher information.

    Args:
        costs: rows of ``steps.jsonl``; the first is that of the base, which has no budget.
        budget: the budget of each update, in tokens, steps or seconds.
    """
    excess = 0.0
    for row in costs[1:]:
        if budget.kind is not None:
            excess = max(0.0, excess + row[budget.kind] - budget.amount)
    return excess


def gain(run: Path, step: int) -> dict[str, float | None]:
    """Return how well the model knew what update ``step`` taught, before it and after it.

    Args:
        run: the run folder, with the answers after ``step`` and after the step before.
        step: the number of the update.

    Returns:
        ``new_before`` and ``new_after``: accuracies in the held-out wordings; None where the
        update taught nothing that was asked.
    """
    import pandas as pd

    rows = pd.concat([ledger.read_step(run, step - 1), ledger.read_step(run, step)])
    matrix = metrics.accuracy_matrix(rows, update=step)
    before, after = matrix.loc[[step - 1, step], step].to_numpy()
    found = {"new_before": float(before), "new_after": float(after)}
    return {name: None if value != value else round(value, 6) for name, value in found.items()}


def sentences(costs: Sequence[Row], budget: Budget, *, teaches: bool) -> list[str]:
    """Return what must be doubted about the updates that are done.

    Args:
        costs: rows of ``steps.jsonl``; the first is that of the base.
        budget: the budget of each update.
        teaches: whether the strategy means to teach facts; `frozen` does not.
    """
    updates = costs[1:]
    found = [*_exceeded(updates, budget), *_starved(updates, budget)] if budget.kind else []
    found += _uncounted(costs)
    return [*found, *(_taught_nothing(updates) if teaches else [])]


def _exceeded(updates: Sequence[Row], budget: Budget) -> list[str]:
    spent = [float(row[str(budget.kind)]) for row in updates]
    over = [row for row, one in zip(updates, spent, strict=True) if one > EXCEEDED * budget.amount]
    total, most = sum(spent), len(updates) * budget.amount
    if not over and total <= TOTAL * most:
        return []
    unit = _unit(budget)
    if not over:
        return [f"The updates spent {_number(total)} of {_number(most)} {unit} in all."]
    text = (
        f"{_labelled(over)} spent more than the budget of {_number(budget.amount)} {unit}"
        f" ({_number(max(spent))} at most). The excess is deducted from later updates."
    )
    if total > TOTAL * most:
        text += f" In all, the updates spent {_number(total)} of {_number(most)}."
    return [text]


def _starved(updates: Sequence[Row], budget: Budget) -> list[str]:
    starved = [row for row in updates if row.get("owed", 0) > (1 - STARVED) * budget.amount]
    if not starved:
        return []
    least = min(max(0, budget.amount - row["owed"]) for row in starved)
    steps = min(row["steps"] for row in starved)
    return [
        f"{_labelled(starved)} had less than half of {'its' if len(starved) == 1 else 'their'}"
        f" budget left because earlier updates overspent: as little as {_number(least)} of"
        f" {_number(budget.amount)} {_unit(budget)} ({steps} training step{'s' * (steps != 1)})."
    ]


def _uncounted(costs: Sequence[Row]) -> list[str]:
    found = []
    missed = [
        row
        for row in costs
        if row["tokens"] < COUNTED * (row["tokens"] + row.get("uncounted_tokens", 0))
    ]
    if missed:
        counted = sum(row["tokens"] for row in missed)
        passed = counted + sum(row["uncounted_tokens"] for row in missed)
        found.append(
            f"{_labelled(missed)} ran the model on {_number(passed)} tokens, of which only"
            f" {_number(counted)} are counted. So the tokens in the table are too few, and no"
            " budget limits the rest. A strategy counts with learner.score() or learner.spend()."
        )
    if changed := [row for row in costs if row.get("changed_uncounted")]:
        found.append(
            f"{_labelled(changed)} changed the weights without counting any token. So its cost"
            " is not known, and no budget limits it."
        )
    return found


def _taught_nothing(updates: Sequence[Row]) -> list[str]:
    failed = [row for row in updates if _is_without_gain(row)]
    if not failed:
        return []
    text = (
        f"{_labelled(failed)} taught nothing: new is no better than before"
        f" ({_mean(failed, 'new_after'):.2f}, {_mean(failed, 'new_before'):.2f} before)."
    )
    if idle := [row for row in failed if not row["steps"] and not row["tokens"]]:
        text += f" {_labelled(idle)} took no training step."
    return [text]


def _is_without_gain(row: Row) -> bool:
    before, after = row.get("new_before"), row.get("new_after")
    if before is None or after is None:
        return False
    return bool(before < KNOWN and after - before <= TAUGHT)


def _labelled(rows: Sequence[Row]) -> str:
    """Return ``Update 5`` or ``3 updates (5, 6, 7)``."""
    labels = [str(row["label"]) for row in rows]
    if len(labels) == 1:
        name = labels[0].removeprefix("update ")  # as `world` labels its updates
        return f"Update {name}" if rows[0]["step"] else "Step 0 (the base)"
    named = ", ".join(labels[:5]) + (", …" if len(labels) > 5 else "")
    return f"{len(labels)} updates ({named})"


def _mean(rows: Sequence[Row], name: str) -> float:
    return float(sum(row[name] for row in rows) / len(rows))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3g}"


def _unit(budget: Budget) -> str:
    return "seconds" if budget.kind == "seconds" else f"training {budget.kind}"
