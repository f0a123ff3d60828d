"""Elastic weight consolidation, online: penalises changes of weights that earlier facts need.

Kirkpatrick et al. (2017), "Overcoming catastrophic forgetting in neural networks", eq. 3,
in the online form of Schwarz et al. (2018), "Progress & Compress", eq. 8-9:

    L(θ) = L_update(θ) + λ/2 · Σ_i F_i (θ_i − θ*_i)²,     F ← γ F + F_update

θ* are the weights after the last update. F is the diagonal of the empirical Fisher information,
E[(∂ log p(y|x)/∂θ_i)²] over single sentences. It does not depend on the batch size, and its
memory does not grow with the number of updates. With ``normalise`` (not in the papers), each
F_update is divided by its mean, so that one λ suits models and updates whose losses and
gradients differ by orders of magnitude.

When a fact is erased, the squared gradients of its sentences are computed at the current weights
and subtracted from F, with the weight that they were added with. This is exact if the weights
have not changed since (`cltool.strategies.regularisation.common.downdate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cltool.strategies.regularisation.common.importance import (
    SampledImportance,
    SampledImportanceConfig,
    Strength,
)
from cltool.strategies.regularisation.common.per_sample import squared_gradients
from cltool.strategies.regularisation.common.shared_sums import shared_sums
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner


class EWCConfig(SampledImportanceConfig):
    """Settings of `ewc`."""

    strength: Annotated[Strength, Field(json_schema_extra=search(0.001, 1, log=True))] = 0.012


class EWC(SampledImportance[EWCConfig]):
    """A quadratic penalty around the last weights, weighted by the Fisher information."""

    store = "Fisher information"

    def terms(self, learner: Learner, batches: Sequence[Batch]) -> tuple[dict[str, Tensor], int]:
        """Return Σ (∂ log p(y|x)/∂θ)² over sentences, and the number of sentences."""
        return shared_sums(
            learner, batches, lambda own: squared_gradients(learner.model, learner.score, own)
        )
