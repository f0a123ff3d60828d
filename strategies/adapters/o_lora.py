"""Trains a new low-rank adapter on each update, in a subspace orthogonal to earlier ones.

Wang et al. (2023), "Orthogonal Subspace Learning for Language Model Continual Learning",
eq. 5-8: the rows of an update's A span the directions that it reads from a layer's input,
and a penalty keeps them orthogonal to those of earlier updates,

    L = L_update + λ Σ_layers Σ_{i<t} ‖A_i A_tᵀ‖²_F,        A_i of shape (r, inputs)

with the earlier adapters frozen; as the paper proposes for inference, each is added to the
weights when its update is learned. The earlier A of a layer are kept as one matrix, a row a
direction, which grows by r rows an update. Once it has more rows than columns, R of its QR
decomposition takes its place: RᵀR = Σ AᵢᵀAᵢ is all that the penalty depends on, so that the
memory never exceeds the square of the layer's inputs. The base knowledge has no adapter,
hence no A: nothing holds it in the first update, as in the paper. Of an erased fact none of the
earlier A can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from pydantic import Field

from cltool.strategies.adapters.common.peft_model import ONE_UPDATE, Adapter
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
        description="λ, of the penalty",
    )
    rank: int = Field(
        json_schema_extra=search(4, 64, log=True),
        default=32,
        ge=1,
        description="r, of each update's adapter",
    )
    alpha: float = Field(default=64.0, gt=0, description="α; the adapter counts α/r times")
    target_modules: str | list[str] = Field(
        default="all-linear", description="which modules, as PEFT writes it"
    )


class OLoRA(Strategy[OLoRAConfig]):
    """A LoRA for every update, orthogonal to the earlier ones, merged afterwards."""

    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 3.0}
    excludes: ClassVar[Mapping[str, str]] = ONE_UPDATE

    def attach(self, learner: Learner) -> None:
        """Begin with no earlier directions."""
        self._device = learner.device
        self._earlier: dict[str, Tensor] = {}

    def before_training(self, learner: Learner, **kwargs: Any) -> None:
        """Put an adapter around the model, before the optimizer is made."""
        config = self.config
        usual = {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }
        self._adapter = Adapter(learner, "LORA", usual, {}, "strategy.o_lora")

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the penalty to the loss."""
        learner.loss = learner.loss + self.penalty(learner)

    def penalty(self, learner: Learner) -> Tensor:
        """λ Σ ‖A_i A_tᵀ‖²_F over layers and earlier adapters, a scalar."""
        total = torch.zeros((), device=learner.device)
        for name, new in directions(learner.model).items():
            if name in self._earlier:
                total = total + (self._earlier[name] @ new.T).square().sum()
        return self.config.strength * total

    def after_training(self, learner: Learner, **kwargs: Any) -> None:
        """Keep the update's directions and merge its adapter."""
        for name, new in directions(learner.model).items():
            rows = torch.cat([self._earlier.get(name, new[:0]), new]).detach()
            if len(rows) > rows.shape[1]:
                rows = torch.linalg.qr(rows, mode="r").R
            self._earlier[name] = rows.contiguous()
        self._adapter.merge()

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """An adapter's directions are those of all facts of its update."""
        if not self._earlier:
            return {}
        return {"earlier directions": f"{INSEPARABLE}: an adapter learned all of its update"}

    def state_dict(self) -> State:
        """The earlier adapters' A, by layer."""
        return {**self._earlier}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._earlier = {name: tensor.to(self._device) for name, tensor in state.items()}


def directions(model: nn.Module) -> dict[str, Tensor]:
    """Layer → A of its adapter, (rank, inputs)."""
    ending = ".lora_A.default.weight"
    return {
        name.removesuffix(ending): parameter
        for name, parameter in model.named_parameters()
        if name.endswith(ending)
    }
