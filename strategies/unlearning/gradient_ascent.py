"""Pushes erased facts down their own gradient: training, with the sign turned round.

Jang et al. (2023), "Knowledge unlearning for mitigating privacy risks in language models":
the log-likelihood of the sequence to forget is minimised,

    L(θ) = Σ_t log p_θ(x_t | x_<t)

as a mean over the erased tokens of a step. It has no lower bound: without a target nothing
stops it before the model has come apart. The paper has no retain term; its stop is a number
of its own, the extraction likelihood of text that was never seen.
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


class GradientAscentConfig(UnlearningConfig):
    """Settings of `gradient_ascent`."""

    retain: Literal["nll", "kl", "none"] = Field(
        default="none", description="how neighbours are held; the paper does not hold them"
    )


class GradientAscent(Unlearning[GradientAscentConfig]):
    """Ascent on the cross entropy of what is erased."""

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Their cross entropy, with a minus."""
        return -read(learner, chosen).loss_sum()
