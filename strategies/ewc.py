"""Elastic weight consolidation, online: weights that earlier facts need are held in place.

Kirkpatrick et al. (2017), "Overcoming catastrophic forgetting in neural networks", eq. 3,
in the online form of Schwarz et al. (2018), "Progress & Compress", eq. 8-9:

    L(θ) = L_update(θ) + λ/2 · Σ_i F_i (θ_i − θ*_i)²,     F ← γ F + F_update

with θ* the weights after the last update and F the diagonal of the empirical Fisher
information, E[(∂ log p(y|x)/∂θ_i)²] over single sentences: it does not depend on the batch
size, and its memory not on the number of updates. With ``normalise`` (not in the papers) each
F_update is divided by its mean, so that one λ serves models and updates whose losses, and
with them gradients, differ by orders of magnitude.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from pydantic import Field

from cltool.lm.per_sample import squared_gradients
from cltool.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts import Fact
    from cltool.learner import Learner


class EWCConfig(StrategyConfig):
    """Settings of `ewc`."""

    strength: float = Field(
        default=0.03, ge=0, alias="lambda", description="λ, the penalty's weight"
    )
    decay: float = Field(default=1.0, ge=0, le=1, description="γ, how much of the old Fisher stays")
    samples: int = Field(
        default=256, ge=1, description="most sentences that an update's Fisher is taken over"
    )
    normalise: bool = Field(default=True, description="divide each update's Fisher by its mean")


class EWC(Strategy):
    """A quadratic penalty around the last weights, weighted by the Fisher information."""

    Config = EWCConfig

    def attach(self, learner: Learner) -> None:
        """Take the Fisher information of the base knowledge."""
        self._fisher = {
            name: torch.zeros_like(p, dtype=torch.float32)
            for name, p in learner.trainable().items()
        }
        self._anchor: dict[str, Tensor] = {}
        self._consolidate(learner, learner.known.valid())

    def before_backward(self, strategy: Any, **kwargs: Any) -> None:
        """Add the penalty to the loss."""
        strategy.loss = strategy.loss + self.penalty(strategy)

    def after_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Consolidate what the update taught."""
        self._consolidate(strategy, strategy.experience.update.learn)

    def penalty(self, learner: Learner) -> Tensor:
        """λ/2 · Σ F (θ − θ*)², a scalar."""
        total = torch.zeros((), device=learner.device)
        for name, parameter in learner.trainable().items():
            moved = parameter - self._anchor[name]
            total = total + (self._fisher[name] * moved * moved).sum()
        return 0.5 * cast(EWCConfig, self.config).strength * total

    def state_dict(self) -> State:
        """Fisher information and anchor weights."""
        fisher = {f"fisher.{name}": tensor for name, tensor in self._fisher.items()}
        return fisher | {f"anchor.{name}": tensor for name, tensor in self._anchor.items()}

    def load_state_dict(self, state: State) -> None:
        """Take both back."""
        for name, tensor in self._fisher.items():
            tensor.copy_(state[f"fisher.{name}"])
        for name, tensor in self._anchor.items():
            tensor.copy_(state[f"anchor.{name}"])

    def _consolidate(self, learner: Learner, facts: Sequence[Fact]) -> None:
        config = cast(EWCConfig, self.config)
        fisher = fisher_diagonal(learner, facts, config.samples)
        scale = 1.0
        if config.normalise:
            size = sum(tensor.numel() for tensor in fisher.values())
            mean = float(sum(tensor.sum() for tensor in fisher.values())) / max(size, 1)
            scale = 1.0 / mean if mean > 0 else 0.0
        for name, parameter in learner.trainable().items():
            self._fisher[name].mul_(config.decay).add_(fisher[name], alpha=scale)
            self._anchor[name] = parameter.detach().clone()


def fisher_diagonal(learner: Learner, facts: Sequence[Fact], samples: int) -> dict[str, Tensor]:
    """E[(∂ log p(y|x)/∂θ)²] over at most ``samples`` sentences of ``facts``, by parameter."""
    sentences = learner.examples(facts)
    order = torch.randperm(len(sentences), generator=learner.generator("fisher")).tolist()
    chosen = sorted((sentences[place] for place in order[:samples]), key=len)
    batches = [learner.collate(chosen[begin : begin + 32]) for begin in range(0, len(chosen), 32)]
    sums, count = squared_gradients(learner.model, learner.score, batches)
    return {name: tensor / max(count, 1) for name, tensor in sums.items()}
