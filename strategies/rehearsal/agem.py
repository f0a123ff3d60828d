"""Averaged gradient episodic memory: a step may not raise the loss on what is remembered.

Chaudhry et al. (2019), "Efficient Lifelong Learning with A-GEM", eq. 11: once a step, the
gradient g_ref of a random batch of the memory is compared with the update's gradient g, and

    g̃ = g − (gᵀ g_ref / g_refᵀ g_ref) g_ref     where gᵀ g_ref < 0,     else g̃ = g

over all trainable parameters together. The memory is a uniform sample of all facts taught so
far that are still true, rather than a fixed number of each task. The projection comes before
the clipping and the optimizer, as published with plain SGD; AdamW scales every coordinate of
g̃ anew, so the step that it makes of it need not keep the sign of the product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from cltool.strategies.rehearsal.common.buffer import Buffer
from cltool.strategies.rehearsal.common.gradients import draw, mean_gradient
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class AGEMConfig(StrategyConfig):
    """Settings of `agem`."""

    share: float = Field(
        default=0.5, gt=0, le=1, description="most facts kept, as a share of the base knowledge"
    )
    capacity: int | None = Field(
        default=None, ge=1, description="most facts kept, as a number; goes before the share"
    )
    sentences: int = Field(
        default=64, ge=1, description="sentences that a step's reference gradient is taken over"
    )


class AGEM(Strategy[AGEMConfig]):
    """One reference gradient a step; what points against it is taken out."""

    def attach(self, learner: Learner) -> None:
        """Fill the memory from the base knowledge."""
        config = self.config
        base = learner.known.valid()
        self._buffer = Buffer(config.capacity or max(1, round(config.share * len(base))))
        self._buffer.take(base, learner.generator("agem"))

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Word the memory once for the update."""
        self._random = learner.generator("agem batches")
        self._worded = learner.examples(self._buffer.facts)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Project the gradient where it points against the memory's."""
        if not self._worded:
            return
        sentences = self.config.sentences
        reference = mean_gradient(learner, draw(self._worded, sentences, self._random))
        project(learner, reference)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer the update's facts to the memory."""
        self._worded = []
        self._buffer.take(learner.experience.update.learn, learner.generator("agem"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """The memory."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take a memory back."""
        self._buffer.load_state_dict(state)


def project(learner: Learner, reference: dict[str, Tensor]) -> None:
    """Take out of the parameters' gradients what points against ``reference``."""
    parameters = learner.trainable()
    product, square = 0.0, 0.0
    for name, ref in reference.items():
        square += float(ref.float().pow(2).sum())
        grad = parameters[name].grad
        if grad is not None:
            product += float((grad.float() * ref.float()).sum())
    if product >= 0 or square == 0:
        return
    for name, ref in reference.items():
        parameter = parameters[name]
        shift = -product / square * ref
        parameter.grad = shift if parameter.grad is None else parameter.grad + shift
