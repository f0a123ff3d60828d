"""Gradient ascent on the erased facts, with distillation of the old model on a retain set.

Maini et al. (2024), "TOFU: A task of fictitious unlearning for LLMs", "KL minimization",
after Yao et al. (2023), "Large language model unlearning":

    L(θ) = −L_NLL(forget; θ) + γ KL(p_θ⁻ ‖ p_θ)(retain)

with θ⁻ the model before the erasing, and TOFU's γ = 1. The divergence is a mean over the learned
tokens of the retain set; TOFU's code includes prompts and padding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.strategies.unlearning.common.descent import Retain, Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class KLMinConfig(UnlearningConfig):
    """Settings of `kl_min`."""

    retain: Retain = "kl"


class KLMin(Unlearning[KLMinConfig]):
    """Ascent on the erased facts, with distillation on a retain set."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return minus the cross entropy of ``chosen``."""
        return -forward(learner, chosen).loss_sum()
