"""Gradient episodic memory: a step may not raise the loss on any earlier update's facts.

Lopez-Paz & Ranzato (2017), "Gradient Episodic Memory for Continual Learning", eq. 8-11: with
the rows of G the gradients of the earlier updates' memories (the paper writes them with a
minus, its solution without), the gradient g of the update becomes the nearest one that points
against none of them,

    min_g̃ ½ ‖g − g̃‖²   such that G g̃ ≥ 0,

solved by its dual: min_v ½ vᵀ G Gᵀ v + gᵀ Gᵀ v with v ≥ margin, then g̃ = Gᵀ v + g.
A memory of its own for each update, and the base, shares the room evenly; a fact that is no
longer true leaves, and an update without facts has no constraint. A step costs one more
forward and backward pass for each earlier update, up to ``groups``: by definition its cost
grows with the number of updates, and a row of G is as large as the weights. As in the paper
the projection comes before the optimizer, which was SGD; AdamW scales g̃ anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from cltool.strategies.rehearsal.common.buffer import even_parts
from cltool.strategies.rehearsal.common.gradients import draw, mean_gradient
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

    Matrix = NDArray[np.float64]


class GEMConfig(StrategyConfig):
    """Settings of `gem`."""

    share: float = Field(
        default=0.5, gt=0, le=1, description="most facts kept, as a share of the base knowledge"
    )
    capacity: int | None = Field(
        default=None, ge=1, description="most facts kept, as a number; goes before the share"
    )
    sentences: int = Field(
        default=32, ge=1, description="sentences that each gradient is taken over, each step"
    )
    groups: int = Field(
        default=8,
        ge=1,
        description="most gradients a step; of more updates, the oldest share one",
    )
    margin: float = Field(
        json_schema_extra=search(0, 1),
        default=0.5,
        ge=0,
        description="least v, so that steps also help what is remembered",
    )


class GEM(Strategy[GEMConfig]):
    """A gradient for each earlier update; the step's gradient points against none."""

    def attach(self, learner: Learner) -> None:
        """Fill the memory from the base knowledge."""
        config = self.config
        base = learner.known.valid()
        self._capacity = config.capacity or max(1, round(config.share * len(base)))
        self._memories: list[list[Fact]] = []
        self._add(learner, base)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Word each memory once for the update."""
        self._random = learner.generator("gem batches")
        spare = max(0, len(self._memories) - self.config.groups)
        oldest = [fact for memory in self._memories[: spare + 1] for fact in memory]
        memories = [oldest, *self._memories[spare + 1 :]] if oldest else []
        self._worded: list[list[Encoded]] = [learner.examples(memory) for memory in memories]

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Project the gradient where it points against a memory's."""
        config = self.config
        if self._worded:
            rows = [
                mean_gradient(learner, draw(worded, config.sentences, self._random))
                for worded in self._worded
            ]
            project(learner, rows, config.margin)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Make a memory of the update's facts."""
        self._worded = []
        self._add(learner, learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        gone = {fact.key for fact in facts}
        kept = ([fact for fact in memory if fact.key not in gone] for memory in self._memories)
        self._memories = [memory for memory in kept if memory]

    def state_dict(self) -> State:
        """The facts of each memory."""
        return {"memories": [fact_rows(memory) for memory in self._memories]}

    def load_state_dict(self, state: State) -> None:
        """Take the memories back."""
        self._memories = [facts_from_rows(rows) for rows in state["memories"]]

    def _add(self, learner: Learner, facts: Sequence[Fact]) -> None:
        """One more memory; the others make room, each at random."""
        memories = [*self._memories, list(facts)]
        random = learner.generator("gem")
        parts = even_parts([len(memory) for memory in memories], self._capacity)
        drawn = (draw(memory, part, random) for memory, part in zip(memories, parts, strict=True))
        self._memories = [memory for memory in drawn if memory]


def project(learner: Learner, rows: Sequence[dict[str, Tensor]], margin: float) -> None:
    """Replace the parameters' gradients by the nearest that point against none of ``rows``."""
    parameters = learner.trainable()
    products = np.array([_dot(row, {n: p.grad for n, p in parameters.items()}) for row in rows])
    if (products >= 0).all():
        return
    gram = np.array([[_dot(one, other) for other in rows] for one in rows])
    for weight, row in zip(solve(gram, products, margin), rows, strict=True):
        for name, tensor in row.items():
            parameter = parameters[name]
            shift = float(weight) * tensor
            parameter.grad = shift if parameter.grad is None else parameter.grad + shift


def solve(gram: Matrix, products: Matrix, margin: float) -> Matrix:
    """argmin_v ½ vᵀ gram v + productsᵀ v with v ≥ margin.

    With gram = A Aᵀ and u = v − margin this is min_u ‖Aᵀ u − b‖ with u ≥ 0, which the active
    set method of Lawson & Hanson (1995), "Solving Least Squares Problems", solves exactly.

    Args:
        gram: (k, k), G Gᵀ; it need not have full rank.
        products: (k,), G g.
        margin: least v.

    Returns:
        (k,).
    """
    from scipy.optimize import nnls

    # Gradients of well-known facts are tiny; the problem is the same in units of its own.
    scale = float(np.trace(gram)) / len(gram)
    if scale <= 0:
        return np.zeros(len(gram))
    values, vectors = np.linalg.eigh(gram / scale)
    held = values > 1e-10 * values[-1]
    roots = np.sqrt(values[held])
    target = (products + margin * gram.sum(axis=1)) / scale
    found, _ = nnls(roots[:, None] * vectors[:, held].T, -(vectors[:, held].T @ target) / roots)
    weights: Matrix = found + margin
    return weights


def _dot(one: Mapping[str, Tensor], other: Mapping[str, Tensor | None]) -> float:
    """⟨one, other⟩ over the parameters that both have."""
    total = 0.0
    for name, tensor in one.items():
        against = other.get(name)
        if against is not None:
            total += float((tensor.float() * against.float()).sum())
    return total
