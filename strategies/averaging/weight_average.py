"""Averages weights: an update's training moves the model only part of the way.

``method`` is one of four, with θ₀ the base weights, θ⁻ those before the update, and θ⁺ those
that its training ended at:

- ``wise_ft``: Wortsman et al. (2022), "Robust fine-tuning of zero-shot models", eq. 1:
  θ = (1 − α) θ⁻ + α θ⁺.
- ``ema``: Tarvainen & Valpola (2017), "Mean teachers are better role models", section 2: over
  the steps of training, θ̄ ← d θ̄ + (1 − d) θ from θ̄ = θ⁻ on, and θ = θ̄ in the end.
- ``task_arithmetic``: Ilharco et al. (2023), "Editing Models with Task Arithmetic", section 2:
  every update is trained from θ₀, τ_t = θ⁺ − θ₀, and θ = θ₀ + λ Σ_t τ_t.
- ``ties``: Yadav et al. (2023), "TIES-Merging: Resolving Interference When Merging Models",
  algorithm 1: of each τ_t the largest ``keep`` of the entries stay; each entry's sign is
  that of their sum; θ = θ₀ + λ τ, with τ the mean over the updates that have this sign.

The papers merge once; here it is done after every update. ``wise_ft`` and ``ema`` keep
nothing. The others would keep every τ_t, which grows by an image of the model with each update,
but all that they need of them are running sums: one image of the model for Σ τ_t, four for
sums and counts of either sign. The facts themselves are kept by none; vectors of updates
whose facts were superseded or erased since stay in the sums, and of an erased fact none can be
told apart there or in the base weights: compose neither with what is to forget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

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
        default="wise_ft", description="what is averaged: see above"
    )
    alpha: float = Field(
        json_schema_extra=search(0.2, 1),
        default=0.8,
        ge=0,
        le=1,
        description="α of wise_ft, share of the weights after training",
    )
    decay: float = Field(
        default=0.95, ge=0, lt=1, description="d of ema, what each step leaves of the average"
    )
    scale: float = Field(
        default=1.0, gt=0, alias="lambda", description="λ of task_arithmetic and ties"
    )
    keep: float = Field(
        default=0.2, gt=0, le=1, description="share of each update's entries that ties keeps"
    )


class WeightAverage(Strategy[WeightAverageConfig]):
    """Weights between those before an update and those after it, or sums of such moves."""

    def attach(self, learner: Learner) -> None:
        """Keep the base weights, and empty sums, where the method needs them."""
        config = self.config
        self._from_base = config.method in ("task_arithmetic", "ties")
        self._base = _copy(learner) if self._from_base else {}
        self._before: Weights = {}
        kinds = {"task_arithmetic": ("sum",), "ties": ("up", "down", "ups", "downs")}
        self._sums: Weights = {
            f"{kind}.{name}": torch.zeros_like(tensor)
            for kind in kinds.get(config.method, ())
            for name, tensor in self._base.items()
        }

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Put the base weights back, or remember those that the update begins from."""
        if self._from_base:
            _put(learner, self._base)
        else:
            self._before = _copy(learner)

    @torch.no_grad()
    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Move the running average a step."""
        config = self.config
        if config.method == "ema":
            for name, parameter in learner.trainable().items():
                self._before[name].lerp_(parameter, 1 - config.decay)

    @torch.no_grad()
    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Put the averaged weights in the place of the trained ones."""
        config = self.config
        if config.method == "ema":
            _put(learner, self._before)
        elif config.method == "wise_ft":
            for name, parameter in learner.trainable().items():
                parameter.copy_(self._before[name].lerp(parameter, config.alpha))
        else:
            self._add({n: p - self._base[n] for n, p in learner.trainable().items()})
            _put(learner, self._summed())
        self._before = {}

    @torch.no_grad()
    def erasing_done(self, learner: Learner) -> None:
        """Where updates begin from the base, move the base as the erasing moved the weights."""
        if self._from_base:
            summed = self._summed()
            for name, parameter in learner.trainable().items():
                self._base[name] += parameter - summed[name]

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Nothing can be taken out of weights."""
        if not self._from_base:
            return {}
        told = f"{INSEPARABLE}: weights hold all facts at once"
        return {"base weights": told, "sums of the updates' moves": told}

    def _summed(self) -> Weights:
        scale, moves = self.config.scale, self.merged()
        return {name: base + scale * moves[name] for name, base in self._base.items()}

    def merged(self) -> Weights:
        """The updates' vectors so far as one: their sum, or what TIES makes of them."""
        sums = self._sums
        if self.config.method == "task_arithmetic":
            return {name: sums[f"sum.{name}"] for name in self._base}
        return {
            name: elected_mean(*(sums[f"{kind}.{name}"] for kind in ("up", "down", "ups", "downs")))
            for name in self._base
        }

    def stored(self) -> State:
        """Base weights and sums; the method may need neither."""
        return {**{f"base.{name}": tensor for name, tensor in self._base.items()}, **self._sums}

    def state_dict(self) -> State:
        """The same: an erasing may have moved the base weights."""
        return self.stored()

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        for name, tensor in self._sums.items():
            tensor.copy_(state[name])
        for name, tensor in self._base.items():
            tensor.copy_(state[f"base.{name}"])

    def _add(self, move: Weights) -> None:
        """Add one update's vector to the sums."""
        config = self.config
        if config.method == "task_arithmetic":
            for name, tensor in move.items():
                self._sums[f"sum.{name}"] += tensor
            return
        for name, tensor in trimmed(move, config.keep).items():
            self._sums[f"up.{name}"] += tensor.clamp(min=0)
            self._sums[f"down.{name}"] += tensor.clamp(max=0)
            self._sums[f"ups.{name}"] += tensor > 0
            self._sums[f"downs.{name}"] += tensor < 0


def trimmed(move: Weights, keep: float) -> Weights:
    """``move`` with all entries at 0 but the share ``keep`` that is largest in size."""
    sizes = torch.cat([tensor.abs().flatten() for tensor in move.values()])
    count = max(1, round(keep * len(sizes)))
    least = sizes.kthvalue(len(sizes) - count + 1).values
    return {name: tensor * (tensor.abs() >= least) for name, tensor in move.items()}


def elected_mean(up: Tensor, down: Tensor, ups: Tensor, downs: Tensor) -> Tensor:
    """TIES of any number of vectors: the mean of those entries that have the sum's sign.

    Args:
        up: sum of the entries above 0.
        down: sum of the entries below 0.
        ups: how many are above 0.
        downs: how many are below 0.
    """
    mean = torch.where(up + down > 0, up / ups.clamp(min=1), down / downs.clamp(min=1))
    return mean * (up + down != 0)


def _copy(learner: Learner) -> Weights:
    return {name: p.detach().clone() for name, p in learner.trainable().items()}


@torch.no_grad()
def _put(learner: Learner, weights: Weights) -> None:
    for name, parameter in learner.trainable().items():
        parameter.copy_(weights[name])
