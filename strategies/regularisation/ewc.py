"""Elastic weight consolidation, online: weights that earlier facts need are held in place.

Kirkpatrick et al. (2017), "Overcoming catastrophic forgetting in neural networks", eq. 3,
in the online form of Schwarz et al. (2018), "Progress & Compress", eq. 8-9:

    L(θ) = L_update(θ) + λ/2 · Σ_i F_i (θ_i − θ*_i)²,     F ← γ F + F_update

with θ* the weights after the last update and F the diagonal of the empirical Fisher
information, E[(∂ log p(y|x)/∂θ_i)²] over single sentences: it does not depend on the batch
size, and its memory not on the number of updates. With ``normalise`` (not in the papers) each
F_update is divided by its mean, so that one λ serves models and updates whose losses, and
with them gradients, differ by orders of magnitude.

An erased fact is taken out of F: its sentences' squared gradients, at the weights as they are
now, are subtracted with the weight that they were added with, which is exact while the weights
have not moved (`cltool.strategies.regularisation.common.downdate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from cltool.strategies.regularisation.common.downdate import Origins
from cltool.strategies.regularisation.common.penalty import Diagonal, sample_batches, to_mean_one
from cltool.strategies.regularisation.common.per_sample import squared_gradients
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner


class EWCConfig(StrategyConfig):
    """Settings of `ewc`."""

    strength: float = Field(
        json_schema_extra=search(0.001, 1, log=True),
        default=0.012,
        ge=0,
        alias="lambda",
        description="λ, the penalty's weight",
    )
    decay: float = Field(
        json_schema_extra=search(0.5, 1),
        default=1.0,
        ge=0,
        le=1,
        description="γ, how much of the old Fisher stays",
    )
    samples: int = Field(
        default=256, ge=1, description="most sentences that an update's Fisher is taken over"
    )
    normalise: bool = Field(default=True, description="divide each update's Fisher by its mean")


class EWC(Strategy[EWCConfig]):
    """A quadratic penalty around the last weights, weighted by the Fisher information."""

    def attach(self, learner: Learner) -> None:
        """Take the Fisher information of the base knowledge."""
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
        """λ/2 · Σ F (θ − θ*)², a scalar."""
        strength = self.config.strength
        return strength * self._quadratic.penalty(learner.trainable())

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Take the facts out of the Fisher information."""

        def squares(batches: Sequence[Batch]) -> Mapping[str, Tensor]:
            return squared_gradients(learner.model, learner.score, batches)[0]

        samples = self.config.samples
        fisher = self._quadratic.importance
        told = self._origins.down_date(fisher, learner, facts, samples, squares)
        return {"Fisher information": told}

    def state_dict(self) -> State:
        """Fisher information and anchor weights, and what each update weighs in the former."""
        return {**self._quadratic.state_dict(), "origins": self._origins.weights}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._quadratic.load_state_dict(state)
        self._origins.weights = state["origins"].clone()

    def _consolidate(self, learner: Learner, facts: Sequence[Fact]) -> None:
        config = self.config
        fisher, count = fisher_diagonal(learner, facts, config.samples)
        scale = to_mean_one(fisher) if config.normalise else 1.0
        self._quadratic.settle(learner.trainable())
        self._quadratic.accumulate(fisher, config.decay, scale)
        self._origins.note(learner, facts, scale / max(count, 1), config.decay)


def fisher_diagonal(
    learner: Learner, facts: Sequence[Fact], samples: int
) -> tuple[dict[str, Tensor], int]:
    """E[(∂ log p(y|x)/∂θ)²] over at most ``samples`` sentences of ``facts``, by parameter.

    Beside it, over how many.
    """
    batches = sample_batches(learner, facts, samples)
    sums, count = squared_gradients(learner.model, learner.score, batches)
    return {name: tensor / max(count, 1) for name, tensor in sums.items()}, count
