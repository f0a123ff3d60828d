"""Equal budgets for all strategies: a given amount, or the amount that `naive` spends."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from cltool.core.errors import UserError
from cltool.experiments.compare import Comparison
from cltool.training.budget import KINDS


def parse(text: str) -> tuple[str, float | None]:
    """Return the kind and the amount of a budget such as ``tokens=50000`` or ``tokens``.

    The amount is None if ``text`` has none.

    Raises:
        UserError: ``text`` is not a valid budget.
    """
    kind, given, number = text.partition("=")
    if kind in KINDS:
        try:
            amount = float(number) if given else None
        except ValueError:
            amount = math.nan
        if amount is None or 0 < amount < math.inf:
            return kind, amount
    raise UserError(
        f"not a valid budget: {text!r}",
        where="--equal",
        hint=f"Write tokens=50000 or tokens. Kinds of budget: {', '.join(KINDS)}.",
    )


def budget(
    text: str, settings: Mapping[str, Any], naive: Callable[[], Comparison]
) -> dict[str, int | float]:
    """Return the learner setting that gives every update the budget ``text``.

    Args:
        text: as for `parse`.
        settings: nested tables of settings, which must not hold a budget.
        naive: runs `naive` without a budget. It is called if ``text`` has no amount: the budget
            is then the mean amount that `naive` spends on an update.

    Raises:
        UserError: ``text`` is not a valid budget, ``settings`` hold one, or `naive` failed.
    """
    kind, amount = parse(text)
    given = [name for name in KINDS if settings.get("learner", {}).get(name) is not None]
    if given:
        raise UserError(
            f"--equal {kind} and learner.{given[0]} are both given",
            where="--equal",
            hint="Give only one of them.",
        )
    if amount is None:
        comparison = naive()
        if comparison.failures:
            raise UserError(f"naive failed: {comparison.failures[0].error}", where="--equal")
        spent = comparison.runs[0].costs[kind].iloc[1:]
        amount = float(spent.mean())
        if not amount > 0:
            raise UserError("naive trains nothing on this stream", where="--equal")
    return {kind: amount if kind == "seconds" else math.ceil(amount)}
