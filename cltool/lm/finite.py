"""Which tensors hold NaN or infinity."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


@torch.no_grad()
def not_finite(tensors: Iterable[tuple[str, Tensor]]) -> list[str]:
    """Return the names of the tensors that hold NaN or infinity, in their order."""
    # The largest and the smallest value are NaN if any value is, and need no copy of the tensor.
    return [
        name
        for name, tensor in tensors
        if tensor.is_floating_point()
        and tensor.numel()
        and not torch.isfinite(torch.stack(torch.aminmax(tensor))).all()
    ]
