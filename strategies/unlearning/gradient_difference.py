"""Gradient ascent on what is erased, descent on what must stay.

Liu et al. (2022), "Continual learning and private unlearning"; as Maini et al. (2024), "TOFU:
A task of fictitious unlearning for LLMs", name and write it:

    L(θ) = −L_NLL(forget; θ) + γ L_NLL(retain; θ)

each a mean over its tokens; TOFU has γ = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.strategies.unlearning.common.descent import Unlearning
from cltool.strategies.unlearning.common.sentences import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class GradientDifference(Unlearning):
    """Ascent, beside training on neighbours."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Their cross entropy, with a minus."""
        return -read(learner, chosen).loss_sum()
