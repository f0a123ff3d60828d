"""What all erasers share: what they keep, what is erased, and where each sentence is to end.

The aim is the model that never knew the facts, so an eraser stops by a *target* and not after a
number of steps: a sentence is there when its object is not the model's greedy answer, and as
improbable as a model without it would find it (see `ignorance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field
from typing_extensions import TypeVar

from cltool.strategies.rehearsal.common.buffer import Buffer
from cltool.strategies.unlearning.common.sentences import Sentence, ask, erased_facts, sentences
from cltool.strategies.unlearning.common.target import edges
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.strategies.unlearning.common.unseen_names import Unheard
    from cltool.training.learner import Learner


class EraserConfig(StrategyConfig):
    """Settings that all erasers have."""

    neighbours: int = Field(
        default=512, ge=0, description="most facts kept, to be held and to compare with"
    )
    tokens: Literal["object", "answer"] = Field(
        default="object",
        description="tokens to erase: the object's, or, as published, also those that close the"
        " sentence",
    )
    reserve: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="share of a fixed budget that training leaves to the erasing",
    )


@dataclass(frozen=True, slots=True)
class Phase:
    """One erasing.

    Attributes:
        learner: its model stands as the update's training left it.
        facts: the erased facts.
        chosen: their sentences.
        known: what the strategy holds of what is true, and what the update taught.
    """

    learner: Learner
    facts: Sequence[Fact]
    chosen: Sequence[Sentence]
    known: Sequence[Fact]


E = TypeVar("E", bound=EraserConfig, default=EraserConfig)


class Eraser(Strategy[E]):
    """Keeps a bounded sample of what is true, and erases with it; a subclass says how."""

    Config = EraserConfig

    def descend(self, phase: Phase) -> None:
        """Erase. The model is in evaluation mode, and there is something to erase."""
        raise NotImplementedError

    def prepare(self, phase: Phase) -> None:
        """Called before ``descend``, on the model before the erasing."""

    def release(self) -> None:
        """Let go of what ``prepare`` made; called whatever happens."""

    def attach(self, learner: Learner) -> None:
        """Keep a uniform sample of the base knowledge."""
        self._buffer = Buffer(self.config.neighbours)
        self._buffer.take(learner.known.valid(), learner.generator("neighbours"))

    def after_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        """Leave a part of a fixed budget to the erasing, where there will be one."""
        left, reserve = learner.share_left(), self.config.reserve
        if left is not None and learner.experience.update.forget and left <= reserve:
            learner.stop_training()

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer what the update taught to the sample."""
        held = {fact.key for fact in self._buffer.facts}
        taught = []
        for fact in learner.experience.update.learn:
            belief = learner.known.belief(fact.key)
            new = belief is not None and belief.learned == learner.known.step
            if new and fact.key not in held:
                taught.append(fact)
        self._buffer.take(taught, learner.generator("neighbours"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """The sample, and what it counts."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take a sample back."""
        self._buffer.load_state_dict(state)

    def erase(self, learner: Learner, update: Update) -> None:
        """Erase what ``update`` asks for, whatever is left of the budget."""
        phase = self._phase(learner, update)
        if not phase.chosen or not learner.trainable():
            return
        learner.model.eval()
        try:
            self.prepare(phase)
            self.descend(phase)
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
    """Where each sentence of a phase is to end.

    Args:
        phase: its model is asked whenever ``open`` is called.
        lower: (sentences,), nats: at this log-probability a sentence gets no more push; none:
            there is no such place, and all are pushed for ever.
        upper: (sentences,), nats: at or under it, a sentence is there.
    """

    def __init__(self, phase: Phase, lower: Tensor | None, upper: Tensor | None) -> None:
        self._phase, self.lower, self.upper = phase, lower, upper

    @classmethod
    def of_foils(
        cls, phase: Phase, foils: int, *, whole: bool, unheard: Unheard | None = None
    ) -> Goal:
        """As improbable as objects that were never true, at the model as it is now.

        Args:
            phase: what is erased.
            foils: objects that each erased one is held against.
            whole: what closes the sentences is erased too.
            unheard: what the model held of objects that it had never heard of.
        """
        learner, chosen = phase.learner, phase.chosen
        said, random = ask(learner, chosen), learner.generator("foils")
        found = edges(
            learner, chosen, said, phase.known, foils, random, whole=whole, unheard=unheard
        )
        return cls(phase, *found)

    def open(self) -> list[Sentence]:
        """Sentences that still need a push: none when all are there, all without a target.

        While one is above its upper edge or the greedy answer, all above their lower are pushed.
        """
        chosen = self._phase.chosen
        if self.lower is None or self.upper is None:
            return list(chosen)
        said = ask(self._phase.learner, chosen)
        # What is no number is not there.
        if not bool((said.greedy | ~(said.logps <= self.upper)).any()):
            return []
        above = said.greedy | (said.logps > self.lower)
        return [one for one, pushed in zip(chosen, above.tolist(), strict=True) if pushed]
