"""Subtracts what training on the erased facts adds to the weights.

Ilharco et al. (2023), "Editing models with task arithmetic", forgetting via negation:
with θ_ft the weights after fine-tuning on the facts to forget,

    τ = θ_ft − θ,     θ ← θ − α τ

The paper chooses α on held-out data. Here, with a target, it is the smallest tenth of ``alpha``
at which all erased sentences are there, or else all of it. Nothing holds the neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from pydantic import Field

from cltool.lm import optimizers
from cltool.strategies.rehearsal.common.gradients import draw
from cltool.strategies.unlearning.common.eraser import Eraser, EraserConfig, Goal
from cltool.strategies.unlearning.common.sentences import parts, read
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.training.learner import Learner

TRIES = 10
"""With a target, so many multiples of ``alpha`` / TRIES are tried."""


class TaskVectorConfig(EraserConfig):
    """Settings of `task_vector`."""

    alpha: float = Field(
        json_schema_extra=search(0.2, 5, log=True),
        default=2.0,
        ge=0,
        description="α, most that is subtracted of the task vector",
    )
    rate: float = Field(
        json_schema_extra=search(0.1, 3, log=True),
        default=1.0,
        gt=0,
        description="learning rate of the fine-tuning, in multiples of the learner's",
    )
    batch_size: int = Field(default=32, ge=1, description="sentences a step")
    steps: int = Field(default=20, ge=0, description="steps of the fine-tuning")
    target: Literal["foils", "none"] = Field(
        default="foils",
        description="foils: as much is subtracted as makes erased objects as improbable as"
        " objects that were never true; none: all of alpha",
    )
    foils: int = Field(default=16, ge=1, description="objects that each erased one is held against")


class TaskVector(Eraser[TaskVectorConfig]):
    """Fine-tunes on what is erased, and goes the other way."""

    def descend(self, phase: Phase) -> None:
        """Fine-tune, then subtract."""
        config = self.config
        learner = phase.learner
        goal = Goal(phase, None, None)
        if config.target == "foils":
            goal = Goal.of_foils(phase, config.foils, whole=config.tokens == "answer")
        if not goal.open():
            return
        before = {name: p.detach().clone() for name, p in learner.trainable().items()}
        self._tune(phase)
        vector = {name: p.detach() - before[name] for name, p in learner.trainable().items()}
        if config.target == "none":
            subtract(learner, before, vector, config.alpha)
            return
        for tried in range(1, TRIES + 1):
            subtract(learner, before, vector, config.alpha * tried / TRIES)
            if not goal.open():
                return

    def _tune(self, phase: Phase) -> None:
        """Train on the erased sentences, a mean over their tokens."""
        config = self.config
        learner, settings = phase.learner, phase.learner.settings
        rate = config.rate * float(settings.lr or 0.0)
        learner.optimizer = optimizers.build(
            learner.model, settings.optimizer, rate, settings.weight_decay
        )
        random = learner.generator("erasing")
        for step in range(config.steps):
            if learner.share_left() == 0.0:
                return
            chosen = draw(phase.chosen, config.batch_size, random)
            total = sum(one.tokens for one in chosen)
            learner.optimizer.zero_grad()
            for part in parts(learner, chosen):
                (read(learner, part).loss_sum() / total).backward()  # type: ignore[no-untyped-call]
            learner.optimizer_step()
            learner.steps += 1
            learner.progress(step + 1, config.steps)


@torch.no_grad()
def subtract(
    learner: Learner, before: Mapping[str, Tensor], vector: Mapping[str, Tensor], alpha: float
) -> None:
    """θ = ``before`` − ``alpha`` · ``vector``, for every trainable parameter."""
    for name, parameter in learner.trainable().items():
        parameter.copy_(before[name] - alpha * vector[name])
