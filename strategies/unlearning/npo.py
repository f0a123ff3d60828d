"""Negative preference optimisation: an ascent that weakens as the fact becomes improbable.

Zhang et al. (2024), "Negative preference optimization: From catastrophic collapse to effective
unlearning":

    L(θ) = −(2/β) E log σ( −β log[π_θ(y|x) / π_ref(y|x)] )

with log π summed over the tokens of an answer, π_ref the model before the erasing, and the
paper's β = 0.1. At the reference, the loss is (2/β) ln 2 and its gradient is that of plain ascent.
As a sentence becomes improbable, its gradient vanishes. The default adds the retain term of the
paper's NPO+RT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward, likelihoods
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class NPOConfig(UnlearningConfig):
    """Settings of `npo`."""

    beta: float = Field(
        json_schema_extra=search(0.05, 1, log=True),
        default=0.1,
        gt=0,
        description="β: the larger, the sooner the ascent on a sentence ends; near 0: plain ascent",
    )


class NPO(Unlearning[NPOConfig]):
    """Negative preference of the erased facts, with training on a retain set."""

    def prepare(self, phase: Phase) -> None:
        """Compute the reference's log-probability of every sentence once."""
        logps = likelihoods(phase.learner, phase.chosen).logps
        self._reference = dict(zip(phase.chosen, logps, strict=True))

    def release(self) -> None:
        """Delete what ``prepare`` computed."""
        self._reference = {}

    def weight(self, sentence: Sentence) -> int:
        """Return 1: the mean is over sentences."""
        return 1

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ −(2/β) log σ(−β (log π_θ − log π_ref))."""
        logps = -forward(learner, chosen).loss_per_sample()
        reference = logps.new_tensor([float(self._reference[one]) for one in chosen])
        return npo(logps, reference, self.config.beta).sum()


def npo(logps: Tensor, reference: Tensor, beta: float) -> Tensor:
    """Return (sentences,): −(2/β) log σ(−β (logps − reference)), of log-probabilities in nats."""
    return -2 / beta * functional.logsigmoid(-beta * (logps - reference))
