"""NPO without a reference model: the likelihood per token takes the reference's place.

Fan et al. (2024), "Simplicity prevails: Rethinking negative preference optimization for LLM
unlearning":

    L(θ) = −(2/β) E log σ( −(β/|y|) log π_θ(y|x) − δ )

with |y| the number of tokens of an answer, and δ the paper's γ, a margin of the reward. The paper
has δ = 0, and β between 1.5 and 3.5 on TOFU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class SimNPOConfig(UnlearningConfig):
    """Settings of `simnpo`."""

    beta: float = Field(
        json_schema_extra=search(0.5, 5, log=True),
        default=2.5,
        gt=0,
        description="β: the larger, the sooner the ascent on a sentence ends",
    )
    delta: float = Field(default=0.0, ge=0, description="δ, margin of the reward")


class SimNPO(Unlearning[SimNPOConfig]):
    """Negative preference of the erased facts by length-normalised likelihood."""

    def weight(self, sentence: Sentence) -> int:
        """Return 1: the mean is over sentences."""
        return 1

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ −(2/β) log σ(−(β/|y|) log π_θ − δ)."""
        config = self.config
        logps = -forward(learner, chosen).loss_per_sample()
        lengths = logps.new_tensor([one.tokens for one in chosen])
        return simnpo(logps, lengths, config.beta, config.delta).sum()


def simnpo(logps: Tensor, lengths: Tensor, beta: float, delta: float) -> Tensor:
    """Return (sentences,): −(2/β) log σ(−β logps / lengths − δ), of log-probabilities in nats."""
    return -2 / beta * functional.logsigmoid(-beta * logps / lengths - delta)
