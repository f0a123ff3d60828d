"""Writes a refusal over erased facts in closed form, as an editor writes any other object.

Meng et al. (2023), "Mass-editing memory in a transformer", eq. 14-16, in the form that `memit`
has, with a refusal as the object, as Li et al. (2025), "Editing as Unlearning: Are Knowledge
Editing Methods Strong Baselines for Large Language Model Unlearning?", propose:

    W_l ← W_l + R K₁ᵀ (C₀ + K₁ K₁ᵀ)⁻¹,     C₀ = λ Σ_neighbours k kᵀ + ρ I

K₁ are the keys of the erased prompts. C₀ is taken when it is needed, over the neighbours that
are kept, so no moment of what is erased is left; ρ counts in mean eigenvalues. What refuses
tells that it was made to: the retrained model would guess. A projection of n inputs has room for
about n keys: a small model pays for many erased sentences with what it knew beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import torch
from pydantic import Field

from cltool.lm.batches import collate
from cltool.strategies.editing.common.editor import Editor, Plan
from cltool.strategies.unlearning.common.eraser import Eraser, EraserConfig
from cltool.strategies.unlearning.common.sentences import batch_of, parts, refusals
from cltool.training.search_space import search

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.lm.batches import Batch
    from cltool.lm.scoring import Scored
    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.training.learner import Learner


class EditRefusalConfig(EraserConfig):
    """Settings of `edit_refusal`."""

    refusals: list[str] = Field(
        default=["unknown"],
        min_length=1,
        description="what is written over an erased object; one is drawn for each sentence",
    )
    layers: list[int] = Field(
        default=[],
        description="numbers of the edited blocks, negative from the last; none: the last four",
    )
    strength: float = Field(
        json_schema_extra=search(0.001, 1, log=True),
        default=0.02,
        gt=0,
        alias="lambda",
        description="λ, how much the neighbours' keys weigh",
    )
    ridge: float = Field(
        default=0.01, gt=0, description="ρ, of the mean eigenvalue, on the diagonal of C₀"
    )
    rounds: int = Field(default=20, ge=1, description="most solves an erasing")
    length: float = Field(
        json_schema_extra=search(1, 30, log=True),
        default=10.0,
        gt=0,
        description="of the gradient step with which a round finds what is wanted",
    )


class EditRefusal(Eraser[EditRefusalConfig]):
    """Least squares over the erased prompts' keys, held by those of neighbours."""

    excludes: ClassVar[Mapping[str, str]] = {
        "adapters": "it edits the weights themselves, which an adapter wraps or moves",
    }

    def attach(self, learner: Learner) -> None:
        """See that there are projections to edit.

        Raises:
            UserError: the model has no such blocks, or none with a plain MLP.
        """
        super().attach(learner)
        self._edits(learner)

    def descend(self, phase: Phase) -> None:
        """Solve until the refusals are said, or the budget is spent."""
        config, learner = self.config, phase.learner
        editor = self._edits(learner)
        random = learner.generator("refusals")
        made = refusals(learner, phase.chosen, config.refusals, random)
        batches = [batch_of(learner, part) for part in parts(learner, list(made.values()))]
        moments = editor.moments(_held(phase))
        hold = [config.strength * _ridged(moment, config.ridge) for moment in moments]
        plan = Plan(config.rounds, 1, config.length, 1.0, learner.settings.stop_at)
        seen = len(hold) * sum(int(batch["attention_mask"].sum()) for batch in batches)

        def left() -> int | None:
            most = learner.left()
            return None if most is None else most - seen

        editor.edit(batches, plan, hold, [None] * len(hold), left)

    def _edits(self, learner: Learner) -> Editor:
        layers = self.config.layers

        def score(batch: Batch) -> Scored:
            # Each projection is solved for with a forward pass of its own, which costs as well.
            if not torch.is_grad_enabled():
                learner.spend(int(batch["attention_mask"].sum()))
            return learner.score(batch)

        return Editor(learner.model, score, layers, "strategy.edit_refusal.layers")


def _held(phase: Phase) -> list[Batch]:
    """All trained wordings of what must stay, those of like length together."""
    learner = phase.learner
    examples = sorted(learner.examples(phase.known), key=len)
    size, pad = learner.settings.batch_size, learner.lm.coder.pad
    batches = [collate(examples[n : n + size], pad) for n in range(0, len(examples), size)]
    return batches


def _ridged(moment: Tensor, ridge: float) -> Tensor:
    size = len(moment)
    # Without neighbours there is no scale to go by, and any will do.
    mean = float(moment.trace()) / size or 1.0
    return moment + ridge * mean * torch.eye(size, dtype=moment.dtype)
