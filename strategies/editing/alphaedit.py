"""Edits weights in closed form in the null space of the base's keys, and protects earlier edits.

Fang et al. (2025), "AlphaEdit: Null-space constrained knowledge editing for language models",
eq. 8-14. P projects onto the directions in which the keys K₀ of the base knowledge are almost
zero, so an edit Δ = Δ̃ P hardly changes W K₀. K_p are the keys of earlier updates:

    W ← W + R K₁ᵀ P (K_p K_pᵀ P + K₁ K₁ᵀ P + λ I)⁻¹

K_p K_pᵀ is stored as a sum, so the memory is constant: one matrix and one basis per block. P is
computed once, from the base. The paper's null space has eigenvalues below 10⁻², in models whose
keys have thousands of dimensions. A narrow model has no such small eigenvalues. Here the null
space is therefore spanned by the smallest eigenvectors of K₀ K₀ᵀ that together hold at most
``share`` of its trace, and λ is measured in units of the mean eigenvalue in this space; the paper
has λ = 1.

As in `memit`, every token that predicts a token of the object or the end token has its own key
and δ, in every trained wording; δ follows the plain gradient, because Adam would also change
tokens that are already predicted; and the update is solved in ``rounds``, each with new δ and then
the optimum of the update's total change.

A superseded fact has the same key as its successor, so its value is overwritten; its keys stay in
the sum K_p K_pᵀ. Facts to forget are not edited. The keys of an erased fact that an update taught,
at the current weights, are subtracted from the sum, and negative eigenvalues are set to zero. No
fact can be removed from P, which was computed from the whole base.

A projection with n inputs has room for about n keys (see `memit`). If an update has more keys, as
on the embedded model, K_p K_pᵀ has no null space left after the first update, and later updates
are not learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    null_basis,
    sentence_batches,
)
from cltool.strategies.regularisation.common.downdate import without_negative
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Update
    from cltool.training.learner import Learner


class AlphaEditConfig(StrategyConfig):
    """Settings of `alphaedit`."""

    layers: Layers = Field(default=[])
    share: float = Field(
        json_schema_extra=search(0.2, 0.95),
        default=0.6,
        gt=0,
        le=1,
        description="share of the trace of the base's second moment that the null space may hold",
    )
    strength: float = Field(
        json_schema_extra=search(5e-05, 0.05, log=True),
        default=0.0005,
        gt=0,
        alias="lambda",
        description="λ, weight of the penalty on a change",
    )
    rounds: Rounds = 20
    steps: Steps = 1
    rate: Rate = 10.0
    damping: Damping = 1.0


class AlphaEdit(Strategy[AlphaEditConfig]):
    """Solves least squares in the null space of the base's keys, and protects earlier edits."""

    trains = False

    def attach(self, learner: Learner) -> None:
        """Find the null space of the base knowledge's keys.

        Raises:
            UserError: the model has no such blocks, or none with an ordinary MLP.
        """
        config = self.config
        where = "strategy.alphaedit.layers"
        self._editor = Editor(learner.model, learner.score, config.layers, where)
        moments = self._editor.moments(sentence_batches(learner, learner.known.valid()))
        self._bases = [null_basis(moment, config.share) for moment in moments]
        self._earlier = [torch.zeros_like(moment) for moment in moments]
        self._scales = [
            float((moment @ basis * basis).sum()) / max(basis.shape[1], 1)
            for moment, basis in zip(moments, self._bases, strict=True)
        ]

    def update(self, learner: Learner, update: Update) -> None:
        """Write the update's facts, until they are learned or the budget is spent."""
        config, stop_at = self.config, learner.settings.stop_at
        plan = Plan(config.rounds, config.steps, config.rate, config.damping, stop_at)
        batches = sentence_batches(learner, update.learn)
        hold = [
            earlier + config.strength * scale * torch.eye(len(earlier), dtype=earlier.dtype)
            for earlier, scale in zip(self._earlier, self._scales, strict=True)
        ]
        after = sum(int(batch["attention_mask"].sum()) for batch in batches)

        def left() -> int | None:
            # The edit's own moments are computed after it.
            most = learner.left()
            return None if most is None else most - after

        self._editor.edit(batches, plan, hold, self._bases, left)
        for earlier, moment in zip(self._earlier, self._editor.moments(batches), strict=True):
            earlier += moment

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Subtract the keys of facts that updates taught from the sum."""
        base = {fact.key: fact for fact in learner.stream.updates[0].learn}
        edited = [
            fact for fact in facts if fact.key not in base or not fact.restates(base[fact.key])
        ]
        done = {}
        if edited:
            moments = self._editor.moments(sentence_batches(learner, edited))
            for index, moment in enumerate(moments):
                self._earlier[index] = without_negative(self._earlier[index] - moment)
            count = len(learner.examples(edited))
            done["keys of earlier edits"] = f"down-dated: subtracted {plural(count, 'sentence')}"
        if len(edited) < len(facts):
            done["null space"] = f"{INSEPARABLE}: it was computed from all keys of the base"
        return done

    def state_dict(self) -> State:
        """Return the sums K_p K_pᵀ, and the bases of the null spaces."""
        sums = zip(self._editor.layers, self._earlier, strict=True)
        bases = zip(self._editor.layers, self._bases, strict=True)
        return {f"earlier.{n}": t.clone() for n, t in sums} | {f"basis.{n}": t for n, t in bases}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self._earlier = [state[f"earlier.{number}"] for number in self._editor.layers]
        self._bases = [state[f"basis.{number}"] for number in self._editor.layers]
