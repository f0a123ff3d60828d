"""Penalises changes of all weights equally: a baseline without importances.

Li, Grandvalet & Davoine (2018), "Explicit Inductive Bias for Transfer Learning with
Convolutional Networks" (L²-SP):

    L(θ) = L_update(θ) + λ/2 · Σ_i (θ_i − θ*_i)²

θ* are the weights before the update or, with ``anchor = "base"`` (as in the paper), the weights
before the first update. An erased fact cannot be removed from the base weights, which keep
pulling the model towards it. After another strategy erases a fact from the model, θ* are the
weights after the erasing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.importance import PenaltyConfig, Strength
from cltool.strategies.regularisation.common.penalty import (
    add_quadratic,
    copies,
    displacements,
    prefixed,
    unprefixed,
)
from cltool.training.strategy import INSEPARABLE, State, Strategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class L2AnchorConfig(PenaltyConfig):
    """Settings of `l2_anchor`."""

    strength: Strength = 0.01
    anchor: Literal["last", "base"] = Field(
        default="last", description="θ*: the weights after the last update, or the base weights"
    )


class L2Anchor(Strategy[L2AnchorConfig]):
    """A quadratic penalty around the last weights, the same for all."""

    def attach(self, learner: Learner) -> None:
        """Set θ* to the base weights."""
        self._set_anchor(learner)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Set θ* to the current weights, unless it is the base."""
        if self.config.anchor == "last":
            self._set_anchor(learner)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of the penalty."""
        moved = displacements(learner, self._anchor)
        add_quadratic(learner, moved, moved, self.config.strength)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Delete θ*, which equals the model's own weights until the next update."""
        if self.config.anchor == "last":
            self._anchor.clear()

    def erasing_done(self, learner: Learner) -> None:
        """Replace the base as θ*: it would pull the model back to the erased facts."""
        if self.config.anchor == "base":
            self._set_anchor(learner)

    def penalty(self, learner: Learner) -> Tensor:
        """Return λ/2 · Σ (θ − θ*)², a scalar."""
        total = torch.zeros((), device=learner.device)
        for name, parameter in learner.trainable().items():
            if name in self._anchor:
                total = total + ((parameter - self._anchor[name]) ** 2).sum()
        return 0.5 * self.config.strength * total

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report that no fact can be removed from base weights."""
        if not self.state_dict():
            return {}
        return {"base weights": f"{INSEPARABLE}: weights hold all facts at once"}

    def state_dict(self) -> State:
        """Return the base weights, if they are θ*."""
        base = self.config.anchor == "base"
        return prefixed("anchor", self._anchor) if base else {}

    def load_state_dict(self, state: State) -> None:
        """Restore the base weights."""
        for name, tensor in unprefixed("anchor", state).items():
            self._anchor[name].copy_(tensor)

    def _set_anchor(self, learner: Learner) -> None:
        self._anchor: dict[str, Tensor] = copies(learner.trainable())
