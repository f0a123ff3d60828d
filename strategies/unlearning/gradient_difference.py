"""Gradient ascent on the erased facts, descent on a retain set.

Liu et al. (2022), "Continual learning and private unlearning", with the name and form of Maini
et al. (2024), "TOFU: A task of fictitious unlearning for LLMs":

    L(θ) = −L_NLL(forget; θ) + γ L_NLL(retain; θ)

each a mean over its tokens; TOFU has γ = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.strategies.unlearning.common.descent import Unlearning
from cltool.strategies.unlearning.common.sentences import forward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class GradientDifference(Unlearning):
    """Ascent on the erased facts, with training on a retain set."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return minus the cross entropy of ``chosen``."""
        return -forward(learner, chosen).loss_sum()
