"""Riemannian walk: weights that changed the loss much for how little they changed the model.

Chaudhry et al. (2018), "Riemannian Walk for Incremental Learning: Understanding Forgetting
and Intransigence", section 4:

    s_i = Σ max(−Σ_t g_i Δθ_i, 0) / (½ F_i Δθ_i² + ε)    over stretches of ``stretch`` steps
    F ← γ F + (1−γ) F_update,     s ← γ s + (1−γ) s_update
    L(θ) = L_update(θ) + λ/2 · Σ_i (F_i + s_i) (θ_i − θ*_i)²

with F the diagonal of the Fisher information (a step's length in KL divergence), ω the
weight's share in the fall of the loss, and θ* the weights after the last update. Three things
differ from the paper. F is taken over single sentences after each update rather than as a
moving average over minibatches, which depends on their size; along the path it is that of
before the update. F and s are divided by their means rather than by their largest values,
which one weight would set. And a base model's own training was not watched, so before the
first update a stretch of training on the base knowledge is, after which the weights are put
back.

An erased fact is taken out of F: its sentences' squared gradients, at the weights as they are now,
are subtracted with the weight that they were added with, which is exact while the weights have not
moved (`cltool.strategies.regularisation.common.downdate`). Of s none can be told apart: it adds
steps up, and a step is taken on many facts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.downdate import Origins
from cltool.strategies.regularisation.common.path_integral import Steps, walk
from cltool.strategies.regularisation.common.penalty import (
    Diagonal,
    prefixed,
    sample_batches,
    to_mean_one,
    unprefixed,
)
from cltool.strategies.regularisation.common.per_sample import squared_gradients
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner


class RWalkConfig(StrategyConfig):
    """Settings of `rwalk`."""

    strength: float = Field(
        json_schema_extra=search(0.0005, 0.5, log=True),
        default=0.006,
        ge=0,
        alias="lambda",
        description="λ, the penalty's weight",
    )
    decay: float = Field(
        default=0.5, ge=0, lt=1, description="γ, how much of the old F and s stays"
    )
    damping: float = Field(default=1e-6, gt=0, description="ε, for weights that hardly moved")
    stretch: int = Field(default=10, ge=1, description="steps after which the score is added to")
    samples: int = Field(
        default=256, ge=1, description="most sentences that an update's Fisher is taken over"
    )
    base_steps: int = Field(
        default=150, ge=0, description="steps of training that tell the base's scores"
    )


class RWalk(Strategy[RWalkConfig]):
    """A quadratic penalty around the last weights, weighted by Fisher and path score."""

    def attach(self, learner: Learner) -> None:
        """Take Fisher information and scores of the base knowledge."""
        config = self.config
        self._quadratic = Diagonal(learner.trainable())
        self._steps = Steps()
        self._origins = Origins(len(learner.stream))
        facts = learner.known.valid()
        self._fisher = self._taken(learner, facts, 1.0)
        self._begin(learner)
        for moved in walk(learner, facts, config.base_steps, self._credit):
            self._count(moved)
        self._scores = self._end()
        self._settle(learner)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Begin the update's path."""
        self._begin(learner)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Keep the loss's own gradient, then add the penalty's."""
        self._steps.begin(learner.trainable())
        self._quadratic.add_gradient(learner, self.config.strength)

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Credit each weight for its part of the step."""
        self._count(self._steps.end(learner.trainable(), self._credit))

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Consolidate what the update taught."""
        decay = self.config.decay
        scores = self._end()
        fisher = self._taken(learner, learner.experience.update.learn, 1 - decay)
        self._scores = _blend(self._scores, scores, decay)
        self._fisher = _blend(self._fisher, fisher, decay)
        self._settle(learner)

    def erasing_done(self, learner: Learner) -> None:
        """Hold the weights where the erasing left them."""
        self._quadratic.settle(learner.trainable())

    def penalty(self, learner: Learner) -> Tensor:
        """λ/2 · Σ (F + s) (θ − θ*)², a scalar."""
        strength = self.config.strength
        return strength * self._quadratic.penalty(learner.trainable())

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Take the facts out of the Fisher information; of the scores none can be told apart."""

        def squares(batches: Sequence[Batch]) -> Mapping[str, Tensor]:
            return squared_gradients(learner.model, learner.score, batches)[0]

        samples = self.config.samples
        told = self._origins.down_date(self._fisher, learner, facts, samples, squares)
        self._weigh()
        scores = f"{INSEPARABLE}: they add up steps, each taken on many facts at once"
        return {"Fisher information": told, "path scores": scores}

    def state_dict(self) -> State:
        """Fisher information and what each update weighs in it, scores and anchor weights."""
        anchor = prefixed("anchor", self._quadratic.anchor)
        taken = prefixed("fisher", self._fisher) | prefixed("score", self._scores)
        return {**taken, **anchor, "origins": self._origins.weights}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        device = next(iter(self._fisher.values())).device
        for held, part in ((self._fisher, "fisher"), (self._scores, "score")):
            held |= {name: tensor.to(device) for name, tensor in unprefixed(part, state).items()}
        importance = {name: tensor + self._scores[name] for name, tensor in self._fisher.items()}
        anchor = prefixed("anchor", unprefixed("anchor", state))
        self._quadratic.load_state_dict(prefixed("importance", importance) | anchor)
        self._origins.weights = state["origins"].clone()

    def _settle(self, learner: Learner) -> None:
        self._quadratic.settle(learner.trainable())
        self._weigh()

    def _weigh(self) -> None:
        importance = {name: tensor + self._scores[name] for name, tensor in self._fisher.items()}
        self._quadratic.accumulate(importance, 0.0, 1.0)

    def _taken(self, learner: Learner, facts: Sequence[Fact], share: float) -> dict[str, Tensor]:
        """The Fisher information of ``facts``, of mean one; ``share`` is what it will count."""
        batches = sample_batches(learner, facts, self.config.samples)
        sums, _ = squared_gradients(learner.model, learner.score, batches)
        scale = to_mean_one(sums)
        self._origins.note(learner, facts, share * scale, 1 - share)
        return {name: tensor * scale for name, tensor in sums.items()}

    def _begin(self, learner: Learner) -> None:
        parameters = learner.trainable()
        zeros = [{n: torch.zeros_like(p) for n, p in parameters.items()} for _ in range(3)]
        self._credit, self._way, self._ratios = zeros
        self._count_of_steps = 0

    def _count(self, moved: Mapping[str, Tensor]) -> None:
        """A step was made; at the end of a stretch, the score is added to."""
        for name, step in moved.items():
            self._way[name] += step
        self._count_of_steps += 1
        if self._count_of_steps % self.config.stretch == 0:
            self._score_stretch()

    def _score_stretch(self) -> None:
        damping = self.config.damping
        for name, credit in self._credit.items():
            way = self._way[name]
            fisher = self._fisher.get(name, torch.zeros_like(way))
            self._ratios[name] += credit.clamp(min=0) / (0.5 * fisher * way**2 + damping)
            credit.zero_()
            way.zero_()

    def _end(self) -> dict[str, Tensor]:
        """The path's scores, of mean one."""
        self._score_stretch()
        scores = _of_mean_one(self._ratios)
        self._credit, self._way, self._ratios = {}, {}, {}
        return scores


def _of_mean_one(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    scale = to_mean_one(tensors)
    return {name: tensor * scale for name, tensor in tensors.items()}


def _blend(old: Mapping[str, Tensor], new: Mapping[str, Tensor], decay: float) -> dict[str, Tensor]:
    """γ · old + (1 − γ) · new; what is new counts from now on."""
    return {
        name: decay * old.get(name, torch.zeros_like(tensor)) + (1 - decay) * tensor
        for name, tensor in new.items()
    }
