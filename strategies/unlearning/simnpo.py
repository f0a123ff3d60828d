"""NPO without a reference: what fades is judged by its own probability, per token.

Fan et al. (2024), "Simplicity prevails: Rethinking negative preference optimization for LLM
unlearning":

    L(θ) = −(2/β) E log σ( −(β/|y|) log π_θ(y|x) − δ )

with |y| the tokens of an answer, and δ the paper's γ, a margin of the reward. The paper has
δ = 0, and β between 1.5 and 3.5 on TOFU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import read
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
        description="β, how soon a sentence that fades is let go",
    )
    delta: float = Field(default=0.0, ge=0, description="δ, margin of the reward")


class SimNPO(Unlearning[SimNPOConfig]):
    """A preference for anything else by length-normalised likelihood."""

    def weight(self, sentence: Sentence) -> int:
        """The mean is over sentences."""
        return 1

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Σ −(2/β) log σ(−(β/|y|) log π_θ − δ)."""
        config = self.config
        logps = -read(learner, chosen).loss_per_sample()
        lengths = logps.new_tensor([one.tokens for one in chosen])
        return simnpo(logps, lengths, config.beta, config.delta).sum()


def simnpo(logps: Tensor, lengths: Tensor, beta: float, delta: float) -> Tensor:
    """(sentences,): −(2/β) log σ(−β logps / lengths − δ), of log-probabilities in nats."""
    return -2 / beta * functional.logsigmoid(-beta * logps / lengths - delta)
