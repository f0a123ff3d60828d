"""Memory aware synapses: weights to which the model's output is sensitive are held in place.

Aljundi et al. (2018), "Memory Aware Synapses: Learning what (not) to forget", eq. 2-4:

    Ω_i ← γ Ω_i + E[ |∂ ‖f(x)‖² / ∂θ_i| ]
    L(θ) = L_update(θ) + λ/2 · Σ_i Ω_i (θ_i − θ*_i)²

with f(x) the logits at a sentence's learned tokens and θ* the weights after the last update.
The absolute gradient is taken of single sentences, so that it does not depend on the batch
size. γ (1 in the paper) lets go of old importances, and with ``normalise`` each update's are
divided by their mean, so that one λ serves all models: neither is in the paper.

An erased fact is taken out of Ω: its sentences' absolute gradients, at the weights as they are
now, are subtracted with the weight that they were added with, which is exact while the weights
have not moved (`cltool.strategies.regularisation.common.downdate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.lm.batches import IGNORED
from cltool.strategies.regularisation.common.downdate import Origins
from cltool.strategies.regularisation.common.penalty import Diagonal, sample_batches, to_mean_one
from cltool.strategies.regularisation.common.per_sample import gradient_sizes
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner


class MASConfig(StrategyConfig):
    """Settings of `mas`."""

    strength: float = Field(
        json_schema_extra=search(0.0005, 0.5, log=True),
        default=0.005,
        ge=0,
        alias="lambda",
        description="λ, the penalty's weight",
    )
    decay: float = Field(
        json_schema_extra=search(0.5, 1),
        default=1.0,
        ge=0,
        le=1,
        description="γ, how much of the old importances stays",
    )
    samples: int = Field(
        default=256, ge=1, description="most sentences that an update's importances are taken over"
    )
    normalise: bool = Field(
        default=True, description="divide each update's importances by their mean"
    )


class MAS(Strategy[MASConfig]):
    """A quadratic penalty around the last weights, weighted by the output's sensitivity."""

    def attach(self, learner: Learner) -> None:
        """Take the importances for the base knowledge."""
        self._quadratic = Diagonal(learner.trainable())
        self._origins = Origins(len(learner.stream))
        self._consolidate(learner, learner.known.valid())

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the penalty's gradient."""
        self._quadratic.add_gradient(learner, self.config.strength)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Consolidate what the update taught."""
        self._consolidate(learner, learner.experience.update.learn)

    def erasing_done(self, learner: Learner) -> None:
        """Hold the weights where the erasing left them."""
        self._quadratic.settle(learner.trainable())

    def penalty(self, learner: Learner) -> Tensor:
        """λ/2 · Σ Ω (θ − θ*)², a scalar."""
        strength = self.config.strength
        return strength * self._quadratic.penalty(learner.trainable())

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Take the facts out of the importances."""

        def sizes(batches: Sequence[Batch]) -> Mapping[str, Tensor]:
            return gradient_sizes(learner.model, learner.score, batches, squared_norm, torch.abs)[0]

        samples = self.config.samples
        held = self._quadratic.importance
        return {"importances": self._origins.down_date(held, learner, facts, samples, sizes)}

    def state_dict(self) -> State:
        """Importances and anchor weights, and what each update weighs in the former."""
        return {**self._quadratic.state_dict(), "origins": self._origins.weights}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._quadratic.load_state_dict(state)
        self._origins.weights = state["origins"].clone()

    def _consolidate(self, learner: Learner, facts: Sequence[Fact]) -> None:
        config = self.config
        importance, count = sensitivity(learner, facts, config.samples)
        scale = to_mean_one(importance) if config.normalise else 1.0
        self._quadratic.settle(learner.trainable())
        self._quadratic.accumulate(importance, config.decay, scale)
        self._origins.note(learner, facts, scale / max(count, 1), config.decay)


def sensitivity(
    learner: Learner, facts: Sequence[Fact], samples: int
) -> tuple[dict[str, Tensor], int]:
    """E[|∂‖f(x)‖²/∂θ|] over at most ``samples`` sentences of ``facts``, by parameter.

    Beside it, over how many.
    """
    batches = sample_batches(learner, facts, samples)
    sums, count = gradient_sizes(learner.model, learner.score, batches, squared_norm, torch.abs)
    return {name: tensor / max(count, 1) for name, tensor in sums.items()}, count


def squared_norm(scored: Scored) -> Tensor:
    """‖logits‖² summed over the learned tokens of all samples."""
    norms = (scored.logits.float() ** 2).sum(dim=-1)
    return (norms * (scored.labels != IGNORED)).sum()
