"""Every weight is held in place alike: what a penalty does that knows nothing of importance.

Li, Grandvalet & Davoine (2018), "Explicit Inductive Bias for Transfer Learning with
Convolutional Networks" (L²-SP):

    L(θ) = L_update(θ) + λ/2 · Σ_i (θ_i − θ*_i)²

θ* is where the weights stood before the update or, with ``anchor = "base"``, where they stood
before the first update: the paper's starting point. Of an erased fact none can be told apart in
the base weights, which go on pulling towards it; where another strategy erases it from the model,
the weights after the erasing are the anchor from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.penalty import add_pull, prefixed, unprefixed
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class L2AnchorConfig(StrategyConfig):
    """Settings of `l2_anchor`."""

    strength: float = Field(
        json_schema_extra=search(0.0005, 0.5, log=True),
        default=0.01,
        ge=0,
        alias="lambda",
        description="λ, the penalty's weight",
    )
    anchor: Literal["last", "base"] = Field(
        default="last", description="hold the weights where the last update left them, or the base"
    )


class L2Anchor(Strategy[L2AnchorConfig]):
    """A quadratic penalty around the last weights, the same for all."""

    def attach(self, learner: Learner) -> None:
        """The base weights are the first anchor."""
        self._settle(learner)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Where the weights stand now is the anchor, unless it is the base."""
        if self.config.anchor == "last":
            self._settle(learner)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the penalty's gradient."""
        held = {n: p for n, p in learner.trainable().items() if n in self._anchor}
        with torch.no_grad():
            moved = {name: p - self._anchor[name] for name, p in held.items()}
        add_pull(learner, held, moved, moved, self.config.strength)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """The last weights need not be kept twice."""
        if self.config.anchor == "last":
            self._anchor.clear()

    def erasing_done(self, learner: Learner) -> None:
        """A base that knew what was erased would pull it back, so it is no anchor any more."""
        if self.config.anchor == "base":
            self._settle(learner)

    def penalty(self, learner: Learner) -> Tensor:
        """λ/2 · Σ (θ − θ*)², a scalar."""
        total = torch.zeros((), device=learner.device)
        for name, parameter in learner.trainable().items():
            if name in self._anchor:
                total = total + ((parameter - self._anchor[name]) ** 2).sum()
        return 0.5 * self.config.strength * total

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Nothing can be taken out of weights."""
        if not self.state_dict():
            return {}
        return {"base weights": f"{INSEPARABLE}: weights hold all facts at once"}

    def state_dict(self) -> State:
        """The base weights, where they are the anchor."""
        base = self.config.anchor == "base"
        return prefixed("anchor", self._anchor) if base else {}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        for name, tensor in unprefixed("anchor", state).items():
            self._anchor[name].copy_(tensor)

    def _settle(self, learner: Learner) -> None:
        self._anchor: dict[str, Tensor] = {
            name: p.detach().clone() for name, p in learner.trainable().items()
        }
