"""Trains a refusal in place of the erased object.

Maini et al. (2024), "TOFU: A task of fictitious unlearning for LLMs", "preference
optimization", as its code has it under the name of ``idk``:

    L(θ) = L_NLL(forget, answered with a refusal; θ) + γ L_NLL(retain; θ)

each a mean over its tokens, γ = 1. TOFU draws from a hundred sentences such as "I don't
know"; a wording of a fact has a gap for an object, so the refusals here fill this gap. A model
that never knew the fact would not refuse but guess. A refusal therefore reveals that something
was erased, and the erased object becomes improbable only as far as the refusal takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward, refusals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class IdkConfig(UnlearningConfig):
    """Settings of `idk`."""

    refusals: list[str] = Field(
        default=["unknown"],
        min_length=1,
        description="answers in place of an erased object; one is drawn for each sentence",
    )


class Idk(Unlearning[IdkConfig]):
    """Training on refusals and on a retain set."""

    def prepare(self, phase: Phase) -> None:
        """Draw and encode the refusals."""
        texts = self.config.refusals
        random = phase.learner.generator("refusals")
        self._refusals = refusals(phase.learner, phase.chosen, texts, random)

    def release(self) -> None:
        """Delete what ``prepare`` computed."""
        self._refusals = {}

    def weight(self, sentence: Sentence) -> int:
        """Return the number of tokens of the refusal."""
        return self._refusals[sentence].tokens

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return the cross entropy of the refusals."""
        return forward(learner, [self._refusals[one] for one in chosen]).loss_sum()
