"""Weights of which each process holds only a part (FSDP2), and equal weights in all processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cltool.core.team import Team
from cltool.lm.scoring import unwrapped

if TYPE_CHECKING:
    from torch import Tensor, nn


def shard(model: nn.Module, team: Team) -> None:
    """Let each process keep only its part of the weights, if the team says so; in place."""
    if team.sharded:
        team.shard(model)
        # The output layer has its whole weights only inside of a forward pass of the model.
        unwrapped(model).__dict__["_cltool_output_layer"] = None


def is_sharded(model: nn.Module) -> bool:
    """Return whether this process holds only a part of the weights of ``model``."""
    return any(hasattr(one, "full_tensor") for one in model.parameters())


def align(model: nn.Module, team: Team) -> None:
    """Give all processes the weights of process 0, in place.

    On a GPU, sums may differ in their last bits from process to process.
    """
    if team.size > 1 and not team.sharded:
        team.copy_first([*model.parameters(), *model.buffers()])


def whole(tensor: Tensor) -> Tensor:
    """Return the whole of a tensor of which this process may hold only a part.

    All processes must call it at the same time if it is such a part.
    """
    gather = getattr(tensor, "full_tensor", None)
    if gather is None:
        return tensor
    gathered: Tensor = gather()
    return gathered


def saved_tensors(model: nn.Module, trainable_only: bool) -> Iterator[tuple[str, Tensor]]:
    """Yield the name and the whole of each weight and buffer; tied weights come once.

    All processes must go through it if the weights are sharded.

    Args:
        model: the model, or its PEFT wrapper.
        trainable_only: leave out what is not trained.
    """
    seen: set[int] = set()
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        if id(tensor) in seen or (trainable_only and not tensor.requires_grad):
            continue
        seen.add(id(tensor))
        yield name, whole(tensor.detach())
