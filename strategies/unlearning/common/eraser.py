"""The base of all erasers: the facts that they store, the erased sentences, and their targets.

The aim is the model that never knew the facts. An eraser therefore stops at a *target* instead of
after a number of steps: a sentence has reached its target when its object is not the model's
greedy answer, and is as improbable as under a model that never knew the fact (see
`cltool.strategies.unlearning.common.target`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import Field
from typing_extensions import TypeVar

from cltool.strategies.rehearsal.common.buffer import Buffer
from cltool.strategies.unlearning.common.sentences import (
    Sentence,
    erased_facts,
    likelihoods,
    sentences,
)
from cltool.strategies.unlearning.common.target import bounds
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.strategies.unlearning.common.unseen_names import UnseenNames
    from cltool.training.learner import Learner


class EraserConfig(StrategyConfig):
    """Settings that all erasers have."""

    neighbours: int = Field(
        default=512,
        ge=0,
        description="most facts stored, for the retain set and as distractors",
    )
    tokens: Literal["object", "answer"] = Field(
        default="object",
        description="tokens to erase: those of the object or, as published, also those at the end"
        " of the sentence",
    )
    reserve: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="share of a fixed budget that is reserved for the erasing",
    )


@dataclass(frozen=True, slots=True)
class Phase:
    """One erasing.

    Attributes:
        learner: its model was trained on the update.
        facts: the erased facts.
        chosen: their sentences.
        known: the strategy's sample of valid facts, and the facts of the update.
    """

    learner: Learner
    facts: Sequence[Fact]
    chosen: Sequence[Sentence]
    known: Sequence[Fact]


E = TypeVar("E", bound=EraserConfig, default=EraserConfig)


class Eraser(Strategy[E]):
    """Stores a bounded sample of the valid facts; a subclass erases with it."""

    def run_phase(self, phase: Phase) -> None:
        """Erase ``phase.chosen``, which is not empty; the model is in evaluation mode."""
        raise NotImplementedError

    def prepare(self, phase: Phase) -> None:
        """Compute what is needed of the model before the erasing; called before ``run_phase``."""

    def release(self) -> None:
        """Delete what ``prepare`` computed; called after the phase, even if it failed."""

    def attach(self, learner: Learner) -> None:
        """Store a uniform sample of the base knowledge."""
        self._buffer = Buffer(self.config.neighbours)
        self._buffer.take(learner.known.valid(), learner.generator("neighbours"))

    def after_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        """Stop training early to reserve a part of a fixed budget for the erasing, if any."""
        left, reserve = learner.share_left(), self.config.reserve
        if left is not None and learner.experience.update.forget and left <= reserve:
            learner.stop_training()

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer the update's facts to the sample."""
        held = {fact.key for fact in self._buffer.facts}
        taught = []
        for fact in learner.experience.update.learn:
            belief = learner.known.belief(fact.key)
            new = belief is not None and belief.learned == learner.known.step
            if new and fact.key not in held:
                taught.append(fact)
        self._buffer.take(taught, learner.generator("neighbours"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop superseded and erased facts."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """Return the sample, and its counts."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Restore the sample."""
        self._buffer.load_state_dict(state)

    def erase(self, learner: Learner, update: Update) -> None:
        """Erase what ``update`` asks to forget."""
        phase = self._phase(learner, update)
        if not phase.chosen or not learner.trainable():
            return
        learner.model.eval()
        try:
            self.prepare(phase)
            self.run_phase(phase)
        finally:
            self.release()
            for parameter in learner.model.parameters():
                parameter.grad = None

    def _phase(self, learner: Learner, update: Update) -> Phase:
        facts = erased_facts(learner, update)
        whole = self.config.tokens == "answer"
        known = {fact.key: fact for fact in (*self._buffer.facts, *update.learn)}
        chosen = sentences(learner, facts, whole=whole)
        return Phase(learner, facts, chosen, list(known.values()))


class Goal:
    """The target of each sentence of a phase.

    Args:
        phase: its model is measured whenever ``pending`` is called.
        lower: (sentences,), nats: at or below this log-probability, a sentence is not pushed
            further; None: there is no target, and all are always pushed.
        upper: (sentences,), nats: at or below this log-probability, a sentence has reached its
            target.
    """

    def __init__(self, phase: Phase, lower: Tensor | None, upper: Tensor | None) -> None:
        self._phase, self.lower, self.upper = phase, lower, upper

    def pending(self) -> list[Sentence]:
        """Return the sentences to push: none if all have reached their target.

        While one is the greedy answer or above its upper bound, all above their lower bounds are
        pushed. Without a target, all are pushed.
        """
        chosen = self._phase.chosen
        if self.lower is None or self.upper is None:
            return list(chosen)
        current = likelihoods(self._phase.learner, chosen)
        # Written so that NaN has not reached its target.
        if not bool((current.greedy | ~(current.logps <= self.upper)).any()):
            return []
        above = current.greedy | (current.logps > self.lower)
        return [one for one, pushed in zip(chosen, above.tolist(), strict=True) if pushed]


class TargetSettings(Protocol):
    """The settings of an eraser that its target depends on."""

    @property
    def target(self) -> Literal["foils", "none"]:
        """Whether there is a target."""

    @property
    def foils(self) -> int:
        """Number of distractors per erased object."""

    @property
    def tokens(self) -> Literal["object", "answer"]:
        """Which tokens are erased."""


def stopping_goal(
    phase: Phase, settings: TargetSettings, unseen: UnseenNames | None = None
) -> Goal:
    """Return the goal at which the erasing of ``phase`` stops.

    With a target, erased objects become as improbable as objects that were never true.

    Args:
        phase: the erasing; its current model is measured.
        settings: of the eraser.
        unseen: probabilities of new names before they were taught.
    """
    if settings.target == "none":
        return Goal(phase, None, None)
    learner, whole = phase.learner, settings.tokens == "answer"
    found = bounds(
        learner,
        phase.chosen,
        likelihoods(learner, phase.chosen),
        phase.known,
        settings.foils,
        # The word seeds the draw: another one would change the results.
        learner.generator("foils"),
        whole=whole,
        unseen=unseen,
    )
    return Goal(phase, *found)
