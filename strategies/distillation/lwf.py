"""Learning without forgetting: distils the old model on the inputs of the update.

Li & Hoiem (2016), "Learning without Forgetting": in addition to the loss of the new task, the
network is trained towards the outputs that it gave to the new task's inputs before the update:

    L(θ) = L_update(θ) + λ Σ_i KL(p_i^(1/T) ‖ q_i^(1/T))

p_i is the distribution over the vocabulary at position i under the model before the update, and
q_i the one under θ, both at temperature T and normalised again. The paper uses the cross entropy,
which differs from KL by a constant. Its tasks have separate outputs, so old outputs contradict
nothing. A language model has one output for old and new facts: at the tokens that an update
changes, p_i is the superseded answer. ``positions = "answer"`` distils at these tokens, as
published. ``"prompt"`` distils at the prompt's tokens, in a second forward pass, and does not
constrain the answers. The sum is per learned token, like L_update. Nothing is stored between
updates; during an update, a copy of the model is kept. The tokens that the copy reads count as
training tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED, Batch
from cltool.lm.teacher import Teacher
from cltool.training.search_space import search
from cltool.training.strategy import Strategy, StrategyConfig

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.training.learner import Learner


class LwFConfig(StrategyConfig):
    """Settings of `lwf`."""

    strength: float = Field(
        json_schema_extra=search(0.05, 5, log=True),
        default=0.5,
        ge=0,
        alias="lambda",
        description="λ, weight of the distillation",
    )
    temperature: float = Field(
        default=2.0, gt=0, description="T, temperature of both distributions"
    )
    positions: Literal["prompt", "answer"] = Field(
        default="answer", description="distil at the tokens of the answer, or of the prompt"
    )


class LwF(Strategy[LwFConfig]):
    """Distils the model before the update on the update's sentences."""

    shares_batches = True

    def attach(self, learner: Learner) -> None:
        """Start without a teacher."""
        self._teacher: Teacher | None = None

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Copy the current model as the teacher."""
        self._teacher = Teacher(learner.lm)

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the distillation to the loss."""
        learner.loss = learner.loss + self.distillation(learner)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Delete the teacher."""
        self._teacher = None

    def distillation(self, learner: Learner) -> Tensor:
        """Return λ Σ KL over the chosen positions of the micro-batch, per learned token."""
        config = self.config
        batch: Batch = learner.mbatch
        chosen = _answers(batch)
        if config.positions == "prompt":
            chosen = batch["attention_mask"].bool() & ~chosen
            chosen[:, 0] = False
        if config.positions == "prompt" and "completion" not in batch:
            # The logits of the training step start at the answer.
            batch = {**batch, "labels": batch["input_ids"].masked_fill(~chosen, IGNORED)}
            student = learner.score(batch).logits
        else:
            student = learner.mb_output
        learner.spend(int(batch["attention_mask"].sum()))
        teacher = cast(Teacher, self._teacher).score(batch).logits
        chosen = chosen[:, chosen.shape[1] - student.shape[1] :]
        was, now = (
            (logits[chosen].float() / config.temperature).log_softmax(-1)
            for logits in (teacher, student)
        )
        divergence = functional.kl_div(now, was, reduction="sum", log_target=True)
        return config.strength * divergence / (learner.mb_y != IGNORED).sum().clamp(min=1)


def _answers(batch: Batch) -> Tensor:
    """Return (batch, length), bool: the tokens of answers, even if prompts are learned too."""
    learned = batch["labels"] != IGNORED
    return learned & batch["completion"] if "completion" in batch else learned
