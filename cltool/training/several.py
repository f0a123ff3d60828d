"""Which strategies work in several processes, and with weights that are spread over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cltool.core.errors import UserError
from cltool.core.team import Team
from cltool.training.strategy import Strategies, Strategy

IN_A_BATCH = (
    "before_training_iteration",
    "before_forward",
    "after_forward",
    "before_backward",
)
"""Hooks that run before the gradients of all processes are added up: each has its own share."""

NEEDS_BATCHES = (
    "needs whole batches in one process: what it keeps of each batch would differ from process to"
    " process"
)
NEEDS_WEIGHTS = "needs all weights in each process: it reads or changes them one by one"


def whole_batches(kind: type[Strategy[Any]]) -> str:
    """Return why a strategy works in one process only; an empty text if it works in several.

    A strategy without the hooks in `IN_A_BATCH` sees only what is the same in all processes: the
    facts, the weights, and the gradient of the whole batch. One that has such a hook must declare
    (`Strategy.shares_batches`) that it works with a share of each batch.
    """
    works = kind.shares_batches
    if works is None:
        works = all(getattr(kind, name) is getattr(Strategy, name) for name in IN_A_BATCH)
    return "" if works else NEEDS_BATCHES


def whole_weights(kind: type[Strategy[Any]]) -> str:
    """Return why a strategy needs all weights in each process; an empty text if it does not."""
    return whole_batches(kind) or ("" if kind.shares_weights else NEEDS_WEIGHTS)


def refusal(parts: Mapping[str, Strategy[Any]], team: Team) -> str:
    """Return why ``team`` cannot train with strategies, in a sentence; empty if it can.

    Args:
        parts: name → strategy.
        team: the processes.
    """
    if team.size == 1:
        return ""
    reason = whole_weights if team.sharded else whole_batches
    return next(
        (f"{name} {why}" for name, part in parts.items() if (why := reason(type(part)))), ""
    )


def refuse(strategies: Strategies, team: Team) -> None:
    """Raise an error if ``team`` cannot train with ``strategies``.

    Raises:
        UserError: one of them needs whole batches or whole weights.
    """
    if not (reason := refusal(strategies.parts, team)):
        return
    whole = NEEDS_BATCHES in reason
    raise UserError(
        reason,
        where=f"{team.size} processes",
        hint="Start one process: cltool run without `accelerate launch` and --accelerate."
        if whole
        else "Use a configuration of Accelerate without FSDP, so that each process holds all"
        " weights.",
    )
