"""Synaptic intelligence: penalises changes of weights that contributed to learning.

Zenke, Poole & Ganguli (2017), "Continual Learning Through Synaptic Intelligence", eq. 3-5:

    ω_i = −Σ_t g_i(t) Δθ_i(t),     Ω_i ← γ Ω_i + max(ω_i, 0) / (Δ_i² + ξ)
    L(θ) = L_update(θ) + λ/2 · Σ_i Ω_i (θ_i − θ*_i)²

ω_i is the weight's contribution to the decrease of the update's loss, summed over the steps that
the optimizer took. Δ_i is the distance that the weight moved during the update, and θ* are the
weights after the last update. The training of the base model was not observed. Before the first
update, cltool therefore trains on the base knowledge for ``base_steps`` steps to compute ω, and
then restores the weights. Two settings are not in the paper: γ < 1 reduces old importances (the
paper has γ = 1), and ``normalise`` divides each update's importances by their mean, so that one
λ suits all models.

An erased fact cannot be removed from Ω: ω adds up steps, and each step is taken on many facts at
once. A purge reports this and leaves Ω unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.importance import (
    Decay,
    Normalise,
    PenaltyConfig,
    QuadraticPenalty,
)
from cltool.strategies.regularisation.common.path_integral import (
    StepRecorder,
    train_and_restore,
    zeros_like,
)
from cltool.strategies.regularisation.common.penalty import displacements, scale_to_mean_one
from cltool.training.strategy import INSEPARABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class SIConfig(PenaltyConfig):
    """Settings of `si`."""

    decay: Decay = 1.0
    damping: float = Field(default=1e-3, gt=0, description="ξ, for weights that hardly moved")
    base_steps: int = Field(
        default=150, ge=0, description="training steps to compute the base's importances"
    )
    normalise: Normalise = True


class SI(QuadraticPenalty[SIConfig]):
    """A quadratic penalty around the last weights, weighted by contributions to the loss."""

    def attach(self, learner: Learner) -> None:
        """Compute the importances for the base knowledge."""
        super().attach(learner)
        self._steps = StepRecorder()
        contributions, distance = zeros_like(learner), zeros_like(learner)
        facts, steps = learner.known.valid(), self.config.base_steps
        for moved in train_and_restore(learner, facts, steps, contributions):
            for name, step in moved.items():
                distance[name] += step
        self._consolidate(contributions, distance)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Set ω to zero for the update."""
        self._contributions = zeros_like(learner)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Store the gradient of the loss alone, then add that of the penalty."""
        self._steps.begin(learner.trainable())
        super().after_backward(learner)

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Add each weight's contribution of this step to ω."""
        self._steps.end(learner.trainable(), self._contributions)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Add the importances for the update."""
        distance = displacements(learner, self._quadratic.anchor)
        self._quadratic.set_anchor(learner.trainable())
        self._consolidate(self._contributions, distance)
        self._contributions = {}

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report that no fact can be removed from a path integral."""
        return {"importances": f"{INSEPARABLE}: they add up steps, each on many facts at once"}

    def _consolidate(
        self, contributions: Mapping[str, Tensor], distance: Mapping[str, Tensor]
    ) -> None:
        """Apply Ω ← γ Ω + max(ω, 0) / (Δ² + ξ)."""
        config = self.config
        importance = {
            name: part.clamp(min=0) / (distance.get(name, torch.zeros(())) ** 2 + config.damping)
            for name, part in contributions.items()
        }
        scale = scale_to_mean_one(importance) if config.normalise else 1.0
        self._quadratic.accumulate(importance, config.decay, scale)
