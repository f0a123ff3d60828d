"""Cross entropy unlearning: towards the model's own distribution without the erased token.

Yang (2025), "CE-U: Cross entropy unlearning": with z the logits at an erased token y, and
z⁻ the same but −∞ at y,

    L(θ) = −E_t  Σ_v softmax(z⁻)_v log softmax(z)_v

where softmax(z⁻) is held constant in the gradient. What the other tokens are to one another
stays as it is; what y had goes to them. The paper leaves out the first token of an answer
(``skip`` = 1), which on facts of a few tokens is the one that names the object, and has no
retain term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class CEUConfig(UnlearningConfig):
    """Settings of `ce_u`."""

    retain: Literal["nll", "kl", "none"] = Field(
        default="nll", description="how neighbours are held; the paper does not hold them"
    )
    skip: int = Field(
        default=0, ge=0, description="first tokens of each object that are left alone"
    )


class CEU(Unlearning[CEUConfig]):
    """Descent towards all that the model would say otherwise."""

    def weight(self, sentence: Sentence) -> int:
        """The tokens that are not skipped; the last one never is."""
        return max(sentence.tokens - self.config.skip, 1)

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """The cross entropy with the distribution without the label, over their tokens."""
        scored = read(learner, chosen)
        learned = scored.labels != IGNORED
        most = learned.sum(dim=1, keepdim=True) - 1
        learned &= learned.cumsum(dim=1) > most.clamp(max=self.config.skip)
        return ce_u(scored.logits[learned], scored.labels[learned]).sum()


def ce_u(logits: Tensor, labels: Tensor) -> Tensor:
    """(tokens,): the loss at ``labels``, (tokens,), under ``logits``, (tokens, vocabulary)."""
    logits = logits.float()
    target = logits.detach().scatter(-1, labels.unsqueeze(-1), float("-inf")).softmax(-1)
    return functional.cross_entropy(logits, target, reduction="none")
