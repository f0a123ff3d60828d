"""Teaches a refusal in the place of what is erased.

Maini et al. (2024), "TOFU: A task of fictitious unlearning for LLMs", "preference
optimization", as its code has it under the name of ``idk``:

    L(θ) = L_NLL(forget, answered with a refusal; θ) + γ L_NLL(retain; θ)

each a mean over its tokens, γ = 1. TOFU draws from a hundred sentences such as "I don't
know"; a wording of a fact leaves a gap for an object, so the refusals here are such that fill it.
A model that never knew would not refuse: it would guess. What refuses tells that it was
made to, and the erased object is only pushed down as far as the refusal takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import read, refusals

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
        description="what is said in an erased object's place; one is drawn for each sentence",
    )


class Idk(Unlearning[IdkConfig]):
    """Descent on a refusal, beside training on neighbours."""

    def prepare(self, phase: Phase) -> None:
        """Word the refusals."""
        texts = self.config.refusals
        random = phase.learner.generator("refusals")
        self._refusals = refusals(phase.learner, phase.chosen, texts, random)

    def release(self) -> None:
        """Nothing is kept."""
        self._refusals = {}

    def weight(self, sentence: Sentence) -> int:
        """The refusal's tokens."""
        return self._refusals[sentence].tokens

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """The refusals' cross entropy."""
        return read(learner, [self._refusals[one] for one in chosen]).loss_sum()
