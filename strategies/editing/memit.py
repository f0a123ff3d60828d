"""Writes each update into MLP output projections in closed form, many facts at once.

Meng et al. (2023), "Mass-editing memory in a transformer", eq. 14-16 and 20. With k a key
(the input of a block's output projection W), C₀ the second moment of the base knowledge's
keys, z the target hidden state after the last edited block L, and h the current one:

    W_l ← W_l + R K₁ᵀ (C₀ + K₁ K₁ᵀ)⁻¹,     C₀ = λ Σ_base k kᵀ,     r = (z − h_L) / (L − l + 1)

In addition, ρ times the mean eigenvalue of C₀ is added to its diagonal. Without it, both matrices
are singular if there are fewer keys than inputs, and rounding errors would determine the size of
an edit.

Differences from the paper, with reasons:

- The paper's key is the last token of the subject, and its single δ must produce the whole
  object. Here every token that predicts a token of the object or the end token has its own key
  and δ, in every trained wording, because a shallow model cannot produce a name of several tokens
  from one position.
- δ follows the plain gradient. Adam would also change tokens that are already predicted.
- One solve does not reach z if there are many keys with few dimensions. The update is therefore
  solved in ``rounds``: new δ, then the optimum of the update's total change, with C₀ measured
  from the weights before the update.

λ counts keys: with λ = 1, a key of the base weighs as much as one of the update.

A superseded fact has the same key as its successor, so its value is overwritten. C₀, which updates
do not change, still protects the other directions of its keys. Facts to forget are not edited. The
keys of an erased fact of the base, at the current weights, are subtracted from C₀, and negative
eigenvalues are set to zero. Memory: one matrix (in × in) per block, constant.

A projection with n inputs has room for about n keys. The paper's models have thousands of inputs.
The embedded model has 256, and an update of 60 facts in five wordings has thousands of keys: there
the update is learned only in part, and earlier knowledge is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import torch
from pydantic import Field

from cltool.core.plurals import plural
from cltool.strategies.editing.common.editor import (
    Damping,
    Editor,
    Layers,
    Plan,
    Rate,
    Rounds,
    Steps,
    sentence_batches,
)
from cltool.strategies.regularisation.common.downdate import without_negative
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.training.learner import Learner


class MEMITConfig(StrategyConfig):
    """Settings of `memit`."""

    layers: Layers = Field(default=[])
    strength: float = Field(
        json_schema_extra=search(0.0001, 0.1, log=True),
        default=0.002,
        gt=0,
        alias="lambda",
        description="λ, weight of the base's keys",
    )
    ridge: float = Field(
        default=0.01, gt=0, description="ρ, share of the mean eigenvalue added to C₀'s diagonal"
    )
    rounds: Rounds = 20
    steps: Steps = 1
    rate: Annotated[Rate, Field(json_schema_extra=search(1, 30, log=True))] = 10.0
    damping: Damping = 1.0


class MEMIT(Strategy[MEMITConfig]):
    """Solves least squares over the update's keys, with a penalty on changes at the base's keys."""

    trains = False

    def attach(self, learner: Learner) -> None:
        """Compute the second moment of the base knowledge's keys.

        Raises:
            UserError: the model has no such blocks, or none with an ordinary MLP.
        """
        layers, where = self.config.layers, "strategy.memit.layers"
        self._editor = Editor(learner.model, learner.score, layers, where)
        self._moments = self._editor.moments(sentence_batches(learner, learner.known.valid()))

    def update(self, learner: Learner, update: Update) -> None:
        """Write the update's facts, until they are learned or the budget is spent."""
        config, stop_at = self.config, learner.settings.stop_at
        hold = [config.strength * _ridged(moment, config.ridge) for moment in self._moments]
        plan = Plan(config.rounds, config.steps, config.rate, config.damping, stop_at)
        batches = sentence_batches(learner, update.learn)
        self._editor.edit(batches, plan, hold, [None] * len(hold), learner.left)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Subtract the keys of the base's facts from their second moment."""
        base = {fact.key: fact for fact in learner.stream.updates[0].learn}
        # The moment has no keys of facts that an earlier update erased.
        for step in range(1, learner.known.step):
            for fact in learner.stream.updates[step].forget:
                base.pop(fact.key, None)
        ours = [base[fact.key] for fact in facts if fact.key in base]
        if not ours:
            return {}
        moments = self._editor.moments(sentence_batches(learner, ours))
        for index, moment in enumerate(moments):
            self._moments[index] = without_negative(self._moments[index] - moment)
        count = len(learner.examples(ours))
        return {"keys of the base": f"down-dated: subtracted {plural(count, 'sentence')}"}

    def state_dict(self) -> State:
        """Return the second moments."""
        return {f"moment.{n}": m for n, m in zip(self._editor.layers, self._moments, strict=True)}

    def load_state_dict(self, state: State) -> None:
        """Restore the second moments."""
        self._moments = [state[f"moment.{number}"] for number in self._editor.layers]


def _ridged(moment: Tensor, ridge: float) -> Tensor:
    size = len(moment)
    return moment + ridge * float(moment.trace()) / size * torch.eye(size, dtype=moment.dtype)
