"""Trains a low-rank adapter; the model's own weights do not change.

Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3:
h = W x + (α/r) B A x. One adapter is created on the base model and trained further on every
update. ``peft`` selects any other PEFT method (``"IA3"``, ``"VERA"``, …), with its own options;
DoRA is an option of LoRA (``options.use_dora = true``). All methods are trained like ordinary
weights. AdaLoRA therefore does not move rank between layers: that needs a schedule over one
training of known length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from cltool.strategies.adapters.common.peft_model import Adapter, TargetModules
from cltool.training.search_space import search
from cltool.training.strategy import Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.training.learner import Learner


class LoRAConfig(StrategyConfig):
    """Settings of `lora`."""

    peft: str = Field(default="LORA", description="name of the PEFT method, as in PEFT")
    rank: int = Field(
        json_schema_extra=search(4, 128, log=True),
        default=64,
        ge=1,
        description="r, for methods with a rank",
    )
    alpha: float = Field(default=128.0, gt=0, description="α, for LoRA")
    target_modules: TargetModules = "all-linear"
    options: dict[str, Any] = Field(
        default_factory=dict, description="further options of the PEFT method's config"
    )


class LoRA(Strategy[LoRAConfig]):
    """One PEFT adapter, continued through all updates."""

    shares_weights = True
    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 1.5}
    pretrained_scale = 6.0

    def attach(self, learner: Learner) -> None:
        """Wrap the model.

        Raises:
            UserError: PEFT has no such method, or rejects the options.
        """
        config = self.config
        usual = {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }
        if config.peft.upper() == "OFT":
            # In OFT, r is the number of blocks.
            del usual["r"]
        Adapter(learner, config.peft, usual, config.options, "strategy.lora")
