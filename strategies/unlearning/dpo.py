"""Direct preference optimisation: prefers a refusal to the erased object.

Rafailov et al. (2023), "Direct preference optimization: Your language model is secretly a
reward model", with the refusal as the preferred answer and the erased object as the rejected
answer, as in the code of Maini et al. (2024), "TOFU: A task of fictitious unlearning for LLMs":

    L(θ) = −E log σ( β log[π_θ(y_r|x) / π_ref(y_r|x)] − β log[π_θ(y|x) / π_ref(y|x)] )

with log π summed over the tokens of an answer, π_ref the model before the erasing, and TOFU's
β = 0.1. At the reference, the loss is ln 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward, likelihoods, refusals
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class DPOConfig(UnlearningConfig):
    """Settings of `dpo`."""

    rate: float = Field(
        json_schema_extra=search(0.1, 3, log=True),
        default=1.0,
        gt=0,
        description="learning rate of the erasing, × the learner's",
    )
    beta: float = Field(
        json_schema_extra=search(0.05, 1, log=True),
        default=0.1,
        gt=0,
        description="β: the larger, the closer the model stays to the reference",
    )
    refusals: list[str] = Field(
        default=["unknown"],
        min_length=1,
        description="the preferred answers; one is drawn for each sentence",
    )


class DPO(Unlearning[DPOConfig]):
    """Preference of refusals, with training on a retain set."""

    def prepare(self, phase: Phase) -> None:
        """Encode the refusals, and compute the reference's margin of both answers once."""
        learner, chosen = phase.learner, phase.chosen
        random = learner.generator("refusals")
        self._refusals = refusals(learner, chosen, self.config.refusals, random)
        won = likelihoods(learner, list(self._refusals.values())).logps
        lost = likelihoods(learner, chosen).logps
        self._margins = dict(zip(chosen, won - lost, strict=True))

    def release(self) -> None:
        """Delete what ``prepare`` computed."""
        self._refusals, self._margins = {}, {}

    def weight(self, sentence: Sentence) -> int:
        """Return 1: the mean is over sentences."""
        return 1

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ −log σ(β (m_θ − m_ref)), m: log-ratio of refusal and erased object."""
        won = -forward(learner, [self._refusals[one] for one in chosen]).loss_per_sample()
        lost = -forward(learner, chosen).loss_per_sample()
        reference = won.new_tensor([float(self._margins[one]) for one in chosen])
        return dpo(won - lost, reference, self.config.beta).sum()


def dpo(margin: Tensor, reference: Tensor, beta: float) -> Tensor:
    """Return (sentences,): −log σ(β (margin − reference)), of log-probabilities in nats."""
    return -functional.logsigmoid(beta * (margin - reference))
