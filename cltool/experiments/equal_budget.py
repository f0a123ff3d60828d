"""Budgets that make strategies comparable: what they get is given, or what `naive` takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from cltool.core.errors import UserError
from cltool.experiments.compare import Comparison
from cltool.training.budget import KINDS


def parse(text: str) -> tuple[str, float | None]:
    """``tokens=50000`` or ``tokens``.

    Raises:
        UserError: it is neither.
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
        f"{text!r} is no budget",
        where="--equal",
        hint=f"Write it like tokens=50000, or tokens; there are {', '.join(KINDS)}.",
    )


def budget(
    text: str, settings: Mapping[str, Any], naive: Callable[[], Comparison]
) -> dict[str, int | float]:
    """The learner's setting that gives every update the budget ``text``.

    Args:
        text: see `parse`.
        settings: nested tables; they must hold no budget yet.
        naive: runs `naive` without a budget, where ``text`` has no amount: its mean over
            the updates is the budget.

    Raises:
        UserError: the text is no budget, or the settings have one.
    """
    kind, amount = parse(text)
    held = [name for name in KINDS if settings.get("learner", {}).get(name) is not None]
    if held:
        raise UserError(
            f"--equal {kind} and learner.{held[0]} are both given", where="--equal",
            hint="Leave one of them out.",
        )  # fmt: skip
    if amount is None:
        done = naive()
        if done.failures:
            raise UserError(f"naive failed: {done.failures[0].error}", where="--equal")
        spent = done.runs[0].costs[kind].iloc[1:]
        amount = float(spent.mean())
        if not amount > 0:
            raise UserError("naive trains nothing on this stream", where="--equal")
    return {kind: amount if kind == "seconds" else math.ceil(amount)}
