"""Learning without forgetting: on what an update asks, the model keeps to what it thought.

Li & Hoiem (2016), "Learning without Forgetting": beside the loss of the new task, the
network is held to the outputs that it gave, before the update, to the new task's inputs:

    L(θ) = L_update(θ) + λ Σ_i KL(p_i^(1/T) ‖ q_i^(1/T))

with p_i the distribution over the vocabulary at position i of the model before the update,
q_i that of θ, both at temperature T and normalised again. The paper writes the cross entropy,
which differs from KL by a constant. Its tasks have outputs of their own, so that old
outputs contradict nothing; a language model has one output for old and new, and at the
very tokens that an update changes, p_i is the superseded answer. ``positions = "answer"``
distils there, as published; ``"prompt"`` distils where the prompt is read, at a second forward
pass, and leaves the answers free. The sum is per learned token, as L_update is. Nothing is
stored between updates; while one is trained, a copy of the model is held. What the copy reads
counts as training tokens too.
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
    temperature: float = Field(default=2.0, gt=0, description="T, of both distributions")
    positions: Literal["prompt", "answer"] = Field(
        default="answer", description="where to distil: at the answer's tokens or the prompt's"
    )


class LwF(Strategy[LwFConfig]):
    """Distillation from the model before the update, on the update's own sentences."""

    def attach(self, learner: Learner) -> None:
        """There is nobody to learn from yet."""
        self._teacher: Teacher | None = None

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """The model as it is becomes the teacher."""
        self._teacher = Teacher(learner.lm)

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the distillation to the loss."""
        learner.loss = learner.loss + self.distillation(learner)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let go of the teacher."""
        self._teacher = None

    def distillation(self, learner: Learner) -> Tensor:
        """λ Σ KL over the chosen positions of the micro-batch, per learned token; a scalar."""
        config = self.config
        batch: Batch = learner.mbatch
        chosen = _answers(batch)
        if config.positions == "prompt":
            chosen = batch["attention_mask"].bool() & ~chosen
            chosen[:, 0] = False
        if config.positions == "prompt" and "completion" not in batch:
            # The training step's own logits begin with the answer.
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
    """(batch, length), bool: the tokens of answers, whether or not prompts are learned too."""
    learned = batch["labels"] != IGNORED
    return learned & batch["completion"] if "completion" in batch else learned
