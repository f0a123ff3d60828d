"""Averaged gradient episodic memory: a step must not increase the loss on a memory.

Chaudhry et al. (2019), "Efficient Lifelong Learning with A-GEM", eq. 11: at every step, the
gradient g_ref of a random batch of the memory is compared with the update's gradient g, and

    g̃ = g − (gᵀ g_ref / g_refᵀ g_ref) g_ref     if gᵀ g_ref < 0,     else g̃ = g

over all trainable parameters together. The memory is a uniform sample of the valid facts taught
so far; the paper stores a fixed number per task. The projection comes before clipping and the
optimizer, as published with plain SGD. AdamW rescales every coordinate of g̃, so its step may
still point against g_ref.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from cltool.strategies.rehearsal.common.gradients import draw, mean_gradient
from cltool.strategies.rehearsal.common.reservoir import ReservoirConfig, ReservoirStrategy

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.training.learner import Learner


class AGEMConfig(ReservoirConfig):
    """Settings of `agem`."""

    sentences: int = Field(
        default=64, ge=1, description="sentences in the reference gradient of a step"
    )


class AGEM(ReservoirStrategy[AGEMConfig]):
    """Removes the part of the gradient that points against the gradient of a memory."""

    sample_seed = "agem"
    batch_seed = "agem batches"

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Project the gradient if it points against the memory's."""
        if self._sentences:
            drawn = draw(self._sentences, self.config.sentences, self._random)
            project(learner, mean_gradient(learner, drawn))


def project(learner: Learner, reference: dict[str, Tensor]) -> None:
    """Remove the part of the parameters' gradients that points against ``reference``."""
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
