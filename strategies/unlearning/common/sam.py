"""Sharpness-aware minimisation: the gradient at the nearby point with the largest loss.

Foret et al. (2021), "Sharpness-Aware Minimization for Efficiently Improving Generalization",
equation 2: instead of L(θ), the maximum of L(θ + ε) over ‖ε‖ ≤ ρ is minimised. To first order, the
maximum is at

    ε = ρ ∇L(θ) / ‖∇L(θ)‖

Fan et al. (2025), "Towards LLM Unlearning Resilient to Relearning Attacks: A Sharpness-Aware
Minimization Perspective and Beyond": for a forget loss, ε is the step that would restore most of
the erased facts. Facts that are erased at θ + ε too stay erased when later training changes the
weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def perturbed(model: nn.Module, rho: float) -> Iterator[None]:
    """Move the weights by ρ along their gradients inside the context; restore them exactly after.

    Gradients are deleted on entry, so that new ones can be computed. If all are zero, or one is
    not finite, the weights do not move.

    Args:
        model: its parameters with gradients are moved.
        rho: ρ, length of the step over all of them.
    """
    moved = [one for one in model.parameters() if one.grad is not None]
    gradients = [one.grad for one in moved if one.grad is not None]
    norm = float(nn.utils.get_total_norm(gradients))
    before = [one.detach().clone() for one in moved]
    try:
        with torch.no_grad():
            for one, gradient in zip(moved, gradients, strict=True):
                if 0 < norm < math.inf:
                    one.add_(gradient, alpha=rho / norm)
                one.grad = None
        yield
    finally:
        with torch.no_grad():
            for one, was in zip(moved, before, strict=True):
                one.copy_(was)
