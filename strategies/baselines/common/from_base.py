"""The base of the strategies that train base weights on all valid facts at every update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch

from cltool.training.strategy import State, Strategy, fact_rows

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Update
    from cltool.training.learner import Learner


class FromBase(Strategy):
    """Stores the base weights, and restores them before it trains."""

    # Most sentences are known already, so a share of all sentences says little about the new ones.
    presets: ClassVar[Mapping[str, Any]] = {"stop_at": 0.99}

    def attach(self, learner: Learner) -> None:
        """Store the base weights."""
        self._base: dict[str, Tensor] = {
            name: parameter.detach().cpu().clone()
            for name, parameter in learner.trainable().items()
        }
        self._learner = learner

    def update(self, learner: Learner, update: Update) -> None:
        """Restore the base weights and train on all facts that are valid after the update."""
        with torch.no_grad():
            for name, parameter in learner.trainable().items():
                parameter.copy_(self._base[name])
        learner.fit(learner.known.valid())

    def stored(self) -> State:
        """Return the base weights and every valid fact."""
        return {**self._base, "facts": fact_rows(self._learner.known.valid())}
