"""Gradient episodic memory: a step must not increase the loss on any earlier update's facts.

Lopez-Paz & Ranzato (2017), "Gradient Episodic Memory for Continual Learning", eq. 8-11: the
rows of G are the gradients of the earlier updates' memories (the paper writes them with a
minus, its solution without). The gradient g of the update is replaced by the nearest one that
points against none of them,

    min_g̃ ½ ‖g − g̃‖²   such that G g̃ ≥ 0,

solved by its dual: min_v ½ vᵀ G Gᵀ v + gᵀ Gᵀ v with v ≥ margin, then g̃ = Gᵀ v + g.
The base and each update have a memory of their own, with equal shares of the capacity. A
superseded or erased fact is removed, and an update without facts has no constraint. A step costs
one more forward and backward pass for each earlier update, up to ``groups``, so its cost grows
with the number of updates; a row of G is as large as the weights. As in the paper, the projection
comes before the optimizer. The paper uses SGD; AdamW rescales every coordinate of g̃.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from cltool.strategies.rehearsal.common.buffer import even_parts
from cltool.strategies.rehearsal.common.gradients import draw, mean_gradient
from cltool.strategies.rehearsal.common.reservoir import ReservoirConfig
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

    Matrix = NDArray[np.float64]


class GEMConfig(ReservoirConfig):
    """Settings of `gem`."""

    sentences: int = Field(
        default=32, ge=1, description="sentences in each memory's gradient of a step"
    )
    groups: int = Field(
        default=8,
        ge=1,
        description="most gradients per step; if there are more updates, the oldest share one",
    )
    margin: float = Field(
        json_schema_extra=search(0, 1),
        default=0.5,
        ge=0,
        description="least v; above 0, steps also lower the loss on the memories",
    )


class GEM(Strategy[GEMConfig]):
    """Projects the gradient so that it points against no earlier update's gradient."""

    def attach(self, learner: Learner) -> None:
        """Fill the first memory from the base knowledge."""
        base = learner.known.valid()
        self._capacity = self.config.size(base)
        self._memories: list[list[Fact]] = []
        self._add(learner, base)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Encode each memory's sentences once per update."""
        self._random = learner.generator("gem batches")
        spare = max(0, len(self._memories) - self.config.groups)
        oldest = [fact for memory in self._memories[: spare + 1] for fact in memory]
        memories = [oldest, *self._memories[spare + 1 :]] if oldest else []
        self._sentences: list[list[Encoded]] = [learner.examples(memory) for memory in memories]

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Project the gradient if it points against a memory's."""
        config = self.config
        if self._sentences:
            rows = [
                mean_gradient(learner, draw(sentences, config.sentences, self._random))
                for sentences in self._sentences
            ]
            project(learner, rows, config.margin)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Create a memory of the update's facts."""
        self._sentences = []
        self._add(learner, learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop superseded and erased facts."""
        gone = {fact.key for fact in facts}
        kept = ([fact for fact in memory if fact.key not in gone] for memory in self._memories)
        self._memories = [memory for memory in kept if memory]

    def state_dict(self) -> State:
        """Return the facts of each memory."""
        return {"memories": [fact_rows(memory) for memory in self._memories]}

    def load_state_dict(self, state: State) -> None:
        """Restore the memories."""
        self._memories = [facts_from_rows(rows) for rows in state["memories"]]

    def _add(self, learner: Learner, facts: Sequence[Fact]) -> None:
        """Add a memory; the others drop random facts to make room."""
        memories = [*self._memories, list(facts)]
        random = learner.generator("gem")
        parts = even_parts([len(memory) for memory in memories], self._capacity)
        drawn = (draw(memory, part, random) for memory, part in zip(memories, parts, strict=True))
        self._memories = [memory for memory in drawn if memory]


def project(learner: Learner, rows: Sequence[dict[str, Tensor]], margin: float) -> None:
    """Replace the parameters' gradients by the nearest ones that point against no row."""
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
    """Return argmin_v ½ vᵀ gram v + productsᵀ v with v ≥ margin.

    With gram = A Aᵀ and u = v − margin this is min_u ‖Aᵀ u − b‖ with u ≥ 0, which the active
    set method of Lawson & Hanson (1995), "Solving Least Squares Problems", solves exactly.

    Args:
        gram: (k, k), G Gᵀ; any rank.
        products: (k,), G g.
        margin: least v.

    Returns:
        (k,).
    """
    from scipy.optimize import nnls

    # Gradients of well-known facts are tiny; rescaling does not change the problem.
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
    """Return ⟨one, other⟩ over the parameters that both have."""
    total = 0.0
    for name, tensor in one.items():
        against = other.get(name)
        if against is not None:
            total += float((tensor.float() * against.float()).sum())
    return total
