"""Memory aware synapses: penalises changes of weights to which the model's output is sensitive.

Aljundi et al. (2018), "Memory Aware Synapses: Learning what (not) to forget", eq. 2-4:

    Ω_i ← γ Ω_i + E[ |∂ ‖f(x)‖² / ∂θ_i| ]
    L(θ) = L_update(θ) + λ/2 · Σ_i Ω_i (θ_i − θ*_i)²

f(x) are the logits at a sentence's learned tokens, and θ* are the weights after the last update.
The absolute value is taken of each sentence's gradient, so Ω does not depend on the batch size.
Two settings are not in the paper: γ < 1 reduces old importances (the paper has γ = 1), and
``normalise`` divides each update's importances by their mean, so that one λ suits all models.

When a fact is erased, the absolute gradients of its sentences are computed at the current weights
and subtracted from Ω, with the weight that they were added with. This is exact if the weights
have not changed since (`cltool.strategies.regularisation.common.downdate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cltool.lm.batches import IGNORED
from cltool.strategies.regularisation.common.importance import (
    SampledImportance,
    SampledImportanceConfig,
)
from cltool.strategies.regularisation.common.per_sample import per_sample_sums
from cltool.strategies.regularisation.common.shared_sums import shared_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.lm.batches import Batch
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner


class MASConfig(SampledImportanceConfig):
    """Settings of `mas`."""


class MAS(SampledImportance[MASConfig]):
    """A quadratic penalty around the last weights, weighted by the output's sensitivity."""

    def terms(self, learner: Learner, batches: Sequence[Batch]) -> tuple[dict[str, Tensor], int]:
        """Return Σ |∂‖f(x)‖²/∂θ| over sentences, and the number of sentences."""
        model, score = learner.model, learner.score
        return shared_sums(
            learner,
            batches,
            lambda own: per_sample_sums(model, score, own, squared_norm, torch.abs),
        )


def squared_norm(scored: Scored) -> Tensor:
    """Return ‖logits‖², summed over the learned tokens of all samples."""
    norms = (scored.logits.float() ** 2).sum(dim=-1)
    return (norms * (scored.labels != IGNORED)).sum()
