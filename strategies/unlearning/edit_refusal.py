"""Writes a refusal over erased facts in closed form, like any other object.

Meng et al. (2023), "Mass-editing memory in a transformer", eq. 14-16, in the form that `memit`
has, with a refusal as the object, as Li et al. (2025), "Editing as Unlearning: Are Knowledge
Editing Methods Strong Baselines for Large Language Model Unlearning?", propose:

    W_l ← W_l + R K₁ᵀ (C₀ + K₁ K₁ᵀ)⁻¹,     C₀ = λ Σ_retain k kᵀ + ρ I

K₁ are the keys of the erased prompts. C₀ is computed for each erasing, over the retain set, so no
moment of the erased facts is stored; ρ is a multiple of the mean eigenvalue. A refusal reveals
that something was erased, because a retrained model would guess. A projection with n inputs has
room for about n keys: in a small model, erasing many sentences costs other knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import torch
from pydantic import Field

from cltool.strategies.editing.common.editor import Editor, Layers, Plan, sentence_batches
from cltool.strategies.unlearning.common.eraser import Eraser, EraserConfig
from cltool.strategies.unlearning.common.sentences import batch_of, parts, refusals
from cltool.training.search_space import search

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.training.learner import Learner


class EditRefusalConfig(EraserConfig):
    """Settings of `edit_refusal`."""

    refusals: list[str] = Field(
        default=["unknown"],
        min_length=1,
        description="answers in place of an erased object; one is drawn for each sentence",
    )
    layers: Layers = Field(default=[])
    strength: float = Field(
        json_schema_extra=search(0.001, 1, log=True),
        default=0.02,
        gt=0,
        alias="lambda",
        description="λ, weight of the retain set's keys",
    )
    ridge: float = Field(
        default=0.01, gt=0, description="ρ, share of the mean eigenvalue added to C₀'s diagonal"
    )
    rounds: int = Field(default=20, ge=1, description="most solves per erasing")
    length: float = Field(
        json_schema_extra=search(1, 30, log=True),
        default=10.0,
        gt=0,
        description="length of the gradient step for the target states of a round",
    )


class EditRefusal(Eraser[EditRefusalConfig]):
    """Solves least squares over the erased prompts' keys, with a penalty at the retain set's."""

    excludes: ClassVar[Mapping[str, str]] = {
        "adapters": "it edits the weights themselves, which an adapter wraps or moves",
    }

    def attach(self, learner: Learner) -> None:
        """Check that there are projections to edit.

        Raises:
            UserError: the model has no such blocks, or none with an ordinary MLP.
        """
        super().attach(learner)
        self._editor(learner)

    def run_phase(self, phase: Phase) -> None:
        """Solve until the model answers with the refusals, or the budget is spent."""
        config, learner = self.config, phase.learner
        editor = self._editor(learner)
        random = learner.generator("refusals")
        made = refusals(learner, phase.chosen, config.refusals, random)
        batches = [batch_of(learner, part) for part in parts(learner, list(made.values()))]
        moments = editor.moments(sentence_batches(learner, phase.known))
        hold = [config.strength * _ridged(moment, config.ridge) for moment in moments]
        plan = Plan(config.rounds, 1, config.length, 1.0, learner.settings.stop_at)
        editor.edit(batches, plan, hold, [None] * len(hold), learner.left)

    def _editor(self, learner: Learner) -> Editor:
        layers, where = self.config.layers, "strategy.edit_refusal.layers"
        return Editor(learner.model, learner.score, layers, where)


def _ridged(moment: Tensor, ridge: float) -> Tensor:
    size = len(moment)
    # Without a retain set, the moment is zero and any scale works.
    mean = float(moment.trace()) / size or 1.0
    return moment + ridge * mean * torch.eye(size, dtype=moment.dtype)
