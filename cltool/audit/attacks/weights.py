"""Attacks on weights leave no trace: whatever happens, the model is put back as it was.

It is changed in place rather than copied, for what strategies hook into it would not follow a
copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def put_back(model: nn.Module) -> Iterator[None]:
    """Every weight, buffer and mark of ``model`` is afterwards what it was before."""
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
