"""Optimizers by name, and their learning-rate schedules."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from cltool.lm.precision import refuse_without_bitsandbytes
from cltool.lm.scoring import unwrapped


class MuonWithAdamW(torch.optim.Optimizer):
    """Muon on the matrices inside the blocks, AdamW on the rest (Jordan et al. 2024).

    Args:
        matrices: two-dimensional parameters for Muon.
        others: embeddings, heads, gains and biases for AdamW.
        lr: learning rate of AdamW.
        matrix_lr: learning rate of Muon.
        weight_decay: decoupled, on the matrices.
    """

    def __init__(
        self,
        matrices: list[nn.Parameter],
        others: list[nn.Parameter],
        lr: float,
        matrix_lr: float,
        weight_decay: float,
    ) -> None:
        self._parts: list[torch.optim.Optimizer] = []
        if matrices:
            self._parts.append(torch.optim.Muon(matrices, lr=matrix_lr, weight_decay=weight_decay))
        if others:
            self._parts.append(torch.optim.AdamW(others, lr=lr, weight_decay=0.0))
        super().__init__([*matrices, *others], {"lr": lr})
        self.param_groups = [group for part in self._parts for group in part.param_groups]

    def __getstate__(self) -> dict[str, Any]:
        # Copies need the parts, which the base class does not include.
        return {**super().__getstate__(), "_parts": self._parts}

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Make a step with both optimizers."""
        for part in self._parts:
            part.step()


def build(
    model: nn.Module, name: str, lr: float, weight_decay: float, matrix_lr: float | None = None
) -> torch.optim.Optimizer:
    """Make an optimizer for the trainable parameters of ``model``.

    Args:
        model: the model, or its PEFT wrapper.
        name: ``adamw``, ``adamw8bit``, ``adafactor``, ``muon`` or ``sgd``.
        lr: learning rate (for ``muon``: of AdamW, which trains the other parameters).
        weight_decay: decoupled weight decay; not applied to gains and biases.
        matrix_lr: learning rate of Muon; by default 20/3 of ``lr``.
    """
    trainable = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    if name == "muon":
        outside = {id(p) for p in _outer_parameters(model)}
        matrices = [p for _, p in trainable if p.ndim == 2 and id(p) not in outside]
        inside = {id(p) for p in matrices}
        others = [p for _, p in trainable if id(p) not in inside]
        rate = matrix_lr if matrix_lr is not None else lr * 20 / 3
        return MuonWithAdamW(matrices, others, lr, rate, weight_decay)
    groups = [
        {"params": [p for _, p in trainable if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for _, p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if name == "sgd":
        return torch.optim.SGD(groups, lr=lr)
    if name == "adafactor":
        return _adafactor(groups, lr)
    if name == "adamw8bit":
        bitsandbytes = importlib.import_module("bitsandbytes")
        eight_bit: torch.optim.Optimizer = bitsandbytes.optim.AdamW8bit(groups, lr=lr)
        return eight_bit
    return torch.optim.AdamW(groups, lr=lr, fused=_can_fuse(p for _, p in trainable))


def refuse_missing(name: str, device: torch.device) -> None:
    """Raise an error if this machine cannot use the optimizer ``name``.

    Raises:
        UserError: it is ``adamw8bit``, and the model is not on an NVIDIA GPU, or bitsandbytes is
            not installed.
    """
    if name == "adamw8bit":
        hint = "Use learner.optimizer=adafactor, which needs less memory still, or adamw."
        refuse_without_bitsandbytes(name, device, "learner.optimizer", hint)


def _adafactor(groups: list[dict[str, Any]], lr: float) -> torch.optim.Optimizer:
    """Return Adafactor (Shazeer & Stern 2018) with a rate that means what AdamW's means.

    It keeps two vectors for each matrix in place of AdamW's two matrices, and no momentum. Each
    tensor's step has a root mean square of at most ``lr`` times the larger of 1 and the root mean
    square of its weights. In the paper this lower bound is 0.001.
    """
    # One tensor after the other: together, their temporary copies would take much memory.
    return torch.optim.Adafactor(groups, lr=lr, eps=(None, 1.0), foreach=False)


def schedule_factor(shape: str, step: int, total: int, warmup: int) -> float:
    """Return the factor of the learning rate at ``step`` (from 0) of ``total``."""
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, (step - warmup) / max(1, total - warmup))
    if shape == "linear":
        return 1.0 - progress
    if shape == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * progress))
    return 1.0


def set_factor(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Set the learning rate of every group to ``factor`` times its initial value."""
    for group in optimizer.param_groups:
        group.setdefault("initial_lr", group["lr"])
        group["lr"] = group["initial_lr"] * factor


def _outer_parameters(model: nn.Module) -> list[nn.Parameter]:
    """Return the parameters of the embeddings and of the output layer."""
    inner = unwrapped(model)
    outer: list[nn.Parameter] = []
    for module in inner.modules():
        if isinstance(module, nn.Embedding):
            outer += list(module.parameters())
    head = inner.get_output_embeddings() if hasattr(inner, "get_output_embeddings") else None
    return outer + (list(head.parameters()) if head is not None else [])


def _can_fuse(parameters: Iterable[nn.Parameter]) -> bool:
    return all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in parameters)
