"""Weighted gradient ascent: each token is weighted by its probability.

Wang et al. (2025), "Rethinking LLM unlearning objectives: A gradient perspective and go
beyond", whose α is β here:

    L(θ) = E_t  p_θ(y_t | y_<t, x)^β log p_θ(y_t | y_<t, x)

with the weight p^β held constant in the gradient, and the mean over erased tokens. Plain ascent
pushes improbable tokens most; the weight compensates for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class WGAConfig(UnlearningConfig):
    """Settings of `wga`."""

    beta: float = Field(
        json_schema_extra=search(0.1, 5, log=True),
        default=1.0,
        ge=0,
        description="β, exponent of the weights; 0: plain ascent",
    )


class WGA(Unlearning[WGAConfig]):
    """Ascent weighted by probability, with training on a retain set."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ_t p^β log p over the tokens of ``chosen``."""
        scored = forward(learner, chosen)
        learned = scored.labels != IGNORED
        return wga(scored.logits[learned], scored.labels[learned], self.config.beta).sum()


def wga(logits: Tensor, labels: Tensor, beta: float) -> Tensor:
    """Return (tokens,): p^β log p of ``labels``, (tokens,); logits: (tokens, vocabulary)."""
    logps = -functional.cross_entropy(logits.float(), labels, reduction="none")
    return logps.detach().exp() ** beta * logps
