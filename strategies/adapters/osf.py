"""Trains only the weak singular directions of each matrix, orthogonal to the strong ones.

Nayak et al. (2025), "Sculpting Subspaces: Constrained Full Fine-Tuning in LLMs for Continual
Learning", eq. 2-4: before each update every matrix is decomposed,

    W = U_high S_high V_highᵀ + U_low S_low V_lowᵀ,
    U_low ← U_low − U_high U_highᵀ U_low,     V_low ← V_low − V_high V_highᵀ V_low

and U_low, S_low, V_low are trained. The method assumes that earlier facts need the directions of
the largest singular values. PEFT's OSF decomposes the matrices and, like the paper, projects the
gradients. Here the factors themselves are projected after every step, because AdamW turns an
orthogonal gradient into a step that is not orthogonal. The same share is fixed in every matrix;
the paper sets each layer's share by the similarity of its inputs and outputs. After the update
the factors are multiplied again. Nothing is stored, and the next update decomposes the new
matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from pydantic import Field

from cltool.strategies.adapters.common.peft_model import (
    ONE_UPDATE,
    Adapter,
    TargetModules,
    refuse_unfit,
)
from cltool.training.search_space import search
from cltool.training.strategy import Strategy, StrategyConfig

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.training.learner import Learner


class OSFConfig(StrategyConfig):
    """Settings of `osf`."""

    keep: float = Field(
        json_schema_extra=search(0.1, 0.9),
        default=0.5,
        gt=0,
        lt=1,
        description="share of each matrix's singular values that is not trained",
    )
    target_modules: TargetModules = "all-linear"


class OSF(Strategy[OSFConfig]):
    """PEFT's orthogonal subspace fine-tuning, with a new decomposition for every update."""

    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 3.0}
    excludes: ClassVar[Mapping[str, str]] = ONE_UPDATE

    def attach(self, learner: Learner) -> None:
        """Check that PEFT accepts the model.

        Raises:
            UserError: it does not.
        """
        refuse_unfit(learner, "OSF", self._usual, {}, "strategy.osf")

    def before_training(self, learner: Learner, **kwargs: Any) -> None:
        """Decompose the matrices, before the optimizer is created."""
        self._adapter = Adapter(learner, "OSF", self._usual, {}, "strategy.osf")
        self._layers: list[Any] = [
            module for module in learner.model.modules() if hasattr(module, "osf_svd_params")
        ]

    @property
    def _usual(self) -> dict[str, Any]:
        return {
            "effective_rank": self.config.keep,
            "target_modules": self.config.target_modules,
        }

    @torch.no_grad()
    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Remove the component of the low factors in the high directions."""
        for layer in self._layers:
            low = layer.osf_svd_params["default"]
            u, v = low["U_low"], low["V_low"]
            u.copy_(_without(u, layer._osf_U_high, layer._osf_U_low_init))
            high, first = _transposed(layer._osf_V_high), _transposed(layer._osf_V_low_init)
            v.copy_(_without(v.T, high, first).T)

    def after_training(self, learner: Learner, **kwargs: Any) -> None:
        """Multiply the factors."""
        self._layers = []
        self._adapter.merge()


def _transposed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.T for name, tensor in tensors.items()}


def _without(factor: Tensor, high: Mapping[str, Tensor], low: Mapping[str, Tensor]) -> Tensor:
    """Return the columns of ``factor`` without their part in the high directions.

    PEFT stores the high directions only if they are not the complement of the low ones.
    """
    if "default" in high:
        return factor - high["default"] @ (high["default"].T @ factor)
    return low["default"] @ (low["default"].T @ factor)
