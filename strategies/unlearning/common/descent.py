"""The erasing phase that unlearning methods share: what is pushed, what is held, when to stop.

After an update is learned, gradient steps are taken on the sentences of the facts that it
erases, in all their trained wordings, with a retain term on neighbours:

    L(θ) = L_forget(θ) + γ L_retain(θ)

With ``rho``, ∇L_forget is taken where that loss is worst nearby (see `sharpness`).

A sentence that is at its target (see `eraser`) gets no more push, so that nothing is forgotten
beyond it; the phase ends when all are there, and the neighbours are said right again.
``target = none`` takes a fixed number of steps, as the papers do.

The hooks of other strategies do not run in this phase. All its passes count as training tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, cast

import torch
from pydantic import Field
from torch.nn import functional
from typing_extensions import TypeVar

from cltool.lm import optimizers
from cltool.lm.batches import IGNORED, Batch
from cltool.lm.teacher import Teacher
from cltool.strategies.unlearning.common.eraser import Eraser, EraserConfig, Goal, Phase
from cltool.strategies.unlearning.common.retain_set import Neighbours
from cltool.strategies.unlearning.common.sam import uphill
from cltool.strategies.unlearning.common.sentences import Sentence, parts
from cltool.strategies.unlearning.common.unseen_names import Unheard
from cltool.training.search_space import search
from cltool.training.strategy import State

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Update
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner


class UnlearningConfig(EraserConfig):
    """Settings that all methods of the phase have."""

    retain: Literal["nll", "kl", "none"] = Field(
        default="nll",
        description="how neighbours are held: nll, trained again; kl, to what the model said of"
        " them before the erasing; none, not at all",
    )
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
        description="learning rate of the erasing, in multiples of the learner's",
    )
    batch_size: int = Field(
        default=32, ge=1, description="sentences to erase a step, and as many to retain"
    )
    rho: float = Field(
        default=0.0,
        ge=0,
        description="ρ, radius of sharpness-aware minimisation, an L2 norm over all weights that"
        " the method trains: the forget gradient is taken so far up that loss, which reads the"
        " sentences of a push twice; 0: where the weights are",
    )
    steps: int = Field(
        default=200, ge=0, description="most steps of an erasing; without a target, all of them"
    )
    settling: int = Field(
        default=16,
        ge=1,
        description="steps without a push, on neighbours alone, in which they must be said right"
        " for the phase to end",
    )
    target: Literal["foils", "none"] = Field(
        default="foils",
        description="foils: erased objects end as probable as objects that were never true, or,"
        " where no other fact has them, as ones never heard of;"
        " none: after the given steps, wherever that leads",
    )
    foils: int = Field(default=16, ge=1, description="objects that each erased one is held against")


U = TypeVar("U", bound=UnlearningConfig, default=UnlearningConfig)


class Unlearning(Eraser[U]):
    """A method that erases by gradient steps; a subclass has its loss.

    Attributes:
        asks_teacher: whether the loss needs the model before the erasing, as ``self.teacher``.
    """

    Config = UnlearningConfig
    asks_teacher: ClassVar[bool] = False

    # -- what a method has of its own ------------------------------------------------------

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """The forget loss of ``chosen``, summed: a scalar with gradient.

        A step divides the sum over its sentences by that of their weights.
        """
        raise NotImplementedError

    def weight(self, sentence: Sentence) -> int:
        """What a sentence counts in the mean: its tokens; a method may count sentences."""
        return sentence.tokens

    def confine(self, learner: Learner) -> None:
        """Drop gradients of parameters that the method does not train."""

    def retain_loss(self, learner: Learner, batch: Batch, scored: Scored) -> Tensor:
        """The retain loss, summed over the learned tokens of ``batch``: a scalar with gradient.

        A step divides the sum over all its batches by ``retain_count`` of the whole.
        """
        if self.config.retain == "nll":
            return scored.loss_sum()
        learned = scored.labels != IGNORED
        was = self.teacher_logits(learner, batch)[learned].float().log_softmax(-1)
        now = scored.logits[learned].float().log_softmax(-1)
        return functional.kl_div(now, was, reduction="sum", log_target=True)

    def retain_count(self, batch: Batch) -> int:
        """What the retain loss of a whole ``batch`` is divided by: its learned tokens."""
        return int((batch["labels"] != IGNORED).sum())

    def teacher_logits(self, learner: Learner, batch: Batch) -> Tensor:
        """(batch, kept, vocabulary): of the model before the erasing. What it reads counts."""
        learner.spend(int(batch["attention_mask"].sum()))
        return cast(Teacher, self.teacher).score(batch).logits

    # -- what it keeps ----------------------------------------------------------------------

    def attach(self, learner: Learner) -> None:
        """Keep also how probable new objects were before they were taught."""
        super().attach(learner)
        self._unheard = Unheard()

    def begin_update(self, learner: Learner, update: Update) -> None:
        """Measure how probable the new names are, where the update asks to forget facts."""
        if update.forget and self.config.target == "foils":
            whole = self.config.tokens == "answer"
            self._unheard.note(learner, learner.generator("unheard"), whole=whole)

    def state_dict(self) -> State:
        """The sample, and the numbers."""
        return {**super().state_dict(), "unheard": self._unheard.state_dict()}

    def load_state_dict(self, state: State) -> None:
        """Take both back."""
        super().load_state_dict(state)
        self._unheard.load_state_dict(state.get("unheard", {"rows": []}))

    # -- the phase ---------------------------------------------------------------------------

    def erase(self, learner: Learner, update: Update) -> None:
        """Take steps until what ``update`` erases is at its target, or the most steps."""
        needed = self.asks_teacher or self.config.retain == "kl"
        self.teacher: Teacher | None = Teacher(learner.lm) if needed else None
        try:
            super().erase(learner, update)
        finally:
            self.teacher = None

    def goal(self, phase: Phase) -> Goal:
        """Where the sentences are to end, as the settings have it."""
        config = self.config
        if config.target == "none":
            return Goal(phase, None, None)
        whole = config.tokens == "answer"
        return Goal.of_foils(phase, config.foils, whole=whole, unheard=self._unheard)

    def descend(self, phase: Phase) -> None:
        """The steps."""
        learner, config, settings = phase.learner, self.config, phase.learner.settings
        learner.optimizer = optimizers.build(
            learner.model,
            settings.optimizer,
            config.rate * float(settings.lr or 0.0),
            settings.weight_decay,
        )
        random = learner.generator("erasing")
        held = Neighbours(learner, phase.known if self._retains else (), phase.facts, random)
        goal = self.goal(phase)
        step, at_first, right = 0, 1.0, [True]
        while step < config.steps and learner.share_left() != 0.0:
            pushed = goal.open()
            # What the model did not know before is not waited for.
            if not pushed and sum(right) >= min(settings.stop_at, at_first) * len(right):
                return
            batches = _batches(pushed, config.batch_size, random)
            right = []
            for part in batches or [[]] * config.settling:
                hits = self._step(phase, part, held)
                if step == 0 and hits:
                    at_first = sum(hits) / len(hits)
                # While there is a push, the next step may harm what this one finds right.
                right += [False] if batches and hits else hits
                step += 1
                learner.steps += 1
                learner.progress(step, config.steps)
                if step >= config.steps or learner.share_left() == 0.0:
                    return

    @property
    def _retains(self) -> bool:
        return self.config.retain != "none" and self.config.gamma > 0

    def _step(self, phase: Phase, pushed: Sequence[Sentence], held: Neighbours) -> list[bool]:
        """One step on ``pushed``; which of the neighbours' sentences were said right before it."""
        learner, config = phase.learner, self.config
        learner.optimizer.zero_grad()
        self._push(learner, pushed)
        if pushed and config.rho > 0:
            self.confine(learner)
            with uphill(learner.model, config.rho):
                self._push(learner, pushed)
        hits: list[bool] = []
        drawn = held.draw(config.batch_size)
        if drawn:
            whole = learner.collate(drawn)
            count = self.retain_count(whole)
            for batch in learner.micro_batches(whole):
                scored = learner.score(batch)
                hits += scored.hits().tolist()
                loss = self.retain_loss(learner, batch, scored)
                (config.gamma * loss / count).backward()  # type: ignore[no-untyped-call]
        self.confine(learner)
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
