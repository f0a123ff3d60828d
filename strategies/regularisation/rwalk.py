"""Riemannian walk: penalises changes of weights by Fisher information and path score.

Chaudhry et al. (2018), "Riemannian Walk for Incremental Learning: Understanding Forgetting
and Intransigence", section 4:

    s_i = Σ max(−Σ_t g_i Δθ_i, 0) / (½ F_i Δθ_i² + ε)    over stretches of ``stretch`` steps
    F ← γ F + (1−γ) F_update,     s ← γ s + (1−γ) s_update
    L(θ) = L_update(θ) + λ/2 · Σ_i (F_i + s_i) (θ_i − θ*_i)²

F is the diagonal of the Fisher information, which approximates the length of a step in KL
divergence. −Σ_t g_i Δθ_i is the weight's contribution to the decrease of the loss, so s is large
for weights that lowered the loss much while they changed the model little. θ* are the weights
after the last update. Three things differ from the paper:

- F is computed over single sentences after each update. The paper uses a moving average over
  minibatches, which depends on their size. The scores of an update use the F from before it.
- F and s are divided by their means. The paper divides by the largest value, which a single
  weight can determine.
- The training of the base model was not observed. Before the first update, cltool therefore
  trains on the base knowledge for ``base_steps`` steps to compute s, and then restores the
  weights.

When a fact is erased, the squared gradients of its sentences are computed at the current weights
and subtracted from F, with the weight that they were added with. This is exact if the weights
have not changed since (`cltool.strategies.regularisation.common.downdate`). An erased fact cannot
be removed from s, which adds up steps that are each taken on many facts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.downdate import UpdateWeights
from cltool.strategies.regularisation.common.importance import (
    PenaltyConfig,
    QuadraticPenalty,
    Samples,
    Strength,
)
from cltool.strategies.regularisation.common.path_integral import (
    StepRecorder,
    train_and_restore,
    zeros_like,
)
from cltool.strategies.regularisation.common.penalty import (
    prefixed,
    sample_batches,
    scale_to_mean_one,
    unprefixed,
)
from cltool.strategies.regularisation.common.shared_sums import shared_squares
from cltool.training.strategy import INSEPARABLE, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class RWalkConfig(PenaltyConfig):
    """Settings of `rwalk`."""

    strength: Strength = 0.006
    decay: float = Field(
        default=0.5, ge=0, lt=1, description="γ, share of the earlier F and s that is kept"
    )
    damping: float = Field(default=1e-6, gt=0, description="ε, for weights that hardly moved")
    stretch: int = Field(default=10, ge=1, description="steps between two additions to the score")
    samples: Samples = 256
    base_steps: int = Field(
        default=150, ge=0, description="training steps to compute the base's scores"
    )


class RWalk(QuadraticPenalty[RWalkConfig]):
    """A quadratic penalty around the last weights, weighted by Fisher and path score."""

    def attach(self, learner: Learner) -> None:
        """Compute Fisher information and scores of the base knowledge."""
        super().attach(learner)
        self._steps = StepRecorder()
        self._origins = UpdateWeights(len(learner.stream))
        facts = learner.known.valid()
        self._fisher = self._fisher_of(learner, facts, 1.0)
        self._begin(learner)
        steps = self.config.base_steps
        for moved in train_and_restore(learner, facts, steps, self._contributions):
            self._add_step(moved)
        self._scores = self._end()
        self._sum_importances()

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Start the scores of the update."""
        self._begin(learner)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Store the gradient of the loss alone, then add that of the penalty."""
        self._steps.begin(learner.trainable())
        super().after_backward(learner)

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Add each weight's contribution of this step."""
        self._add_step(self._steps.end(learner.trainable(), self._contributions))

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Blend in Fisher information and scores of the update."""
        decay = self.config.decay
        scores = self._end()
        fisher = self._fisher_of(learner, learner.experience.update.learn, 1 - decay)
        self._scores = _blend(self._scores, scores, decay)
        self._fisher = _blend(self._fisher, fisher, decay)
        self._quadratic.set_anchor(learner.trainable())
        self._sum_importances()

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Subtract ``facts`` from the Fisher information; report that the scores keep them."""
        done = self._origins.down_date(
            self._fisher,
            learner,
            facts,
            self.config.samples,
            lambda batches: shared_squares(learner, batches),
        )
        self._sum_importances()
        scores = f"{INSEPARABLE}: they add up steps, each on many facts at once"
        return {"Fisher information": done, "path scores": scores}

    def state_dict(self) -> State:
        """Return Fisher information, each update's weight in it, scores and anchor weights."""
        anchor = prefixed("anchor", self._quadratic.anchor)
        kept = prefixed("fisher", self._fisher) | prefixed("score", self._scores)
        return {**kept, **anchor, "origins": self._origins.weights}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        device = next(iter(self._fisher.values())).device
        for held, part in ((self._fisher, "fisher"), (self._scores, "score")):
            held |= {name: tensor.to(device) for name, tensor in unprefixed(part, state).items()}
        importance = {name: tensor + self._scores[name] for name, tensor in self._fisher.items()}
        anchor = prefixed("anchor", unprefixed("anchor", state))
        super().load_state_dict(prefixed("importance", importance) | anchor)
        self._origins.weights = state["origins"].clone()

    def _sum_importances(self) -> None:
        """Set the importances to F + s."""
        importance = {name: tensor + self._scores[name] for name, tensor in self._fisher.items()}
        self._quadratic.accumulate(importance, 0.0, 1.0)

    def _fisher_of(
        self, learner: Learner, facts: Sequence[Fact], weight: float
    ) -> dict[str, Tensor]:
        """Return the Fisher information of ``facts`` with mean 1; record its later ``weight``."""
        batches = sample_batches(learner, facts, self.config.samples)
        sums = shared_squares(learner, batches)
        scale = scale_to_mean_one(sums)
        self._origins.record(learner, facts, weight * scale, 1 - weight)
        return {name: tensor * scale for name, tensor in sums.items()}

    def _begin(self, learner: Learner) -> None:
        self._contributions = zeros_like(learner)
        self._distance, self._ratios = zeros_like(learner), zeros_like(learner)
        self._steps_taken = 0

    def _add_step(self, moved: Mapping[str, Tensor]) -> None:
        """Add the distance of one step; at the end of a stretch, add to the scores."""
        for name, step in moved.items():
            self._distance[name] += step
        self._steps_taken += 1
        if self._steps_taken % self.config.stretch == 0:
            self._score_stretch()

    def _score_stretch(self) -> None:
        damping = self.config.damping
        for name, contribution in self._contributions.items():
            distance = self._distance[name]
            fisher = self._fisher.get(name, torch.zeros_like(distance))
            length = 0.5 * fisher * distance**2 + damping
            self._ratios[name] += contribution.clamp(min=0) / length
            contribution.zero_()
            distance.zero_()

    def _end(self) -> dict[str, Tensor]:
        """Return the scores of the path, with mean 1."""
        self._score_stretch()
        scale = scale_to_mean_one(self._ratios)
        scores = {name: tensor * scale for name, tensor in self._ratios.items()}
        self._contributions, self._distance, self._ratios = {}, {}, {}
        return scores


def _blend(old: Mapping[str, Tensor], new: Mapping[str, Tensor], decay: float) -> dict[str, Tensor]:
    """Return γ · old + (1 − γ) · new, for the parameters of ``new``."""
    return {
        name: decay * old.get(name, torch.zeros_like(tensor)) + (1 - decay) * tensor
        for name, tensor in new.items()
    }
