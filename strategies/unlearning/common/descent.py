"""The erasing phase of the unlearning methods: forget loss, retain loss, and when to stop.

After an update is learned, gradient steps are taken on the sentences of the facts that it
erases, in all their trained wordings, with a retain term on a retain set:

    L(θ) = L_forget(θ) + γ L_retain(θ)

With ``rho``, ∇L_forget is computed at the nearby point with the largest forget loss (see
`cltool.strategies.unlearning.common.sam`).

A sentence that has reached its target (see `cltool.strategies.unlearning.common.eraser`) is not
pushed further. The phase ends when all sentences have reached their targets and the retain set is
answered correctly again. ``target = none`` takes a fixed number of steps, as in the papers.

The hooks of other strategies do not run in this phase. All its forward passes count as training
tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast

import torch
from pydantic import Field
from torch.nn import functional
from typing_extensions import TypeVar

from cltool.lm import optimizers
from cltool.lm.batches import IGNORED, Batch
from cltool.lm.teacher import Teacher
from cltool.strategies.unlearning.common.eraser import (
    Eraser,
    EraserConfig,
    Goal,
    Phase,
    stopping_goal,
)
from cltool.strategies.unlearning.common.retain_set import RetainSet
from cltool.strategies.unlearning.common.sam import perturbed
from cltool.strategies.unlearning.common.sentences import Sentence, parts
from cltool.strategies.unlearning.common.unseen_names import UnseenNames
from cltool.training.search_space import search
from cltool.training.strategy import State

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Update
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner


Retain = Annotated[
    Literal["nll", "kl", "none"],
    Field(
        description="loss on the retain set: nll, its sentences are trained; kl, divergence from"
        " the model before the erasing; none, no loss (no retain set)"
    ),
]


class UnlearningConfig(EraserConfig):
    """Settings of all methods with this phase."""

    retain: Retain = "nll"
    gamma: float = Field(
        json_schema_extra=search(0.1, 10, log=True),
        default=1.0,
        ge=0,
        description="γ, weight of the retain term",
    )
    rate: float = Field(
        json_schema_extra=search(0.1, 3, log=True),
        default=0.3,
        gt=0,
        description="learning rate of the erasing, × the learner's",
    )
    batch_size: int = Field(
        default=32, ge=1, description="sentences to erase per step, and as many to retain"
    )
    rho: float = Field(
        default=0.0,
        ge=0,
        description="ρ, radius of sharpness-aware minimisation (L2 norm over all trained weights):"
        " the forget gradient is computed after a step of this length that increases the forget"
        " loss, so the erased sentences are read twice; 0: at the current weights",
    )
    steps: int = Field(
        default=200, ge=0, description="most steps of an erasing; without a target, all of them"
    )
    settling: int = Field(
        default=16,
        ge=1,
        description="steps on the retain set alone in which it must be answered correctly for the"
        " phase to end",
    )
    target: Literal["foils", "none"] = Field(
        default="foils",
        description="foils: erased objects end as probable as distractors (objects that were never"
        " true of the subject) or, if no other fact uses them, as new names;"
        " none: all steps are taken",
    )
    foils: int = Field(default=16, ge=1, description="number of distractors per erased object")


U = TypeVar("U", bound=UnlearningConfig, default=UnlearningConfig)


class Unlearning(Eraser[U]):
    """A method that erases by gradient steps; a subclass defines the forget loss.

    Attributes:
        needs_teacher: whether the loss needs the model before the erasing, as ``self.teacher``.
    """

    needs_teacher: ClassVar[bool] = False

    # -- what a method may override --------------------------------------------------------

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return the forget loss of ``chosen``, summed: a scalar with gradient.

        A step divides the sum over its sentences by the sum of their weights.
        """
        raise NotImplementedError

    def weight(self, sentence: Sentence) -> int:
        """Return a sentence's weight in the mean: its number of tokens, or 1 to count sentences."""
        return sentence.tokens

    def mask_gradients(self, learner: Learner) -> None:
        """Delete the gradients of parameters that the method does not train."""

    def retain_loss(self, learner: Learner, batch: Batch, scored: Scored) -> Tensor:
        """Return the retain loss, summed over the learned tokens of ``batch``.

        It is a scalar with gradient. A step divides the sum over all its batches by
        ``retain_count`` of the whole batch.
        """
        if self.config.retain == "nll":
            return scored.loss_sum()
        learned = scored.labels != IGNORED
        was = self.teacher_logits(learner, batch)[learned].float().log_softmax(-1)
        now = scored.logits[learned].float().log_softmax(-1)
        return functional.kl_div(now, was, reduction="sum", log_target=True)

    def retain_count(self, batch: Batch) -> int:
        """Return the divisor of the retain loss of a whole ``batch``: its learned tokens."""
        return int((batch["labels"] != IGNORED).sum())

    def teacher_logits(self, learner: Learner, batch: Batch) -> Tensor:
        """Return (batch, kept, vocabulary): logits of the model before the erasing.

        The tokens that it reads count as training tokens.
        """
        learner.spend(int(batch["attention_mask"].sum()))
        return cast(Teacher, self.teacher).score(batch).logits

    # -- state ------------------------------------------------------------------------------

    def attach(self, learner: Learner) -> None:
        """Store the sample, and probabilities of new names before they are taught."""
        super().attach(learner)
        self._unseen = UnseenNames()

    def begin_update(self, learner: Learner, update: Update) -> None:
        """Measure the probabilities of new names, if the update asks to forget facts."""
        if update.forget and self.config.target == "foils":
            whole = self.config.tokens == "answer"
            # The word seeds the draw: another one would change the results.
            self._unseen.note(learner, learner.generator("unheard"), whole=whole)

    def state_dict(self) -> State:
        """Return the sample, and the probabilities of new names."""
        return {**super().state_dict(), "unheard": self._unseen.state_dict()}

    def load_state_dict(self, state: State) -> None:
        """Restore both."""
        super().load_state_dict(state)
        self._unseen.load_state_dict(state.get("unheard", {"rows": []}))

    # -- the phase ---------------------------------------------------------------------------

    def erase(self, learner: Learner, update: Update) -> None:
        """Take steps until the facts that ``update`` erases have reached their targets."""
        needed = self.needs_teacher or self.config.retain == "kl"
        self.teacher: Teacher | None = Teacher(learner.lm) if needed else None
        try:
            super().erase(learner, update)
        finally:
            self.teacher = None

    def goal(self, phase: Phase) -> Goal:
        """Return the target of the sentences."""
        return stopping_goal(phase, self.config, self._unseen)

    def run_phase(self, phase: Phase) -> None:
        """Take the steps of the phase."""
        learner, config, settings = phase.learner, self.config, phase.learner.settings
        learner.optimizer = optimizers.build(
            learner.model,
            settings.optimizer,
            config.rate * float(settings.lr or 0.0),
            settings.weight_decay,
        )
        random = learner.generator("erasing")
        retained = RetainSet(learner, phase.known if self._retains else (), phase.facts, random)
        goal = self.goal(phase)
        step, at_first, correct = 0, 1.0, [True]
        while step < config.steps and learner.share_left() != 0.0:
            pushed = goal.pending()
            # The retain set need not be answered better than before the phase.
            if not pushed and sum(correct) >= min(settings.stop_at, at_first) * len(correct):
                return
            batches = _batches(pushed, config.batch_size, random)
            correct = []
            for part in batches or [[]] * config.settling:
                hits = self._step(phase, part, retained)
                if step == 0 and hits:
                    at_first = sum(hits) / len(hits)
                # While sentences are pushed, the next step may harm what this one measures.
                correct += [False] if batches and hits else hits
                step += 1
                learner.steps += 1
                learner.progress(step, config.steps)
                if step >= config.steps or learner.share_left() == 0.0:
                    return

    @property
    def _retains(self) -> bool:
        return self.config.retain != "none" and self.config.gamma > 0

    def _step(self, phase: Phase, pushed: Sequence[Sentence], retained: RetainSet) -> list[bool]:
        """Take a step on ``pushed``; return which retained sentences were correct before it."""
        learner, config = phase.learner, self.config
        learner.optimizer.zero_grad()
        self._push(learner, pushed)
        if pushed and config.rho > 0:
            self.mask_gradients(learner)
            with perturbed(learner.model, config.rho):
                self._push(learner, pushed)
        hits: list[bool] = []
        drawn = retained.draw(config.batch_size)
        if drawn:
            whole = learner.collate(drawn)
            count = self.retain_count(whole)
            for batch in learner.micro_batches(whole):
                scored = learner.score(batch)
                hits += scored.hits().tolist()
                loss = self.retain_loss(learner, batch, scored)
                (config.gamma * loss / count).backward()  # type: ignore[no-untyped-call]
        self.mask_gradients(learner)
        learner.optimizer_step()
        return hits

    def _push(self, learner: Learner, pushed: Sequence[Sentence]) -> None:
        """Add the gradient of the forget loss, a mean over ``pushed``."""
        total = sum(map(self.weight, pushed))
        for part in parts(learner, pushed):
            (self.loss(learner, part) / total).backward()  # type: ignore[no-untyped-call]


def _batches(
    chosen: Sequence[Sentence], size: int, random: torch.Generator
) -> list[list[Sentence]]:
    order = torch.randperm(len(chosen), generator=random).tolist()
    return [
        [chosen[place] for place in order[begin : begin + size]]
        for begin in range(0, len(order), size)
    ]
