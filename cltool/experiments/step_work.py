"""The work of a step that every process of a run does: the update is applied to the model."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cltool.experiments.build_learner import seed_globally
from cltool.experiments.step_row import Effort

if TYPE_CHECKING:
    from cltool.experiments.apply_update import Erased
    from cltool.facts.facts import Update
    from cltool.training.learner import Learner


def work(
    learner: Learner, update: Update, owed: float, begin: Callable[[str], None]
) -> tuple[Effort, Erased | None]:
    """Apply an update; step 0 only attaches the strategies.

    Args:
        learner: after the step before ``update``.
        update: the update.
        owed: how much earlier updates exceeded a fixed budget.
        begin: is called with each phase of the update that begins.

    Returns:
        What it cost, and what it erased; None for step 0.

    Raises:
        Diverged: a weight is not finite afterwards.
    """
    from cltool.experiments.apply_update import apply
    from cltool.lm import sharding
    from cltool.lm.token_count import passing
    from cltool.runs.heartbeat import TRAINING
    from cltool.training.divergence import refuse_not_finite

    seed_globally(learner.seed, update.step)
    tokens, steps, start = learner.tokens, learner.steps, time.perf_counter()
    learner.logs.clear()
    learner.rehearsal.clear()
    learner.trained = None
    erased = None
    with passing(learner.lm.coder) as passed:
        if update.step == 0:
            begin(TRAINING)
            learner.strategies.attach(learner)
            sharding.shard(learner.model, learner.team)
        else:
            erased = apply(learner, update, owed, begin)
    sharding.align(learner.model, learner.team)
    refuse_not_finite(learner.model, f"update {update.label}", float(learner.settings.lr or 0))
    effort = Effort(
        seconds=time.perf_counter() - start,
        tokens=learner.tokens - tokens,
        passed=passed.tokens,
        erasing_tokens=0 if erased is None else erased.tokens,
        steps=learner.steps - steps,
        owed=owed if update.step and learner.budget.kind else None,
    )
    return effort, erased
