"""Restoring of the weights after an attack on them.

The model is changed in place and not copied, because hooks of strategies would not work on a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def restored_afterwards(model: nn.Module) -> Iterator[None]:
    """Restore every weight, buffer and flag of ``model`` at the end of the context."""
    parameters = list(model.parameters())
    tensors = [*parameters, *model.buffers()]
    held = [tensor.detach().clone() for tensor in tensors]
    marks = [parameter.requires_grad for parameter in parameters]
    training = model.training
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, before in zip(tensors, held, strict=True):
                tensor.copy_(before)
        for parameter, mark in zip(parameters, marks, strict=True):
            parameter.requires_grad_(mark)
            parameter.grad = None
        model.train(training)
