"""Pulls the weights back towards where the update found them.

Li et al. (2018), "Explicit inductive bias for transfer learning with convolutional
networks", eq. 3 (L2-SP), with the weights before the update as the starting point:

    L(θ) = L_update(θ) + λ/2 · Σ_i (θ_i − θ⁰_i)²
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from cltool import Strategy, StrategyConfig

if TYPE_CHECKING:
    from torch import Tensor

    from cltool import Learner


class PullBackConfig(StrategyConfig):
    """Settings of `pull_back`."""

    strength: float = Field(default=0.1, ge=0, alias="lambda", description="λ, the pull")


class PullBack(Strategy[PullBackConfig]):
    """The same pull on every weight."""

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Note where the update finds the weights."""
        self._start: dict[str, Tensor] = {
            name: parameter.detach().clone() for name, parameter in learner.trainable().items()
        }

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the pull to the loss."""
        moved = sum(
            ((parameter - self._start[name]) ** 2).sum()
            for name, parameter in learner.trainable().items()
        )
        learner.loss = learner.loss + 0.5 * self.config.strength * moved

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Nothing is kept for later updates."""
        del self._start
