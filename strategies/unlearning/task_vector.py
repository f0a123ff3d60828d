"""Subtracts the weight change that training on the erased facts causes.

Ilharco et al. (2023), "Editing models with task arithmetic", forgetting via negation:
with θ_ft the weights after fine-tuning on the facts to forget,

    τ = θ_ft − θ,     θ ← θ − α τ

The paper chooses α on held-out data. Here, with a target, α is the smallest multiple of
``alpha`` / 10 at which all erased sentences have reached their targets, or ``alpha`` if none is.
There is no retain term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from pydantic import Field

from cltool.lm import optimizers
from cltool.strategies.rehearsal.common.gradients import draw
from cltool.strategies.unlearning.common.eraser import Eraser, EraserConfig, stopping_goal
from cltool.strategies.unlearning.common.sentences import forward, parts
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.training.learner import Learner

TRIES = 10
"""Number of multiples of ``alpha`` / TRIES that are tried if there is a target."""


class TaskVectorConfig(EraserConfig):
    """Settings of `task_vector`."""

    alpha: float = Field(
        json_schema_extra=search(0.2, 5, log=True),
        default=2.0,
        ge=0,
        description="α, largest multiple of the task vector that is subtracted",
    )
    rate: float = Field(
        json_schema_extra=search(0.1, 3, log=True),
        default=1.0,
        gt=0,
        description="learning rate of the fine-tuning, × the learner's",
    )
    batch_size: int = Field(default=32, ge=1, description="sentences per step")
    steps: int = Field(default=20, ge=0, description="steps of the fine-tuning")
    target: Literal["foils", "none"] = Field(
        default="foils",
        description="foils: the smallest multiple is subtracted that makes erased objects as"
        " improbable as distractors (objects that were never true of the subject); none: alpha",
    )
    foils: int = Field(default=16, ge=1, description="number of distractors per erased object")


class TaskVector(Eraser[TaskVectorConfig]):
    """Fine-tunes on the erased facts and subtracts the weight change."""

    def run_phase(self, phase: Phase) -> None:
        """Fine-tune, then subtract."""
        config = self.config
        learner = phase.learner
        goal = stopping_goal(phase, config)
        if not goal.pending():
            return
        before = {name: p.detach().clone() for name, p in learner.trainable().items()}
        self._tune(phase)
        vector = {name: p.detach() - before[name] for name, p in learner.trainable().items()}
        if config.target == "none":
            subtract(learner, before, vector, config.alpha)
            return
        for tried in range(1, TRIES + 1):
            subtract(learner, before, vector, config.alpha * tried / TRIES)
            if not goal.pending():
                return

    def _tune(self, phase: Phase) -> None:
        """Train on the erased sentences; the loss is a mean over their tokens."""
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
                (forward(learner, part).loss_sum() / total).backward()  # type: ignore[no-untyped-call]
            learner.optimizer_step()
            learner.steps += 1
            learner.progress(step + 1, config.steps)


@torch.no_grad()
def subtract(
    learner: Learner, before: Mapping[str, Tensor], vector: Mapping[str, Tensor], alpha: float
) -> None:
    """Set every trainable parameter to ``before`` − ``alpha`` · ``vector``."""
    for name, parameter in learner.trainable().items():
        parameter.copy_(before[name] - alpha * vector[name])
