"""Sharpness-aware minimisation: a gradient taken where the loss is worst nearby.

Foret et al. (2021), "Sharpness-Aware Minimization for Efficiently Improving Generalization",
equation 2: instead of L(θ), the largest L(θ + ε) with ‖ε‖ ≤ ρ is brought down, which to first
order lies at

    ε = ρ ∇L(θ) / ‖∇L(θ)‖

Fan et al. (2025), "Towards LLM Unlearning Resilient to Relearning Attacks: A Sharpness-Aware
Minimization Perspective and Beyond": of a forget loss this is the step that would bring most of
the erased facts back, so what is erased there too stays erased when training moves the weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def uphill(model: nn.Module, rho: float) -> Iterator[None]:
    """Within it, the weights stand ρ further along their gradients; then as before, to the bit.

    Gradients are dropped on entry, to be taken anew. Where all are zero, or one is no number,
    the weights stay where they are.

    Args:
        model: its parameters that have gradients move.
        rho: ρ, length of the move over all of them.
    """
    moved = [one for one in model.parameters() if one.grad is not None]
    ways = [one.grad for one in moved if one.grad is not None]
    norm = float(nn.utils.get_total_norm(ways))
    before = [one.detach().clone() for one in moved]
    try:
        with torch.no_grad():
            for one, way in zip(moved, ways, strict=True):
                if 0 < norm < math.inf:
                    one.add_(way, alpha=rho / norm)
                one.grad = None
        yield
    finally:
        with torch.no_grad():
            for one, was in zip(moved, before, strict=True):
                one.copy_(was)
