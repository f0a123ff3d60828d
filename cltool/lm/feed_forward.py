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
from cltool.lm.layers import MLPS, blocks

OTHERS = ("mlp", "block_sparse_moe", "feed_forward", "ffn", "moe", "mixer")
"""What a block calls its feed-forward part, or the only part that it has."""

MULTIPLE = 256
"""The number of neurons keeps the common divisor with it."""

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

    gate: nn.Module
    up: nn.Module | None
    down: nn.Module
    activation: Callable[[Tensor], Tensor]


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
        inputs = [gate, *([up] if up else [])]
        if all(_is_plain(modules.get(name)) for name in [output, *inputs]):
            applied = _attribute(block, activation)
            if applied is not None:
                second = modules[up] if up else None
                mlp = Mlp(modules[gate], second, modules[output], applied)
                return FeedForward(mlp.gate, mlp.down, mlp)
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
    sizes = {_neurons(mlp) for mlp in parts if mlp is not None}
    config = _config(model)
    return None not in parts and len(sizes) == 1 and _size_name(config, *sizes) is not None


@torch.no_grad()
def widen(model: nn.Module, neurons: Mapping[int, Neurons]) -> None:
    """Add neurons to MLPs, in place; all MLPs get the same number, if need be of zeros.

    Their number stays divisible by the powers of two up to 256 that divide it before: kernels and
    formats of quantised weights need that.

    Args:
        model: a model of which `can_widen` is true.
        neurons: number of a block → its neurons.
    """
    most = max(len(one.values) for one in neurons.values())
    if not most:
        return
    mlps = [cast(Mlp, feed_forward(block).mlp) for block in blocks(model)]
    before = _neurons(mlps[0])
    step = math.gcd(before, MULTIPLE)
    most = -(-most // step) * step
    for number, mlp in enumerate(mlps):
        none = torch.zeros(0, _sides(mlp.down)[0])
        own = neurons.get(number, Neurons(none, none, none))
        _extend(mlp.gate, own.gates, most)
        if mlp.up is not None:
            _extend(mlp.up, own.ups, most)
        _extend(mlp.down, own.values, most, output=True)
    config = _config(model)
    setattr(config, cast(str, _size_name(config, before)), before + most)


def _extend(module: nn.Module, rows: Tensor, most: int, *, output: bool = False) -> None:
    """Add neurons to a projection.

    Args:
        module: an ``nn.Linear``, or a ``Conv1D``.
        rows: (neurons, width): their weights.
        most: how many there are with those of zeros.
        output: whether it is the output projection, of which neurons are the inputs.
    """
    from transformers.pytorch_utils import Conv1D

    parts: Any = module
    weight = parts.weight.detach()
    flipped = isinstance(module, Conv1D)
    # A Conv1D stores (in, out).
    columns = output != flipped
    rows = torch.cat([rows, rows.new_zeros(most - len(rows), rows.shape[1])])
    added = (rows.T if columns else rows).to(weight)
    parts.weight = nn.Parameter(torch.cat([weight, added], dim=1 if columns else 0))
    if not output and parts.bias is not None:
        parts.bias = nn.Parameter(torch.cat([parts.bias.detach(), parts.bias.new_zeros(most)]))
    if flipped:
        parts.nx, parts.nf = parts.weight.shape
    else:
        parts.out_features, parts.in_features = parts.weight.shape


def _is_plain(module: nn.Module | None) -> bool:
    from transformers.pytorch_utils import Conv1D

    return type(module) in (nn.Linear, Conv1D)


def _sides(module: nn.Module) -> tuple[int, int]:
    """Return the numbers of outputs and inputs of a projection."""
    from transformers.pytorch_utils import Conv1D

    parts: Any = module
    first, second = parts.weight.shape
    return (second, first) if isinstance(module, Conv1D) else (first, second)


def _neurons(mlp: Mlp) -> int:
    return _sides(mlp.down)[1]


def _attribute(block: nn.Module, path: str) -> Any:
    found: Any = block
    for name in path.split("."):
        found = getattr(found, name, None)
    return found


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
