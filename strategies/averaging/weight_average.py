"""Averages the weights before and after an update, or sums the updates' weight changes.

``method`` is one of four. θ₀ are the base weights, θ⁻ those before the update, and θ⁺ those at
the end of its training:

- ``wise_ft``: Wortsman et al. (2022), "Robust fine-tuning of zero-shot models", eq. 1:
  θ = (1 − α) θ⁻ + α θ⁺.
- ``ema``: Tarvainen & Valpola (2017), "Mean teachers are better role models", section 2: at
  every training step, θ̄ ← d θ̄ + (1 − d) θ, starting from θ̄ = θ⁻; at the end θ = θ̄.
- ``task_arithmetic``: Ilharco et al. (2023), "Editing Models with Task Arithmetic", section 2:
  every update is trained from θ₀, τ_t = θ⁺ − θ₀, and θ = θ₀ + λ Σ_t τ_t.
- ``ties``: Yadav et al. (2023), "TIES-Merging: Resolving Interference When Merging Models",
  algorithm 1: each τ_t keeps its share ``keep`` of largest entries; the sign of an entry is
  that of the sum; θ = θ₀ + λ τ, with τ the mean over the updates whose entry has this sign.

The papers merge once; here the weights are merged after every update. ``wise_ft`` and ``ema``
store nothing between updates. The others need only running sums of τ_t: one copy of the model
for Σ τ_t, four for the sums and counts of both signs. No method stores facts. Weight changes of
updates whose facts were superseded or erased stay in the sums. An erased fact cannot be removed
from the sums or the base weights, so ``task_arithmetic`` and ``ties`` do not suit streams with
facts to forget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.penalty import copies, displacements
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

Weights = dict[str, "Tensor"]
"""A tensor for each trainable parameter, by name."""


class WeightAverageConfig(StrategyConfig):
    """Settings of `weight_average`."""

    method: Literal["wise_ft", "ema", "task_arithmetic", "ties"] = Field(
        default="wise_ft", description="method of averaging, see above"
    )
    alpha: float = Field(
        json_schema_extra=search(0.2, 1),
        default=0.8,
        ge=0,
        le=1,
        description="α of wise_ft, share of the weights after training",
    )
    decay: float = Field(
        default=0.95, ge=0, lt=1, description="d of ema, share of the average kept at each step"
    )
    scale: float = Field(
        default=1.0, gt=0, alias="lambda", description="λ of task_arithmetic and ties"
    )
    keep: float = Field(
        default=0.2, gt=0, le=1, description="share of each update's entries that ties keeps"
    )


class WeightAverage(Strategy[WeightAverageConfig]):
    """Averages weights before and after an update, or sums the updates' weight changes."""

    def attach(self, learner: Learner) -> None:
        """Store the base weights and sums of zero, if the method needs them."""
        config = self.config
        self._from_base = config.method in ("task_arithmetic", "ties")
        self._base = copies(learner.trainable()) if self._from_base else {}
        self._before: Weights = {}
        kinds = {"task_arithmetic": ("sum",), "ties": ("up", "down", "ups", "downs")}
        self._sums: Weights = {
            f"{kind}.{name}": torch.zeros_like(tensor)
            for kind in kinds.get(config.method, ())
            for name, tensor in self._base.items()
        }

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Restore the base weights, or store the weights before the update."""
        if self._from_base:
            _put(learner, self._base)
        else:
            self._before = copies(learner.trainable())

    @torch.no_grad()
    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Update the running average."""
        config = self.config
        if config.method == "ema":
            for name, parameter in learner.trainable().items():
                self._before[name].lerp_(parameter, 1 - config.decay)

    @torch.no_grad()
    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Replace the trained weights by the averaged ones."""
        config = self.config
        if config.method == "ema":
            _put(learner, self._before)
        elif config.method == "wise_ft":
            for name, parameter in learner.trainable().items():
                parameter.copy_(self._before[name].lerp(parameter, config.alpha))
        else:
            self._add(displacements(learner, self._base))
            _put(learner, self._summed())
        self._before = {}

    @torch.no_grad()
    def erasing_done(self, learner: Learner) -> None:
        """Add the weight change of the erasing to the base, if updates start from the base."""
        if self._from_base:
            summed = self._summed()
            for name, parameter in learner.trainable().items():
                self._base[name] += parameter - summed[name]

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Report that no fact can be removed from weights."""
        if not self._from_base:
            return {}
        text = f"{INSEPARABLE}: weights hold all facts at once"
        return {"base weights": text, "sums of the updates' weight changes": text}

    def _summed(self) -> Weights:
        scale, changes = self.config.scale, self.merged()
        return {name: base + scale * changes[name] for name, base in self._base.items()}

    def merged(self) -> Weights:
        """Return the updates' weight changes merged: their sum, or the result of TIES."""
        sums = self._sums
        if self.config.method == "task_arithmetic":
            return {name: sums[f"sum.{name}"] for name in self._base}
        return {
            name: elected_mean(*(sums[f"{kind}.{name}"] for kind in ("up", "down", "ups", "downs")))
            for name in self._base
        }

    def stored(self) -> State:
        """Return base weights and sums, if the method needs them."""
        return {**{f"base.{name}": tensor for name, tensor in self._base.items()}, **self._sums}

    def state_dict(self) -> State:
        """Return the same: an erasing may have changed the base weights."""
        return self.stored()

    def load_state_dict(self, state: State) -> None:
        """Restore base weights and sums."""
        for name, tensor in self._sums.items():
            tensor.copy_(state[name])
        for name, tensor in self._base.items():
            tensor.copy_(state[f"base.{name}"])

    def _add(self, change: Weights) -> None:
        """Add one update's weight change to the sums."""
        config = self.config
        if config.method == "task_arithmetic":
            for name, tensor in change.items():
                self._sums[f"sum.{name}"] += tensor
            return
        for name, tensor in trimmed(change, config.keep).items():
            self._sums[f"up.{name}"] += tensor.clamp(min=0)
            self._sums[f"down.{name}"] += tensor.clamp(max=0)
            self._sums[f"ups.{name}"] += tensor > 0
            self._sums[f"downs.{name}"] += tensor < 0


def trimmed(change: Weights, keep: float) -> Weights:
    """Return ``change`` with all entries set to 0 except the share ``keep`` of largest size."""
    sizes = torch.cat([tensor.abs().flatten() for tensor in change.values()])
    count = max(1, round(keep * len(sizes)))
    least = sizes.kthvalue(len(sizes) - count + 1).values
    return {name: tensor * (tensor.abs() >= least) for name, tensor in change.items()}


def elected_mean(up: Tensor, down: Tensor, ups: Tensor, downs: Tensor) -> Tensor:
    """Return TIES of any number of vectors: the mean of the entries that have the sum's sign.

    Args:
        up: sum of the entries above 0.
        down: sum of the entries below 0.
        ups: number of entries above 0.
        downs: number of entries below 0.
    """
    mean = torch.where(up + down > 0, up / ups.clamp(min=1), down / downs.clamp(min=1))
    return mean * (up + down != 0)


@torch.no_grad()
def _put(learner: Learner, weights: Weights) -> None:
    for name, parameter in learner.trainable().items():
        parameter.copy_(weights[name])
