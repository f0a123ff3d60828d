"""Maximally interfered retrieval: rehearses what the next step would harm most.

Aljundi et al. (2019), "Online Continual Learning with Maximally Interfered Retrieval", eq. 1
and algorithm 1: before each step, candidates are drawn from the buffer; the step is taken
virtually, θ^v, on the update's batch alone; rehearsed are the candidates x with the largest

    s(x) = l(f_θ^v(x), y) − l(f_θ(x), y)

and the step then follows the gradients of both batches' losses. θ^v is where the learner's
own optimizer would go, rather than one step of plain SGD: AdamW's steps are far longer and
point elsewhere. l is −log p of the whole answer. The two forward passes over the candidates
keep no gradients, but their tokens count, each as one, like those of generated text. The
buffer is a uniform sample of the valid facts. The virtual step needs a copy of the weights,
of their gradients and of the optimizer's state.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.rehearsal.common.buffer import Buffer
from cltool.strategies.rehearsal.common.gradients import batch_count, draw, losses, mean_gradient
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


class MIRConfig(StrategyConfig):
    """Settings of `mir`."""

    share: float = Field(
        default=0.5, gt=0, le=1, description="most facts kept, as a share of the base knowledge"
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
    candidates: float = Field(
        default=3.0, ge=1, description="candidates for each sentence that is rehearsed"
    )


class MIR(Strategy[MIRConfig]):
    """Of a buffer's candidates, those whose loss a step would raise most are rehearsed."""

    def attach(self, learner: Learner) -> None:
        """Fill the buffer from the base knowledge."""
        config = self.config
        base = learner.known.valid()
        self._buffer = Buffer(config.capacity or max(1, round(config.share * len(base))))
        self._buffer.take(base, learner.generator("mir"))

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Word the buffer once for the update."""
        self._random = learner.generator("mir batches")
        self._worded = learner.examples(self._buffer.facts)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of the most interfered sentences."""
        config = self.config
        count = batch_count(learner, config.mix)
        candidates = draw(self._worded, round(config.candidates * count), self._random)
        if not candidates or not count:
            return
        gradient = mean_gradient(learner, most_interfered(learner, candidates, count))
        for name, parameter in learner.trainable().items():
            if name in gradient:
                own = parameter.grad
                parameter.grad = gradient[name] if own is None else own + gradient[name]

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer the update's facts to the reservoir."""
        self._worded = []
        self._buffer.take(learner.experience.update.learn, learner.generator("mir"))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        self._buffer.forget(facts)

    def state_dict(self) -> State:
        """The buffer, and what its reservoir counts."""
        return self._buffer.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take a buffer back."""
        self._buffer.load_state_dict(state)


def most_interfered(learner: Learner, candidates: Sequence[Encoded], count: int) -> list[Encoded]:
    """The ``count`` candidates whose loss the pending step raises most."""
    if len(candidates) <= count:
        return list(candidates)
    before = losses(learner, candidates)
    with virtual_step(learner):
        after = losses(learner, candidates)
    order = torch.argsort(after - before, descending=True, stable=True)
    return [candidates[place] for place in order[:count].tolist()]


@contextmanager
def virtual_step(learner: Learner) -> Iterator[None]:
    """The weights after the pending step; weights, gradients and optimizer return unchanged."""
    parameters = list(learner.trainable().values())
    weights = [parameter.detach().clone() for parameter in parameters]
    grads = [None if p.grad is None else p.grad.detach().clone() for p in parameters]
    optimizer = learner.optimizer
    # The copy has a state of its own and steps the same parameters.
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
