"""Gradient ascent on what is erased, while neighbours keep the answers that the model had.

Maini et al. (2024), "TOFU: A task of fictitious unlearning for LLMs", "KL minimization",
after Yao et al. (2023), "Large language model unlearning":

    L(θ) = −L_NLL(forget; θ) + γ KL(p_θ⁻ ‖ p_θ)(retain)

with θ⁻ the model before the erasing, and TOFU's γ = 1. The divergence is a mean over the
neighbours' learned tokens; TOFU's code takes it over prompts and padding too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class KLMinConfig(UnlearningConfig):
    """Settings of `kl_min`."""

    retain: Literal["nll", "kl", "none"] = Field(
        default="kl", description="how neighbours are held: the divergence is the method's own"
    )


class KLMin(Unlearning[KLMinConfig]):
    """Ascent, beside distillation on neighbours."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Their cross entropy, with a minus."""
        return -read(learner, chosen).loss_sum()
