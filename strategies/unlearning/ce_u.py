"""Cross entropy unlearning: distils the model's own distribution without the erased token.

Yang (2025), "CE-U: Cross entropy unlearning": with z the logits at an erased token y, and
z⁻ the same but −∞ at y,

    L(θ) = −E_t  Σ_v softmax(z⁻)_v log softmax(z)_v

where softmax(z⁻) is held constant in the gradient. The ratios of the other tokens stay the same,
and they get the probability of y. The paper leaves out the first token of an answer (``skip`` =
1), which for facts of a few tokens is the token that identifies the object, and has no retain
term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import forward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class CEUConfig(UnlearningConfig):
    """Settings of `ce_u`."""

    skip: int = Field(
        default=0, ge=0, description="number of first tokens of each object that are left out"
    )


class CEU(Unlearning[CEUConfig]):
    """Distillation of the model's distribution over the other tokens."""

    def weight(self, sentence: Sentence) -> int:
        """Return the number of tokens that are not skipped; the last one is never skipped."""
        return max(sentence.tokens - self.config.skip, 1)

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ of the cross entropy with the distribution without the label."""
        scored = forward(learner, chosen)
        learned = scored.labels != IGNORED
        most = learned.sum(dim=1, keepdim=True) - 1
        learned &= learned.cumsum(dim=1) > most.clamp(max=self.config.skip)
        return ce_u(scored.logits[learned], scored.labels[learned]).sum()


def ce_u(logits: Tensor, labels: Tensor) -> Tensor:
    """Return (tokens,): the loss at ``labels``, (tokens,); logits: (tokens, vocabulary)."""
    logits = logits.float()
    target = logits.detach().scatter(-1, labels.unsqueeze(-1), float("-inf")).softmax(-1)
    return functional.cross_entropy(logits, target, reduction="none")
