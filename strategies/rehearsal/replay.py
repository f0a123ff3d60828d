"""Rehearses a bounded sample of earlier facts beside each update.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal"; Chaudhry et al.
(2019), "On tiny episodic memories in continual learning" (algorithm 2: reservoir sampling).
The buffer is a uniform sample of all facts taught so far that are still true: a fact that is
superseded or erased leaves at once, and newcomers take the places of those that left by
random pairing (Vitter 1985, algorithm R; Gemulla, Lehner & Haas 2008 for deletions).
Every epoch draws ``mix`` rehearsed sentences for each sentence of the update.

Other selections choose among what is in the buffer and what the update taught, never among
facts that were not kept. ``relation``: as many facts of each relation, sampled uniformly
within it (the balance of Chrysakis & Moens 2020, "Online Continual Learning from Imbalanced
Data"). The next two look at the model's representations φ of the facts' prompts, after the
update. ``herding`` (Welling 2009; Rebuffi et al. 2017, "iCaRL", algorithm 4):

    p_k = argmin_x ‖μ − (φ(x) + Σ_{j<k} φ(p_j)) / k‖

with μ the mean of all valid facts, for which those of the buffer stand; iCaRL has a mean for
each class, and facts have no classes. ``k_center`` (Sener & Savarese 2018, "Active Learning
for Convolutional Neural Networks: A Core-Set Approach", algorithm 1): the next is the fact
farthest from those chosen, argmax_i min_j ‖φ_i − φ_j‖, the first the one nearest to the mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

from cltool.strategies.rehearsal.common.buffer import Buffer, Coreset, GroupedBuffer, Memory
from cltool.strategies.rehearsal.common.coreset import herding, k_center, representations
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


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
        json_schema_extra=search(0.25, 4, log=True),
        default=1.0,
        ge=0,
        description="rehearsed sentences for each sentence of the update",
    )
    select: Literal["reservoir", "relation", "herding", "k_center"] = Field(
        default="reservoir", description="which facts are kept: any, or those of a rule"
    )


class Replay(Strategy[ReplayConfig]):
    """A bounded buffer of facts, mixed into every epoch."""

    def attach(self, learner: Learner) -> None:
        """Fill the buffer from the base knowledge."""
        config = self.config
        base = learner.known.valid()
        capacity = config.capacity or max(1, round(config.share * len(base)))
        self._buffer = _buffer(config.select, capacity, learner)
        self._buffer.take(base, learner.generator("replay"))

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Word the buffer once for the update."""
        self._random = learner.generator("rehearsal")
        self._worded: list[Encoded] = learner.examples(self._buffer.facts)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw this epoch's rehearsed sentences."""
        wanted = round(self.config.mix * len(learner.loader.own))
        order: list[int] = []
        while self._worded and len(order) < wanted:
            order += torch.randperm(len(self._worded), generator=self._random).tolist()
        learner.loader.rehearsed += [self._worded[place] for place in order[:wanted]]

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer the update's facts to the buffer."""
        self._worded = []
        self._buffer.take(learner.experience.update.learn, learner.generator("replay"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """The buffer, and what it counts."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take a buffer back."""
        self._buffer.load_state_dict(state)


def _buffer(select: str, capacity: int, learner: Learner) -> Memory:
    if select == "reservoir":
        return Buffer(capacity)
    if select == "relation":
        return GroupedBuffer(capacity, lambda fact: fact.relation)

    def choose(facts: Sequence[Fact], weights: Sequence[float], count: int) -> list[int]:
        features = representations(learner, facts)
        if select == "herding":
            return herding(features, weights, count)
        return k_center(features, count)

    return Coreset(capacity, choose)
