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

from cltool.strategy import State, Strategy, StrategyConfig, fact_rows, facts_from_rows

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
        self._capacity = config.capacity or max(1, round(config.share * len(base)))
        self._buffer: list[Fact] = []
        self._seen = 0
        self._left_buffer = self._left_outside = 0
        self._take(base, learner.generator("replay"))

    def before_training_epoch(self, strategy: Any, **kwargs: Any) -> None:
        """Draw this epoch's rehearsed sentences."""
        learner: Learner = strategy
        if learner.loader is None or not self._buffer:
            return
        sentences = self._sentences(learner)
        wanted = round(cast(ReplayConfig, self.config).mix * len(learner.loader.own))
        order: list[int] = []
        while len(order) < wanted:
            order += torch.randperm(len(sentences), generator=self._random).tolist()
        learner.loader.rehearsed = [sentences[place] for place in order[:wanted]]

    def before_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Word the buffer once for the update."""
        self._random = strategy.generator("rehearsal")
        self._worded: list[Encoded] | None = None

    def after_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Offer the update's facts to the reservoir."""
        self._take(strategy.experience.update.learn, strategy.generator("replay"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        gone = {fact.key for fact in facts}
        kept = [fact for fact in self._buffer if fact.key not in gone]
        inside = len(self._buffer) - len(kept)
        self._left_buffer += inside
        outside = min(len(gone) - inside, self._seen - len(self._buffer))
        self._left_outside += outside
        self._seen -= inside + outside
        self._buffer = kept

    def state_dict(self) -> State:
        """The buffer, how many facts it was drawn from, and how many of them left."""
        return {
            "facts": fact_rows(self._buffer),
            "seen": self._seen,
            "left_buffer": self._left_buffer,
            "left_outside": self._left_outside,
        }

    def load_state_dict(self, state: State) -> None:
        """Take a buffer back."""
        self._buffer = facts_from_rows(state["facts"])
        self._seen = int(state["seen"])
        self._left_buffer = int(state["left_buffer"])
        self._left_outside = int(state["left_outside"])

    def _sentences(self, learner: Learner) -> list[Encoded]:
        if self._worded is None:
            self._worded = learner.examples(self._buffer)
        return self._worded

    def _take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Algorithm R: each fact seen is in the buffer with the same probability."""
        for fact in facts:
            self._seen += 1
            left = self._left_buffer + self._left_outside
            if left:
                # A newcomer takes the place of one of those that left: inside the buffer
                # or outside of it, as chance has it.
                if int(torch.randint(left, (1,), generator=random)) < self._left_buffer:
                    self._left_buffer -= 1
                    self._buffer.append(fact)
                else:
                    self._left_outside -= 1
                continue
            if len(self._buffer) < self._capacity:
                self._buffer.append(fact)
                continue
            place = int(torch.randint(self._seen, (1,), generator=random))
            if place < self._capacity:
                self._buffer[place] = fact
