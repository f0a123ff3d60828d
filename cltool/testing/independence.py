"""Checks that results do not depend on what should not matter to them.

These are the micro-batches into which a step is cut, and the state of the global random number
generators of Python, NumPy and PyTorch.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cltool.core.settings import merge
from cltool.experiments.apply_update import apply
from cltool.testing.material import small_learner, small_stream
from cltool.testing.suite import Suite
from cltool.training.strategy import split_state

TOLERANCE = 1e-3
"""Largest difference of weights between two runs, as a share of how far training moved them."""

_SGD = {"learner": {"optimizer": "sgd", "lr": 0.05}}
"""Adam makes a full step of a gradient that is nothing but rounding error; SGD does not."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The weights and states after running the small stream.

    Attributes:
        weights: after attach() and after each update, all parameters as one vector.
        state: the states of all strategies, and each prompt as they frame it.
    """

    weights: list[Tensor]
    state: dict[str, Any]


def check_micro_batches(suite: Suite, strategy: str, tables: Mapping[str, Any]) -> None:
    """Check that training with and without micro-batches gives the same weights."""
    with suite.during("training in micro-batches"):
        whole = _walk(strategy, merge(tables, _SGD))
        cut = _walk(strategy, merge(tables, _SGD, {"learner": {"micro_batch_size": 3}}))
    start = whole.weights[0]
    for step, (one, other) in enumerate(zip(whole.weights, cut.weights, strict=True)):
        if step == 0:
            continue
        moved = (one - start).norm() if one.shape == start.shape else one.norm()
        suite.expect(
            one.shape == other.shape and (one - other).norm() <= TOLERANCE * moved,
            f"the weights after update {step} depend on learner.micro_batch_size",
            "before_backward runs once for each micro-batch: add to learner.loss a mean over the"
            " tokens of learner.mbatch, or a term that does not depend on it. Draw what is random,"
            " and count steps, in before_training_iteration.",
        )


def global_random_state() -> tuple[object, ...]:
    """Return the state of the global generators of Python, NumPy and PyTorch, to compare."""
    numpy: Any = np.random.get_state(legacy=False)
    keys, place = numpy["state"]["key"].tobytes(), numpy["state"]["pos"]
    return random.getstate(), keys, place, torch.get_rng_state().numpy().tobytes()


def check_global_random(suite: Suite, strategy: str, tables: Mapping[str, Any]) -> None:
    """Check that results do not depend on the state of the global generators."""
    with suite.during("running with other states of the global random number generators"):
        one, other = (_walk(strategy, tables, seed) for seed in (1, 2))
    same = one.state == other.state and all(map(torch.equal, one.weights, other.weights))
    suite.expect(
        same,
        "its results depend on a global random number generator",
        "Draw from learner.generator(purpose). Where a library draws from torch's global"
        " generator, call it inside `with learner.seeded(purpose):`.",
    )


def _walk(strategy: str, tables: Mapping[str, Any], seed: int = 0) -> _Outcome:
    """Attach the strategy and apply the updates, each with the global generators seeded."""
    learner = small_learner(strategy, tables)
    weights = []
    for update in small_stream():
        _seed_globals(seed + update.step)
        if update.step:
            apply(learner, update)
        else:
            learner.known.apply(update)
            learner.strategies.attach(learner)
        parameters = learner.model.parameters()
        weights.append(torch.cat([one.detach().flatten().clone() for one in parameters]))
    state: dict[str, Any] = {}
    for name, part in learner.strategies.states().items():
        tensors, values = split_state(part)
        state[name] = values, {key: one.tolist() for key, one in tensors.items()}
    for key in small_stream().first_taught():
        prompt = small_stream().wordings.askings(key)[0].prompt
        state[prompt] = learner.strategies.frame(prompt)
    return _Outcome(weights, state)


def _seed_globals(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
