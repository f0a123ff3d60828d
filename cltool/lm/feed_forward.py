"""The feed-forward part of a block: what neurons beside it read, and how it gets more of them.

A neuron i of an MLP reads the states n that its input projections read, and adds to the output:

    f(g_i·n) (u_i·n) v_i     with a gate (Llama, Qwen, Gemma, Mistral)
    f(g_i·n) v_i             without one (GPT-2, GPT-NeoX, OPT, Phi)

f is the model's activation. So an MLP with more rows in its input projections and more columns in
its output projection is an ordinary model of the same architecture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from cltool.core.errors import UserError
from cltool.lm.layers import MLPS, Projection, blocks

OTHERS = ("mlp", "block_sparse_moe", "feed_forward", "ffn", "moe", "mixer")
"""What a block calls its feed-forward part, or the only part that it has."""

MULTIPLE = 256
"""`widen` rounds up: the greatest common divisor of this and the number of neurons stays."""

SIZES = ("intermediate_size", "n_inner", "ffn_dim")
"""What configurations call the number of neurons of an MLP."""


@dataclass(frozen=True, slots=True)
class Mlp:
    """The projections of a plain MLP.

    Attributes:
        gate: the input projection whose output the activation reads.
        up: the input projection that is multiplied with it; None if the MLP has no gate.
        down: the output projection.
        activation: f.
    """

    gate: Projection
    up: Projection | None
    down: Projection
    activation: Callable[[Tensor], Tensor]

    @property
    def sides(self) -> tuple[int, int]:
        """The width of the model, and the number of neurons."""
        width, neurons = self.down.weight.shape
        return width, neurons


@dataclass(frozen=True, slots=True)
class FeedForward:
    """Where neurons beside the feed-forward part of a block read and add.

    Attributes:
        reads: the module whose input they read.
        adds: the module to whose output they add.
        mlp: its projections; None for another kind, such as a mixture of experts, an MLP with
            fused projections or quantised weights, or one that an adapter wraps.
    """

    reads: nn.Module
    adds: nn.Module
    mlp: Mlp | None


@dataclass(frozen=True, slots=True)
class Neurons:
    """Neurons of one MLP.

    Attributes:
        gates: (neurons, width): g.
        ups: (neurons, width): u; not read if the MLP has no gate.
        values: (neurons, width): v.
    """

    gates: Tensor
    ups: Tensor
    values: Tensor


def feed_forward(block: nn.Module) -> FeedForward:
    """Return the feed-forward part of ``block``.

    Raises:
        UserError: it has none under a known name.
    """
    modules = dict(block.named_modules())
    for output, (gate, up, activation) in MLPS.items():
        names = (gate, output, *([up] if up else []))
        found = [_plain(modules.get(name)) for name in names]
        applied: Any = modules.get(activation)
        if None not in found and applied is not None:
            first, down, *second = cast(list[Projection], found)
            mlp = Mlp(first, second[0] if second else None, down, applied)
            return FeedForward(first.module, down.module, mlp)
    for name in OTHERS:
        if name in modules:
            return FeedForward(modules[name], modules[name], None)
    raise UserError(
        f"a {type(block).__name__} has no feed-forward part under a name that cltool knows",
        hint="Use another strategy, such as grace, which works with any model.",
    )


def can_widen(model: nn.Module) -> bool:
    """Return whether `widen` can add neurons to the MLPs of ``model``."""
    parts = [feed_forward(block).mlp for block in blocks(model)]
    sizes = {mlp.sides[1] for mlp in parts if mlp is not None}
    config = _config(model)
    return None not in parts and len(sizes) == 1 and _size_name(config, *sizes) is not None


@torch.no_grad()
def widen(model: nn.Module, neurons: Mapping[int, Neurons]) -> None:
    """Add neurons to MLPs, in place; all MLPs get the same number, if need be of zeros.

    If the number of neurons was divisible by a power of two up to 256, it stays so: kernels and
    formats of quantised weights need that.

    Args:
        model: a model of which `can_widen` is true.
        neurons: number of a block → its neurons.
    """
    most = max(len(one.values) for one in neurons.values())
    if not most:
        return
    mlps = [cast(Mlp, feed_forward(block).mlp) for block in blocks(model)]
    width, before = mlps[0].sides
    step = math.gcd(before, MULTIPLE)
    most = -(-most // step) * step
    none = torch.zeros(0, width)
    for number, mlp in enumerate(mlps):
        own = neurons.get(number, Neurons(none, none, none))
        mlp.gate.extend(_filled(own.gates, most), inputs=False)
        if mlp.up is not None:
            mlp.up.extend(_filled(own.ups, most), inputs=False)
        mlp.down.extend(_filled(own.values, most), inputs=True)
    config = _config(model)
    setattr(config, cast(str, _size_name(config, before)), before + most)


def _filled(rows: Tensor, most: int) -> Tensor:
    """Return ``rows`` and as many rows of zeros that there are ``most``."""
    return torch.cat([rows, rows.new_zeros(most - len(rows), rows.shape[1])])


def _plain(module: nn.Module | None) -> Projection | None:
    """Return a projection; None if the module is another one, such as an adapter around it."""
    from transformers.pytorch_utils import Conv1D

    if module is None or type(module) not in (nn.Linear, Conv1D):
        return None
    return Projection(module, isinstance(module, Conv1D))


def _config(model: nn.Module) -> Any:
    config: Any = model.config
    return config.get_text_config()


def _size_name(config: Any, size: int) -> str | None:
    """Return the name of the setting that holds the number of neurons; None if there is none."""
    names = [name for name in SIZES if hasattr(config, name)]
    for name in names:
        if getattr(config, name) == size:
            return name
    # GPT-2 leaves the setting empty for four times the width.
    return next((name for name in names if getattr(config, name) is None), None)
