"""Closed-form edits in the null space of what the base knows, held by all earlier edits.

Fang et al. (2025), "AlphaEdit: Null-space constrained knowledge editing for language models",
eq. 8-14. P projects onto the directions in which the keys K₀ of the base knowledge are almost
nothing, so that an edit Δ = Δ̃ P leaves W K₀ as it is; K_p are the keys of earlier updates:

    W ← W + R K₁ᵀ P (K_p K_pᵀ P + K₁ K₁ᵀ P + λ I)⁻¹

K_p K_pᵀ is kept as a sum, so memory is constant: one matrix and one basis a block. P is taken
once, from the base. The paper's null space has eigenvalues below 10⁻² in models with keys of
thousands of dimensions; a narrow model has none so small, so here it is spanned by as many of
the smallest eigenvectors of K₀ K₀ᵀ as hold ``share`` of its trace, and what the base keeps in
it is weighed by λ: in units of its mean eigenvalue there, where the paper has λ = 1.

As in `memit`, every token that predicts a token of the object or the end has a key and a δ of
its own, in every trained wording; δ goes down the plain gradient, as Adam would also move what
is predicted right; and the update is solved in ``rounds``, each from new δ to the optimum of the
update's whole change.

A superseded fact is asked with the key of its successor, so its value is overwritten where it
lies; its keys stay in the sum K_p K_pᵀ. Facts to forget are not edited; the keys that an
erased fact of an update has at the present weights are taken out of the sum, and what is negative
then is set to zero. P was taken from all of the base, of which none can be told apart.

A projection of n inputs has room for about n keys (see `memit`). Where an update brings more of
them, as it does on the embedded model, K_p K_pᵀ has no null space left after the first one, and
later updates are not learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from pydantic import Field

from cltool.lm.batches import collate
from cltool.strategies.editing.common.editor import Editor, Plan, null_basis
from cltool.strategies.regularisation.common.downdate import without_negative
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Update
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner


class AlphaEditConfig(StrategyConfig):
    """Settings of `alphaedit`."""

    layers: list[int] = Field(
        default=[],
        description="numbers of the edited blocks, negative from the last; none: the last four",
    )
    share: float = Field(
        json_schema_extra=search(0.2, 0.95),
        default=0.6,
        gt=0,
        le=1,
        description="how much of the base's second moment the null space may hold",
    )
    strength: float = Field(
        json_schema_extra=search(5e-05, 0.05, log=True),
        default=0.0005,
        gt=0,
        alias="lambda",
        description="λ, how much a change weighs",
    )
    rounds: int = Field(default=20, ge=1, description="most solves an update")
    steps: int = Field(default=1, ge=1, description="gradient steps for δ in a round")
    rate: float = Field(default=10.0, gt=0, description="length of these steps")
    damping: float = Field(
        default=1.0, gt=0, le=1, description="share of each round's solution that is taken"
    )


class AlphaEdit(Strategy[AlphaEditConfig]):
    """Least squares in the null space of the base's keys, held by the keys of earlier edits."""

    trains: ClassVar[bool] = False

    def attach(self, learner: Learner) -> None:
        """Find the null space of the base knowledge's keys.

        Raises:
            UserError: the model has no such blocks, or none with a plain MLP.
        """
        config = self.config
        where = "strategy.alphaedit.layers"
        self._editor = Editor(learner.model, learner.score, config.layers, where)
        moments = self._editor.moments(_batches(learner, learner.known.valid()))
        self._bases = [null_basis(moment, config.share) for moment in moments]
        self._earlier = [torch.zeros_like(moment) for moment in moments]
        self._scales = [
            float((moment @ basis * basis).sum()) / max(basis.shape[1], 1)
            for moment, basis in zip(moments, self._bases, strict=True)
        ]

    def update(self, learner: Learner, update: Update) -> None:
        """Solve for what the update teaches, until it is said right or the budget is spent."""
        config = self.config
        batches = _batches(learner, update.learn)
        hold = [
            earlier + config.strength * scale * torch.eye(len(earlier), dtype=earlier.dtype)
            for earlier, scale in zip(self._earlier, self._scales, strict=True)
        ]
        self._editor.edit(batches, _plan(config, learner), hold, self._bases, learner.left)
        for earlier, moment in zip(self._earlier, self._editor.moments(batches), strict=True):
            earlier += moment

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Take the keys of facts that updates taught out of the sum."""
        base = set(learner.stream.updates[0].learn)
        edited = [fact for fact in facts if fact not in base]
        told = {}
        if edited:
            moments = self._editor.moments(_batches(learner, edited))
            for place, moment in enumerate(moments):
                self._earlier[place] = without_negative(self._earlier[place] - moment)
            count = len(learner.examples(edited))
            told["keys of earlier edits"] = f"down-dated: {count} sentences are taken out"
        if len(edited) < len(facts):
            told["null space"] = f"{INSEPARABLE}: it was taken from all of the base's keys"
        return told

    def state_dict(self) -> State:
        """The sums of earlier keys' squares, and the bases of the null spaces."""
        sums = zip(self._editor.layers, self._earlier, strict=True)
        bases = zip(self._editor.layers, self._bases, strict=True)
        return {f"earlier.{n}": t.clone() for n, t in sums} | {f"basis.{n}": t for n, t in bases}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._earlier = [state[f"earlier.{number}"] for number in self._editor.layers]
        self._bases = [state[f"basis.{number}"] for number in self._editor.layers]


def _plan(config: AlphaEditConfig, learner: Learner) -> Plan:
    return Plan(config.rounds, config.steps, config.rate, config.damping, learner.settings.stop_at)


def _batches(learner: Learner, facts: Sequence[Fact]) -> list[Batch]:
    """All trained wordings of ``facts``, those of like length together."""
    examples = sorted(learner.examples(facts), key=len)
    size = learner.settings.batch_size
    pad = learner.lm.coder.pad
    return [collate(examples[n : n + size], pad) for n in range(0, len(examples), size)]
