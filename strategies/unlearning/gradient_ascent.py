"""Gradient ascent: increases the loss on the erased facts.

Jang et al. (2023), "Knowledge unlearning for mitigating privacy risks in language models":
the log-likelihood of the sequence to forget is minimised,

    L(θ) = Σ_t log p_θ(x_t | x_<t)

as a mean over the erased tokens of a step. The loss has no lower bound: without a target, the
ascent continues until the model is destroyed. The paper has no retain term. It stops at a
threshold of its own, the extraction likelihood of unseen text.
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


class GradientAscentConfig(UnlearningConfig):
    """Settings of `gradient_ascent`."""

    retain: Retain = "none"


class GradientAscent(Unlearning[GradientAscentConfig]):
    """Ascent on the cross entropy of the erased facts."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return minus the cross entropy of ``chosen``."""
        return -forward(learner, chosen).loss_sum()
