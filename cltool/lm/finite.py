"""Finds numbers that are not finite (NaN or infinite) among the weights of a model."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from cltool.lm.sharding import whole

HUGE = 1e4
"""Weights above this size are named where a model's predictions are of no use."""


def not_finite(tensors: Iterable[tuple[str, Tensor]]) -> list[str]:
    """Return the names of the tensors that hold NaN or an infinite number.

    The device is asked once for all of them. Tensors of whole numbers are always finite.

    Args:
        tensors: (name, tensor) pairs, such as ``model.named_parameters()``.
    """
    names: list[str] = []
    extremes: list[Tensor] = []
    for name, tensor in tensors:
        if tensor.is_floating_point() and tensor.numel():
            # Both extremes are NaN if any number is.
            low, high = whole(tensor.detach()).aminmax()
            names.append(name)
            extremes.append((high.isfinite() & low.isfinite()).reshape(()))
    if not extremes:
        return []
    device = extremes[0].device
    finite = torch.stack([one.to(device) for one in extremes]).tolist()
    return [name for name, good in zip(names, finite, strict=True) if not good]


def in_words(model: nn.Module) -> str:
    """Say which parameters of ``model`` are not finite; an empty text if all are."""
    bad = not_finite(model.named_parameters())
    if not bad:
        return ""
    total = sum(1 for _ in model.parameters())
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return f"{len(bad)} of {total} weight tensors hold NaN or infinity ({bad[0]}{more})"


def huge(model: nn.Module) -> str:
    """Return the largest weight in words, if it is far larger than those of usable models."""
    sizes = {name: float(whole(one.detach()).abs().max()) for name, one in model.named_parameters()}
    name = max(sizes, key=sizes.__getitem__, default="")
    large = bool(sizes) and sizes[name] > HUGE
    return f" (its largest weight is {sizes[name]:.2g}, in {name})" if large else ""
