"""Fixed numbers of slots for tokens, the newest at the end; each row fills up at its own pace."""

from __future__ import annotations

import torch
from torch import Tensor

EMPTY = -1
"""Position of a slot that holds no token."""


def empty_positions(rows: int, size: int, device: torch.device) -> Tensor:
    """Return (rows, size): the positions of slots without tokens."""
    return torch.full((rows, size), EMPTY, device=device)


def append(slots: Tensor, new: Tensor, counts: Tensor) -> Tensor:
    """Return the slots after each row has taken in its new tokens and dropped its oldest.

    Args:
        slots: (rows, size, …).
        new: (rows, length, …); the first ``counts`` of a row are tokens, the others are padding.
        counts: (rows,), each at most ``length``.

    Returns:
        (rows, size, …).
    """
    size, length = slots.shape[1], new.shape[1]
    joined = torch.cat([slots, new], dim=1)
    if bool((counts == length).all()):
        return joined[:, length:]
    places = counts[:, None] + torch.arange(size, device=slots.device)
    return take(joined, places)


def take(slots: Tensor, places: Tensor) -> Tensor:
    """Return (rows, n, …): the slots of each row at ``places``, (rows, n)."""
    shaped = places.reshape(*places.shape, *[1] * (slots.dim() - 2))
    return slots.gather(1, shaped.expand(*places.shape, *slots.shape[2:]))
