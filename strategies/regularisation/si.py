"""Synaptic intelligence: weights that did the learning are held in place.

Zenke, Poole & Ganguli (2017), "Continual Learning Through Synaptic Intelligence", eq. 3-5:

    ω_i = −Σ_t g_i(t) Δθ_i(t),     Ω_i ← γ Ω_i + max(ω_i, 0) / (Δ_i² + ξ)
    L(θ) = L_update(θ) + λ/2 · Σ_i Ω_i (θ_i − θ*_i)²

ω is the weight's share in the fall of the update's loss, summed over the steps that the
optimizer really took; Δ is how far the weight came, θ* where it stands after the last update.
A base model's own training was not watched, so before the first update a stretch of training
on the base knowledge is, after which the weights are put back. γ (1 in the paper) lets go of
old importances, and with ``normalise`` each update's are divided by their mean, so that one λ
serves all models: neither is in the paper.

Of an erased fact none of Ω can be told apart: ω adds steps up, and a step is taken on many facts
at once. A purge says so and leaves Ω as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.path_integral import Steps, walk
from cltool.strategies.regularisation.common.penalty import Diagonal, to_mean_one
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class SIConfig(StrategyConfig):
    """Settings of `si`."""

    strength: float = Field(
        json_schema_extra=search(0.0005, 0.5, log=True),
        default=0.005,
        ge=0,
        alias="lambda",
        description="λ, the penalty's weight",
    )
    decay: float = Field(
        default=1.0, ge=0, le=1, description="γ, how much of the old importances stays"
    )
    damping: float = Field(default=1e-3, gt=0, description="ξ, for weights that hardly moved")
    base_steps: int = Field(
        default=150, ge=0, description="steps of training that tell the base's importances"
    )
    normalise: bool = Field(
        default=True, description="divide each update's importances by their mean"
    )


class SI(Strategy[SIConfig]):
    """A quadratic penalty around the last weights, weighted by what each did for the loss."""

    def attach(self, learner: Learner) -> None:
        """Take the importances for the base knowledge."""
        parameters = learner.trainable()
        self._quadratic = Diagonal(parameters)
        self._steps = Steps()
        credit = {name: torch.zeros_like(p) for name, p in parameters.items()}
        way = {name: torch.zeros_like(p) for name, p in parameters.items()}
        steps = self.config.base_steps
        for moved in walk(learner, learner.known.valid(), steps, credit):
            for name, step in moved.items():
                way[name] += step
        self._consolidate(credit, way)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Begin the update's path."""
        self._credit = {name: torch.zeros_like(p) for name, p in learner.trainable().items()}

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Keep the loss's own gradient, then add the penalty's."""
        self._steps.begin(learner.trainable())
        self._quadratic.add_gradient(learner, self.config.strength)

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Credit each weight for its part of the step."""
        self._steps.end(learner.trainable(), self._credit)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Consolidate what the update taught."""
        parameters = learner.trainable()
        anchor = self._quadratic.anchor
        way = {n: p.detach() - anchor[n] for n, p in parameters.items() if n in anchor}
        self._quadratic.settle(parameters)
        self._consolidate(self._credit, way)
        self._credit = {}

    def erasing_done(self, learner: Learner) -> None:
        """Hold the weights where the erasing left them."""
        self._quadratic.settle(learner.trainable())

    def penalty(self, learner: Learner) -> Tensor:
        """λ/2 · Σ Ω (θ − θ*)², a scalar."""
        strength = self.config.strength
        return strength * self._quadratic.penalty(learner.trainable())

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Nothing can be taken out of a path integral."""
        return {"importances": f"{INSEPARABLE}: they add up steps, each on many facts at once"}

    def state_dict(self) -> State:
        """Importances and anchor weights."""
        return self._quadratic.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take both back."""
        self._quadratic.load_state_dict(state)

    def _consolidate(self, credit: Mapping[str, Tensor], way: Mapping[str, Tensor]) -> None:
        config = self.config
        importance = {
            name: share.clamp(min=0) / (way.get(name, torch.zeros(())) ** 2 + config.damping)
            for name, share in credit.items()
        }
        scale = to_mean_one(importance) if config.normalise else 1.0
        self._quadratic.accumulate(importance, config.decay, scale)
