"""Trains a new low-rank adapter on each update, then adds it to the weights.

Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3 and section
4.1: h = W x + (α/r) B A x, and after the update

    W ← W + (α/r) B A

Each update starts with an adapter that changes nothing, and changes every matrix by a matrix of
rank r at most. Between updates the model has no adapter and is as fast as before. Nothing is
stored from one update to the next; only the low rank protects earlier facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

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
    from cltool.training.learner import Learner


class LoRAMergeConfig(StrategyConfig):
    """Settings of `lora_merge`."""

    rank: int = Field(
        json_schema_extra=search(4, 128, log=True),
        default=64,
        ge=1,
        description="r, rank of each update's adapter",
    )
    alpha: float = Field(default=128.0, gt=0, description="α; the adapter is scaled by α/r")
    target_modules: TargetModules = "all-linear"
    options: dict[str, Any] = Field(
        default_factory=dict, description="further options of PEFT's LoRA, such as use_dora"
    )


class LoRAMerge(Strategy[LoRAMergeConfig]):
    """Trains a LoRA per update and merges it when the update is learned."""

    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 1.5}
    pretrained_scale = 6.0
    excludes: ClassVar[Mapping[str, str]] = ONE_UPDATE

    def attach(self, learner: Learner) -> None:
        """Check that PEFT accepts the model.

        Raises:
            UserError: it does not, or rejects the options.
        """
        refuse_unfit(learner, "LORA", self._usual, self.config.options, "strategy.lora_merge")

    def before_training(self, learner: Learner, **kwargs: Any) -> None:
        """Add an adapter to the model, before the optimizer is created."""
        options = self.config.options
        self._adapter = Adapter(learner, "LORA", self._usual, options, "strategy.lora_merge")

    @property
    def _usual(self) -> dict[str, Any]:
        config = self.config
        return {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }

    def after_training(self, learner: Learner, **kwargs: Any) -> None:
        """Merge the adapter, after the other hooks of the update."""
        self._adapter.merge()
