"""Shared parts of the strategies that penalise changes of important weights.

`QuadraticPenalty` adds the gradient of

    λ/2 · Σ_i Ω_i (θ_i − θ*_i)²

with θ* the weights after the last update; a subclass computes the importances Ω.
`SampledImportance` is for importances that are a mean over single sentences:

    Ω ← γ Ω + scale · E_sentences[terms]

With ``normalise``, ``scale`` divides an update's importances by their mean; otherwise it is 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field
from typing_extensions import TypeVar

from cltool.strategies.regularisation.common.downdate import UpdateWeights
from cltool.strategies.regularisation.common.penalty import (
    DiagonalPenalty,
    sample_batches,
    scale_to_mean_one,
)
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner

Strength = Annotated[
    float,
    Field(
        ge=0,
        alias="lambda",
        description="λ, weight of the penalty",
        json_schema_extra=search(0.0005, 0.5, log=True),
    ),
]
Decay = Annotated[
    float, Field(ge=0, le=1, description="γ, share of the earlier importances that is kept")
]
SearchedDecay = Annotated[Decay, Field(json_schema_extra=search(0.5, 1))]
Samples = Annotated[
    int, Field(ge=1, description="most sentences that an update's importances are computed from")
]
Normalise = Annotated[
    bool, Field(description="whether each update's importances are divided by their mean")
]


class PenaltyConfig(StrategyConfig):
    """The setting of every penalty."""

    strength: Strength = 0.005


class SampledImportanceConfig(PenaltyConfig):
    """Settings of a penalty with importances that are a mean over sentences."""

    decay: SearchedDecay = 1.0
    samples: Samples = 256
    normalise: Normalise = True


P = TypeVar("P", bound=PenaltyConfig, default=PenaltyConfig)
S = TypeVar("S", bound=SampledImportanceConfig, default=SampledImportanceConfig)


class QuadraticPenalty(Strategy[P]):
    """A quadratic penalty around the last weights; a subclass sets the importances."""

    def attach(self, learner: Learner) -> None:
        """Start with the base weights as θ*, and importances of zero."""
        self._quadratic = DiagonalPenalty(learner.trainable())

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of the penalty."""
        self._quadratic.add_gradient(learner, self.config.strength)

    def erasing_done(self, learner: Learner) -> None:
        """Set θ* to the weights after the erasing."""
        self._quadratic.set_anchor(learner.trainable())

    def penalty(self, learner: Learner) -> Tensor:
        """Return λ/2 · Σ Ω (θ − θ*)², a scalar."""
        return self.config.strength * self._quadratic.penalty(learner.trainable())

    def state_dict(self) -> State:
        """Return importances and anchor weights."""
        return self._quadratic.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Restore importances and anchor weights."""
        self._quadratic.load_state_dict(state)


class SampledImportance(QuadraticPenalty[S]):
    """A quadratic penalty whose importances are a mean of terms over single sentences.

    Attributes:
        store: name of the importances in the record of a purge.
    """

    store: ClassVar[str] = "importances"

    def terms(self, learner: Learner, batches: Sequence[Batch]) -> tuple[dict[str, Tensor], int]:
        """Return the sum of the sentences' terms, by parameter, and the number of sentences."""
        raise NotImplementedError

    def importances(self, learner: Learner, facts: Sequence[Fact]) -> tuple[dict[str, Tensor], int]:
        """Return the mean of the terms over a sample of ``facts``, and the number of sentences."""
        sums, count = self.terms(learner, sample_batches(learner, facts, self.config.samples))
        return {name: tensor / max(count, 1) for name, tensor in sums.items()}, count

    def attach(self, learner: Learner) -> None:
        """Compute the importances for the base knowledge."""
        super().attach(learner)
        self._origins = UpdateWeights(len(learner.stream))
        self._consolidate(learner, learner.known.valid())

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Add the importances for the facts of the update."""
        self._consolidate(learner, learner.experience.update.learn)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Subtract the terms of ``facts`` from the importances."""
        done = self._origins.down_date(
            self._quadratic.importance,
            learner,
            facts,
            self.config.samples,
            lambda batches: self.terms(learner, batches)[0],
        )
        return {self.store: done}

    def state_dict(self) -> State:
        """Return importances, anchor weights, and each update's weight in the importances."""
        return {**super().state_dict(), "origins": self._origins.weights}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        super().load_state_dict(state)
        self._origins.weights = state["origins"].clone()

    def _consolidate(self, learner: Learner, facts: Sequence[Fact]) -> None:
        config = self.config
        importance, count = self.importances(learner, facts)
        scale = scale_to_mean_one(importance) if config.normalise else 1.0
        self._quadratic.set_anchor(learner.trainable())
        self._quadratic.accumulate(importance, config.decay, scale)
        self._origins.record(learner, facts, scale / max(count, 1), config.decay)
