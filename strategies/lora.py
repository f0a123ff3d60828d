"""Trains a low-rank adapter and leaves the model's own weights as they are.

Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models", eq. 3:
h = W x + (α/r) B A x. One adapter is made on the base model and trained on through all
updates. Any other method of PEFT takes its place by name (``peft = "IA3"``, ``"ADALORA"``, …)
with its own options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import Field

from cltool.errors import UserError
from cltool.strategy import Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.learner import Learner


class LoRAConfig(StrategyConfig):
    """Settings of `lora`."""

    peft: str = Field(default="LORA", description="a PEFT method's name, as PEFT writes it")
    rank: int = Field(default=64, ge=1, description="r, for methods that have a rank")
    alpha: float = Field(default=128.0, gt=0, description="α, for LoRA")
    target_modules: str | list[str] = Field(
        default="all-linear", description="which modules, as PEFT writes it"
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="further options of the PEFT method's config"
    )


class LoRA(Strategy):
    """One PEFT adapter, continued through all updates."""

    Config = LoRAConfig
    replaces_model = True
    presets: ClassVar[Mapping[str, Any]] = {"lr": 1.5e-3}

    def attach(self, learner: Learner) -> None:
        """Wrap the model.

        Raises:
            UserError: PEFT knows no such method, or refuses the options.
        """
        import peft
        from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING as METHODS

        config = cast(LoRAConfig, self.config)
        method = config.peft.upper()
        if method not in METHODS:
            names = sorted(str(getattr(name, "value", name)) for name in METHODS)
            raise UserError(
                f"PEFT has no method {config.peft!r}",
                where="strategy.lora.peft",
                hint=f"It has: {', '.join(names)}.",
            )
        options: dict[str, Any] = {"task_type": "CAUSAL_LM"}
        known = METHODS[method].__dataclass_fields__
        own: dict[str, Any] = {
            "r": config.rank,
            "lora_alpha": config.alpha,
            "target_modules": config.target_modules,
        }
        options |= {name: value for name, value in own.items() if name in known}
        try:
            settings = METHODS[method](**{**options, **config.options})
            wrapped = peft.get_peft_model(cast(Any, learner.model), settings)
        except (TypeError, ValueError, KeyError) as error:
            raise UserError(
                f"PEFT refuses {method}: {error}",
                where="strategy.lora",
                hint="Set strategy.lora.target_modules to modules that it can adapt, and what "
                "else it needs with --set strategy.lora.options.NAME=VALUE.",
            ) from error
        learner.replace_model(wrapped)
