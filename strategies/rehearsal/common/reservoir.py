"""Strategies that keep a uniform sample of the valid facts, and the settings that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field
from typing_extensions import TypeVar

from cltool.strategies.rehearsal.common.buffer import Buffer, Memory
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

Mix = Annotated[
    float,
    Field(
        ge=0,
        description="number of rehearsed sentences per sentence of the update",
        json_schema_extra=search(0.25, 4, log=True),
    ),
]


class ReservoirConfig(StrategyConfig):
    """Size of the memory."""

    share: float = Field(
        default=0.5, gt=0, le=1, description="most facts stored, as a share of the base knowledge"
    )
    capacity: int | None = Field(
        default=None, ge=1, description="most facts stored, as a number; replaces the share"
    )

    def size(self, base: Sequence[Fact]) -> int:
        """Return the most facts stored, for this base knowledge."""
        return self.capacity or max(1, round(self.share * len(base)))


R = TypeVar("R", bound=ReservoirConfig, default=ReservoirConfig)


class ReservoirStrategy(Strategy[R]):
    """Keeps a bounded sample of the valid facts; a subclass uses ``self._sentences``.

    Attributes:
        sample_seed: name of the randomness of the sample.
        batch_seed: name of the randomness of what is drawn from it, ``self._random``.
    """

    sample_seed: ClassVar[str]
    batch_seed: ClassVar[str]

    def make_buffer(self, learner: Learner, size: int) -> Memory:
        """Return an empty buffer of ``size`` facts; by default, a reservoir."""
        return Buffer(size)

    def take(self, learner: Learner, facts: Sequence[Fact]) -> None:
        """Offer ``facts`` to the buffer."""
        self._buffer.take(facts, learner.generator(self.sample_seed))

    def attach(self, learner: Learner) -> None:
        """Fill the buffer from the base knowledge."""
        base = learner.known.valid()
        self._buffer = self.make_buffer(learner, self.config.size(base))
        self.take(learner, base)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Encode the buffer's sentences once per update."""
        self._random = learner.generator(self.batch_seed)
        self._sentences: list[Encoded] = learner.examples(self._buffer.facts)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer the update's facts to the buffer."""
        self._sentences = []
        self.take(learner, learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop superseded and erased facts."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """Return the state of the buffer."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Restore the buffer."""
        self._buffer.load_state_dict(state)
