"""Decides how an update will be applied, from what was seen before."""

from __future__ import annotations

from dataclasses import dataclass

from cltool.core.settings import merge
from cltool.experiments import resolve
from cltool.experiments.update.choose import Choice, choose
from cltool.experiments.update.estimate import Estimate, estimate
from cltool.experiments.update.look import Look
from cltool.experiments.update.request import AUTO, Request


@dataclass(frozen=True)
class Plan:
    """How an update will be applied.

    Attributes:
        choice: the strategy, and why.
        estimate: what it will cost.
        goes_on: whether it goes on from the strategy's state after the last update.
    """

    choice: Choice
    estimate: Estimate
    goes_on: bool


def plan(request: Request, seen: Look) -> Plan:
    """Return how the update will be applied.

    Raises:
        UserError: the strategy is unknown, or a setting is wrong.
    """
    before = seen.start.record
    if request.strategy == AUTO:
        choice = choose(
            seen.speed,
            erases=bool(seen.lists.erase),
            plain=seen.plain,
            keep_data=request.keep_data,
            before=before,
        )
    else:
        choice = Choice(request.strategy, "as asked for")
    settings = resolve.resolve(choice.strategy, tables_of(request, choice.strategy))
    goes_on = before.get("strategy") == choice.strategy
    batch = settings.learner.forward_size
    cost = estimate(
        seen.speed, choice.strategy, len(seen.screen.to_teach), first=not goes_on, batch=batch
    )
    return Plan(choice, cost, goes_on)


def tables_of(request: Request, strategy: str) -> dict[str, object]:
    """Return the user's tables of settings for one strategy."""
    return resolve.tables_for(merge(request.settings), strategy, [strategy])
