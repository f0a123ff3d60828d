"""Rehearses a bounded sample of earlier facts with each update.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal"; Chaudhry et al.
(2019), "On tiny episodic memories in continual learning" (algorithm 2: reservoir sampling).
The buffer is a uniform sample of the valid facts taught so far. A superseded or erased fact is
removed at once, and new facts fill its place by random pairing (Vitter 1985, algorithm R;
Gemulla, Lehner & Haas 2008 for deletions). Every epoch draws ``mix`` rehearsed sentences per
sentence of the update.

Other values of ``select`` choose among the facts in the buffer and those of the update; a fact
that was not kept cannot be chosen later. ``relation``: equally many facts of each relation,
sampled uniformly within it (the balance of Chrysakis & Moens 2020, "Online Continual Learning
from Imbalanced Data"). The next two use the model's representations φ of the facts' prompts,
after the update. ``herding`` (Welling 2009; Rebuffi et al. 2017, "iCaRL", algorithm 4):

    p_k = argmin_x ‖μ − (φ(x) + Σ_{j<k} φ(p_j)) / k‖

with μ the mean of all valid facts, estimated from those in the buffer; iCaRL has a mean for
each class, but facts have no classes. ``k_center`` (Sener & Savarese 2018, "Active Learning
for Convolutional Neural Networks: A Core-Set Approach", algorithm 1): the next fact is the one
farthest from those chosen, argmax_i min_j ‖φ_i − φ_j‖; the first is the nearest to the mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from cltool.strategies.rehearsal.common.buffer import Buffer, Coreset, GroupedBuffer, Memory
from cltool.strategies.rehearsal.common.coreset import herding, k_center, representations
from cltool.strategies.rehearsal.common.gradients import draw_rounds
from cltool.strategies.rehearsal.common.reservoir import Mix, ReservoirConfig, ReservoirStrategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class ReplayConfig(ReservoirConfig):
    """Settings of `replay`."""

    mix: Mix = 1.0
    select: Literal["reservoir", "relation", "herding", "k_center"] = Field(
        default="reservoir", description="rule that chooses the stored facts, see above"
    )


class Replay(ReservoirStrategy[ReplayConfig]):
    """A bounded buffer of facts, mixed into every epoch."""

    shares_weights = True
    sample_seed = "replay"
    batch_seed = "rehearsal"

    def make_buffer(self, learner: Learner, size: int) -> Memory:
        """Return an empty buffer that follows the rule ``select``."""
        select = self.config.select
        if select == "reservoir":
            return Buffer(size)
        if select == "relation":
            return GroupedBuffer(size, lambda fact: fact.relation)

        def choose(facts: Sequence[Fact], weights: Sequence[float], count: int) -> list[int]:
            features = representations(learner, facts)
            if select == "herding":
                return herding(features, weights, count)
            return k_center(features, count)

        return Coreset(size, choose)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw the rehearsed sentences of this epoch."""
        wanted = round(self.config.mix * len(learner.loader.own))
        drawn = draw_rounds(len(self._sentences), wanted, self._random)
        learner.loader.rehearsed += [self._sentences[index] for index in drawn]
