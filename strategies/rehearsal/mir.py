"""Maximally interfered retrieval: rehearses the facts that the next step would harm most.

Aljundi et al. (2019), "Online Continual Learning with Maximally Interfered Retrieval", eq. 1
and algorithm 1: before each step, candidates are drawn from the buffer, and a virtual step to θ^v
is taken on the update's batch alone. The candidates x with the largest

    s(x) = l(f_θ^v(x), y) − l(f_θ(x), y)

are rehearsed: the real step follows the gradients of both batches' losses. θ^v is the result of
the learner's own optimizer. The paper uses one step of plain SGD, but AdamW's steps are much
longer and have other directions. l is −log p of the whole answer. The two forward passes over the
candidates keep no gradients; each of their tokens counts as one training token, like generated
text. The buffer is a uniform sample of the valid facts. The virtual step needs a copy of the
weights, of their gradients and of the optimizer's state.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.rehearsal.common.gradients import batch_count, draw, losses, mean_gradient
from cltool.strategies.rehearsal.common.reservoir import Mix, ReservoirConfig, ReservoirStrategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


class MIRConfig(ReservoirConfig):
    """Settings of `mir`."""

    mix: Mix = 1.0
    candidates: float = Field(
        default=3.0, ge=1, description="number of candidates per rehearsed sentence"
    )


class MIR(ReservoirStrategy[MIRConfig]):
    """Rehearses the candidates whose loss a step would increase most."""

    sample_seed = "mir"
    batch_seed = "mir batches"

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of the most interfered sentences."""
        config = self.config
        count = batch_count(learner, config.mix)
        candidates = draw(self._sentences, round(config.candidates * count), self._random)
        if not candidates or not count:
            return
        gradient = mean_gradient(learner, most_interfered(learner, candidates, count))
        for name, parameter in learner.trainable().items():
            if name in gradient:
                own = parameter.grad
                parameter.grad = gradient[name] if own is None else own + gradient[name]


def most_interfered(learner: Learner, candidates: Sequence[Encoded], count: int) -> list[Encoded]:
    """Return the ``count`` candidates whose loss the next step would increase most."""
    if len(candidates) <= count:
        return list(candidates)
    before = losses(learner, candidates)
    with virtual_step(learner):
        after = losses(learner, candidates)
    order = torch.argsort(after - before, descending=True, stable=True)
    return [candidates[index] for index in order[:count].tolist()]


@contextmanager
def virtual_step(learner: Learner) -> Iterator[None]:
    """Take the next step inside the context; restore weights, gradients and optimizer after it."""
    parameters = list(learner.trainable().values())
    weights = [parameter.detach().clone() for parameter in parameters]
    grads = [None if p.grad is None else p.grad.detach().clone() for p in parameters]
    optimizer = learner.optimizer
    # The copy has its own state and changes the same parameters.
    learner.optimizer = copy.deepcopy(optimizer, {id(p): p for p in parameters})
    try:
        learner.optimizer_step()
        yield
    finally:
        learner.optimizer = optimizer
        with torch.no_grad():
            for parameter, weight, grad in zip(parameters, weights, grads, strict=True):
                parameter.copy_(weight)
                parameter.grad = grad
