"""Trains a low-rank adapter and leaves the model's own weights as they are.

Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3:
h = W x + (α/r) B A x. One adapter is made on the base model and trained on through all
updates. Any other method of PEFT takes its place by name (``peft = "IA3"``, ``"VERA"``, …)
with its own options; DoRA is an option of LoRA's (``options.use_dora = true``). They are
trained as any weights are: AdaLoRA never moves rank between layers, for that is a schedule
over one training of known length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from cltool.strategies.adapters.common.peft_model import Adapter
from cltool.training.search_space import search
from cltool.training.strategy import Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.training.learner import Learner


class LoRAConfig(StrategyConfig):
    """Settings of `lora`."""

    peft: str = Field(default="LORA", description="a PEFT method's name, as PEFT writes it")
    rank: int = Field(
        json_schema_extra=search(4, 128, log=True),
        default=64,
        ge=1,
        description="r, for methods that have a rank",
    )
    alpha: float = Field(default=128.0, gt=0, description="α, for LoRA")
    target_modules: str | list[str] = Field(
        default="all-linear", description="which modules, as PEFT writes it"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="further options of the PEFT method's config"
    )


class LoRA(Strategy[LoRAConfig]):
    """One PEFT adapter, continued through all updates."""

    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 1.5}

    def attach(self, learner: Learner) -> None:
        """Wrap the model.

        Raises:
            UserError: PEFT knows no such method, or refuses the options.
        """
        config = self.config
        usual = {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }
        if config.peft.upper() == "OFT":
            # What it calls r is a number of blocks.
            del usual["r"]
        Adapter(learner, config.peft, usual, config.options, "strategy.lora")
