"""Trains a new low-rank adapter on each update, in a subspace orthogonal to earlier ones.

Wang et al. (2023), "Orthogonal Subspace Learning for Language Model Continual Learning",
eq. 5-8: the rows of an update's A span the directions that the adapter reads from a layer's
input. A penalty keeps them orthogonal to those of earlier updates,

    L = L_update + λ Σ_layers Σ_{i<t} ‖A_i A_tᵀ‖²_F,        A_i of shape (r, inputs)

and the earlier adapters are frozen. As the paper proposes for inference, each adapter is added to
the weights when its update is learned. A layer's earlier A are stored as one matrix with a row
per direction, which grows by r rows per update. When it has more rows than columns, it is
replaced by R of its QR decomposition: the penalty depends only on RᵀR = Σ AᵢᵀAᵢ, so the memory
never exceeds the square of the layer's number of inputs. The base knowledge has no adapter and no
A, so nothing protects it in the first update, as in the paper. An erased fact cannot be removed
from the earlier A.
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
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class OLoRAConfig(StrategyConfig):
    """Settings of `o_lora`."""

    strength: float = Field(
        json_schema_extra=search(0.001, 1, log=True),
        default=0.02,
        ge=0,
        alias="lambda",
        description="λ, weight of the penalty",
    )
    rank: int = Field(
        json_schema_extra=search(4, 64, log=True),
        default=32,
        ge=1,
        description="r, rank of each update's adapter",
    )
    alpha: float = Field(default=64.0, gt=0, description="α; the adapter is scaled by α/r")
    target_modules: TargetModules = "all-linear"


class OLoRA(Strategy[OLoRAConfig]):
    """Trains a LoRA per update, orthogonal to the earlier ones, and merges it."""

    replaces_model = True
    shares_batches = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 3.0}
    pretrained_scale = 3.0
    excludes: ClassVar[Mapping[str, str]] = ONE_UPDATE

    def attach(self, learner: Learner) -> None:
        """Start without earlier directions.

        Raises:
            UserError: PEFT rejects the model.
        """
        refuse_unfit(learner, "LORA", self._usual, {}, "strategy.o_lora")
        self._device = learner.device
        self._earlier: dict[str, Tensor] = {}

    def before_training(self, learner: Learner, **kwargs: Any) -> None:
        """Add an adapter to the model, before the optimizer is created."""
        self._adapter = Adapter(learner, "LORA", self._usual, {}, "strategy.o_lora")

    @property
    def _usual(self) -> dict[str, Any]:
        config = self.config
        return {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the penalty to the loss."""
        learner.loss = learner.loss + self.penalty(learner)

    def penalty(self, learner: Learner) -> Tensor:
        """Return λ Σ ‖A_i A_tᵀ‖²_F over layers and earlier adapters, a scalar."""
        total = torch.zeros((), device=learner.device)
        for name, new in directions(learner.model).items():
            if name in self._earlier:
                total = total + (self._earlier[name] @ new.T).square().sum()
        return self.config.strength * total

    def after_training(self, learner: Learner, **kwargs: Any) -> None:
        """Store the update's directions and merge its adapter."""
        for name, new in directions(learner.model).items():
            rows = torch.cat([self._earlier.get(name, new[:0]), new]).detach()
            if len(rows) > rows.shape[1]:
                rows = torch.linalg.qr(rows, mode="r").R
            self._earlier[name] = rows.contiguous()
        self._adapter.merge()

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report that no fact can be removed from an adapter's directions."""
        if not self._earlier:
            return {}
        return {"earlier directions": f"{INSEPARABLE}: an adapter learned all facts of its update"}

    def state_dict(self) -> State:
        """Return the earlier adapters' A, by layer."""
        return {**self._earlier}

    def load_state_dict(self, state: State) -> None:
        """Restore the earlier adapters' A."""
        self._earlier = {name: tensor.to(self._device) for name, tensor in state.items()}


def directions(model: nn.Module) -> dict[str, Tensor]:
    """Return layer → A of its adapter, (rank, inputs)."""
    ending = ".lora_A.default.weight"
    return {
        name.removesuffix(ending): parameter
        for name, parameter in model.named_parameters()
        if name.endswith(ending)
    }
