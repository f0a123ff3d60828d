"""Writes each update into MLP output projections in closed form, many facts at once.

Meng et al. (2023), "Mass-editing memory in a transformer", eq. 14-16 and 20. With k a key
(the input of a block's output projection W), C₀ the second moment of the base knowledge's
keys, z the hidden state wanted after the last edited block L, and h the one that is there:

    W_l ← W_l + R K₁ᵀ (C₀ + K₁ K₁ᵀ)⁻¹,     C₀ = λ Σ_base k kᵀ,     r = (z − h_L) / (L − l + 1)

C₀ also has ρ of its mean eigenvalue on its diagonal: where there are fewer keys than inputs, both
matrices are singular without it, and an edit would be as large as rounding lets it.

What differs, and why. The paper's key is the last token of the subject, whose one δ must
yield the whole object; here every token that predicts a token of the object or the end has a
key and a δ of its own, in every trained wording, because a shallow model cannot spell a name
of several tokens from one place. δ goes down the plain gradient, because Adam would also move
what is predicted right already. And one solve does not reach z where keys are many and
narrow, so the update is solved in ``rounds``: new δ, then the optimum of the update's whole
change, C₀ holding it against the weights before the update. λ counts keys: at 1 a key of the
base weighs as much as one of the update.

A superseded fact is asked with the key of its successor, so its value is overwritten where it
lies; C₀, which updates never change, still holds the other directions that its keys took part in.
Facts to forget are not edited; the keys that an erased fact of the base has at the present weights
are taken out of C₀, and what is negative then is set to zero. Memory: one matrix (in × in) a
block, constant.

A projection of n inputs has room for about n keys. The paper's models have thousands; the
embedded model has 256, and an update of 60 facts in five wordings brings thousands of keys: there
the update is learned in part, and what was known before is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from pydantic import Field

from cltool.lm.batches import collate
from cltool.strategies.editing.common.editor import Editor, Plan
from cltool.strategies.regularisation.common.downdate import without_negative
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner


class MEMITConfig(StrategyConfig):
    """Settings of `memit`."""

    layers: list[int] = Field(
        default=[],
        description="numbers of the edited blocks, negative from the last; none: the last four",
    )
    strength: float = Field(
        json_schema_extra=search(0.0001, 0.1, log=True),
        default=0.002,
        gt=0,
        alias="lambda",
        description="λ, how much the base's keys weigh",
    )
    ridge: float = Field(
        default=0.01, gt=0, description="ρ, of the mean eigenvalue, on the diagonal of C₀"
    )
    rounds: int = Field(default=20, ge=1, description="most solves an update")
    steps: int = Field(default=1, ge=1, description="gradient steps for δ in a round")
    rate: float = Field(
        json_schema_extra=search(1, 30, log=True),
        default=10.0,
        gt=0,
        description="length of these steps",
    )
    damping: float = Field(
        default=1.0, gt=0, le=1, description="share of each round's solution that is taken"
    )


class MEMIT(Strategy[MEMITConfig]):
    """Least squares over the update's keys, held by the second moment of the base's."""

    trains: ClassVar[bool] = False

    def attach(self, learner: Learner) -> None:
        """Take the second moment of the base knowledge's keys.

        Raises:
            UserError: the model has no such blocks, or none with a plain MLP.
        """
        config = self.config
        self._editor = Editor(learner.model, learner.score, config.layers, "strategy.memit.layers")
        self._moments = self._editor.moments(_batches(learner, learner.known.valid()))

    def update(self, learner: Learner, update: Update) -> None:
        """Solve for what the update teaches, until it is said right or the budget is spent."""
        config = self.config
        batches = _batches(learner, update.learn)
        hold = [config.strength * _ridged(moment, config.ridge) for moment in self._moments]
        anywhere = [None] * len(hold)
        self._editor.edit(batches, _plan(config, learner), hold, anywhere, learner.left)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Take the keys of the base's facts out of their second moment."""
        base = {fact.key: fact for fact in learner.stream.updates[0].learn}
        # A key that was taught again after an erasing is no longer in the moment.
        for step in range(1, learner.known.step):
            for fact in learner.stream.updates[step].forget:
                base.pop(fact.key, None)
        ours = [base[fact.key] for fact in facts if fact.key in base]
        if not ours:
            return {}
        moments = self._editor.moments(_batches(learner, ours))
        for place, moment in enumerate(moments):
            self._moments[place] = without_negative(self._moments[place] - moment)
        count = len(learner.examples(ours))
        return {"keys of the base": f"down-dated: {count} sentences are taken out"}

    def state_dict(self) -> State:
        """The second moments."""
        return {f"moment.{n}": m for n, m in zip(self._editor.layers, self._moments, strict=True)}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._moments = [state[f"moment.{number}"] for number in self._editor.layers]


def _ridged(moment: Tensor, ridge: float) -> Tensor:
    size = len(moment)
    return moment + ridge * float(moment.trace()) / size * torch.eye(size, dtype=moment.dtype)


def _plan(config: MEMITConfig, learner: Learner) -> Plan:
    return Plan(config.rounds, config.steps, config.rate, config.damping, learner.settings.stop_at)


def _batches(learner: Learner, facts: Sequence[Fact]) -> list[Batch]:
    """All trained wordings of ``facts``, those of like length together."""
    examples = sorted(learner.examples(facts), key=len)
    size = learner.settings.batch_size
    pad = learner.lm.coder.pad
    return [collate(examples[n : n + size], pad) for n in range(0, len(examples), size)]
