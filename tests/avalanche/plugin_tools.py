"""What tests of Avalanche's plugins share."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
from avalanche.core import SupervisedPlugin

from cltool.avalanche.plugins import AvalancheStrategy
from cltool.training.learner import Learner

QUICK: dict[str, Any] = {"epochs": 2, "batch_size": 16}


def part(learner: Learner) -> AvalancheStrategy:
    (found,) = (p for p in learner.strategies.plugins if isinstance(p, AvalancheStrategy))
    return found


def seed(value: int) -> None:
    """As the experiment does before each step."""
    random.seed(value)
    torch.manual_seed(value)


class Spy(SupervisedPlugin):  # type: ignore[misc]
    """Calls a function at one callback; stands behind all others."""

    def __init__(self, callback: str, call: Callable[[Any], None]) -> None:
        super().__init__()
        setattr(self, callback, lambda learner, **kwargs: call(learner))


def distance(first: dict[str, Any], second: dict[str, Any]) -> float:
    return sum(float((first[name] - second[name]).pow(2).sum()) for name in first)
