"""Rehearses a bounded sample of earlier facts beside each update.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal"; Chaudhry et al.
(2019), "On tiny episodic memories in continual learning" (algorithm 2: reservoir sampling).
The buffer is a uniform sample of all facts taught so far that are still true: a fact that is
superseded or erased leaves at once, and newcomers take the places of those that left by
random pairing (Vitter 1985, algorithm R; Gemulla, Lehner & Haas 2008 for deletions).
Every epoch draws ``mix`` rehearsed sentences for each sentence of the update.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from pydantic import Field

from cltool.buffer import Buffer
from cltool.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts import Fact
    from cltool.learner import Learner
    from cltool.lm.coder import Encoded


class ReplayConfig(StrategyConfig):
    """Settings of `replay`."""

    share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="most facts kept, as a share of the base knowledge",
    )
    capacity: int | None = Field(
        default=None, ge=1, description="most facts kept, as a number; goes before the share"
    )
    mix: float = Field(
        default=1.0, ge=0, description="rehearsed sentences for each sentence of the update"
    )


class Replay(Strategy):
    """Reservoir of facts, mixed into every epoch."""

    Config = ReplayConfig

    def attach(self, learner: Learner) -> None:
        """Fill the buffer from the base knowledge."""
        config = cast(ReplayConfig, self.config)
        base = learner.known.valid()
        self._buffer = Buffer(config.capacity or max(1, round(config.share * len(base))))
        self._buffer.take(base, learner.generator("replay"))

    def before_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Word the buffer once for the update."""
        self._random = strategy.generator("rehearsal")
        self._worded: list[Encoded] = strategy.examples(self._buffer.facts)

    def before_training_epoch(self, strategy: Any, **kwargs: Any) -> None:
        """Draw this epoch's rehearsed sentences."""
        learner: Learner = strategy
        wanted = round(cast(ReplayConfig, self.config).mix * len(learner.loader.own))
        order: list[int] = []
        while self._worded and len(order) < wanted:
            order += torch.randperm(len(self._worded), generator=self._random).tolist()
        learner.loader.rehearsed += [self._worded[place] for place in order[:wanted]]

    def after_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Offer the update's facts to the reservoir."""
        self._buffer.take(strategy.experience.update.learn, strategy.generator("replay"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """The buffer, and what its reservoir counts."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take a buffer back."""
        self._buffer.load_state_dict(state)
