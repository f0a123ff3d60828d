"""Trains a new low-rank adapter on each update, and then adds it to the weights.

Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3 and section
4.1: h = W x + (α/r) B A x, and after the update

    W ← W + (α/r) B A

Each update moves every matrix by a matrix of rank r at most, and begins with an adapter that
moves nothing; between updates the model is an ordinary one, as fast as before. Nothing is
kept from one update to the next, and nothing but the low rank holds earlier facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from cltool.strategies.adapters.common.peft_model import ONE_UPDATE, Adapter
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
        description="r, of each update's adapter",
    )
    alpha: float = Field(default=128.0, gt=0, description="α; the adapter counts α/r times")
    target_modules: str | list[str] = Field(
        default="all-linear", description="which modules, as PEFT writes it"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="further options of PEFT's LoRA, such as use_dora"
    )


class LoRAMerge(Strategy[LoRAMergeConfig]):
    """A LoRA for every update, merged when the update is learned."""

    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 1.5}
    excludes: ClassVar[Mapping[str, str]] = ONE_UPDATE

    def before_training(self, learner: Learner, **kwargs: Any) -> None:
        """Put an adapter around the model, before the optimizer is made."""
        config = self.config
        usual = {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }
        self._adapter = Adapter(learner, "LORA", usual, config.options, "strategy.lora_merge")

    def after_training(self, learner: Learner, **kwargs: Any) -> None:
        """Merge it, after all that looks at what the update trained."""
        self._adapter.merge()
