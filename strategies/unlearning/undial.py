"""Self-distillation on adjusted logits: the old distribution with less of the erased token.

Dong et al. (2024), "UNDIAL: Self-distillation with adjusted logits for robust unlearning in
large language models": with z the logits of the model before the erasing,

    L(θ) = E_t  CE( softmax(z − β e_y), p_θ )

where e_y is 1 at the erased token y and 0 elsewhere. The target is fixed, so the loss is bounded.
The mean is over erased tokens; an implementation that includes padding and prompts would treat
the label −100 as the last token of the vocabulary. The paper tests β = 3, 10 and 30 and has no
retain term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import batch_of
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class UNDIALConfig(UnlearningConfig):
    """Settings of `undial`."""

    beta: float = Field(
        json_schema_extra=search(3, 30, log=True),
        default=10.0,
        ge=0,
        description="β, by which an erased token's logit is lowered",
    )


class UNDIAL(Unlearning[UNDIALConfig]):
    """Distillation of the old model with the erased tokens' logits lowered."""

    needs_teacher = True

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ_t CE(softmax(z − β e_y), p_θ) over the tokens of ``chosen``."""
        batch = batch_of(learner, chosen)
        scored = learner.score(batch)
        learned = scored.labels != IGNORED
        was = self.teacher_logits(learner, batch)[learned]
        beta = self.config.beta
        return undial(scored.logits[learned], was, scored.labels[learned], beta).sum()


def adjusted(logits: Tensor, labels: Tensor, beta: float) -> Tensor:
    """Return (tokens, vocabulary): softmax of ``logits`` with those of ``labels`` − ``beta``."""
    lowered = logits.float().clone()
    lowered.scatter_add_(-1, labels.unsqueeze(-1), lowered.new_full((len(labels), 1), -beta))
    return lowered.softmax(-1)


def undial(logits: Tensor, teacher: Tensor, labels: Tensor, beta: float) -> Tensor:
    """Return (tokens,): the loss at ``labels``, (tokens,); both logits: (tokens, vocabulary)."""
    target = adjusted(teacher, labels, beta)
    return functional.cross_entropy(logits.float(), target, reduction="none")
