"""The processes that train one model together.

A launcher starts them, such as that of `accelerate`, and says in environment variables which one
each is. All of them run the same code on the same data, so that they agree without being told; a
`Team` exchanges what only one of them knows. Accelerate is the only library that is used for it.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor, nn

T = TypeVar("T")
R = TypeVar("R")

VARIABLES = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
"""What launchers set for each process; without all of them, a process is alone."""

BUCKET = 1 << 24
"""Numbers that are added up at once: 64 MiB in float32."""

DEEPSPEED = (
    "The configuration of Accelerate is one for DeepSpeed. It was passed on, but each process held"
    " all weights, gradients and optimizer states."
)
"""What readers of a run must know that was started for DeepSpeed."""

PATIENCE_DAYS = 2
"""How long a process waits for the others: the first one may do long work that it does alone."""


class Team:
    """A process that is alone, or (as `Launched`) one of several.

    Attributes:
        size: number of processes.
        rank: number of this process, from 0 on.
        sharded: whether each process holds only its part of each weight.
        doubts: what readers of the results must know, in sentences.
    """

    size: int = 1
    rank: int = 0
    sharded: bool = False
    doubts: Sequence[str] = ()

    @property
    def first(self) -> bool:
        """Whether this is process 0, which alone writes files and prints."""
        return self.rank == 0

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over the processes, in place."""

    def gather(self, value: T) -> list[T]:
        """Return the ``value`` of each process, in their order."""
        return [value]

    def from_first(self, value: T) -> T:
        """Return the ``value`` of process 0."""
        return value

    def spread(
        self,
        items: Sequence[T],
        work: Callable[[T], R],
        report: Callable[[T], None] = lambda item: None,
    ) -> list[R]:
        """Return what ``work`` makes of each item; each process does its share of them.

        Args:
            items: the same on all processes.
            work: must not depend on other items.
            report: is called after each item that this process did.
        """
        found = []
        for item in items:
            found.append(work(item))
            report(item)
        return found

    def copy_first(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by that of process 0, in place."""

    def shard(self, model: nn.Module) -> None:
        """Let this process keep only its part of the weights, if `sharded`; in place."""


ALONE = Team()
"""The team of a process that is alone."""


class Launched(Team):
    """One of several processes, which communicate through Accelerate.

    Args:
        on_cpu: whether the model is on the CPU.

    Raises:
        UserError: the processes cannot work together, or are to use FSDP 1.
    """

    def __init__(self, on_cpu: bool) -> None:
        if _is_set("ACCELERATE_USE_FSDP") and os.environ.get("FSDP_VERSION", "1") != "2":
            raise UserError(
                "of FSDP, only version 2 is supported",
                where="the configuration of Accelerate",
                hint="Set fsdp_version: 2 in its fsdp_config.",
            )
        from datetime import timedelta

        from accelerate import Accelerator
        from accelerate.utils import InitProcessGroupKwargs

        waits = InitProcessGroupKwargs(timeout=timedelta(days=PATIENCE_DAYS))
        # The learner has its own arithmetic (`cltool.lm.precision`) and adds up its own gradients.
        self._accelerator = Accelerator(cpu=on_cpu, mixed_precision="no", kwargs_handlers=[waits])
        self.size = self._accelerator.num_processes
        self.rank = self._accelerator.process_index
        self.sharded = _is_set("ACCELERATE_USE_FSDP")
        if _is_set("ACCELERATE_USE_DEEPSPEED"):
            self.doubts = [DEEPSPEED]
        if self.size != int(os.environ["WORLD_SIZE"]):
            raise UserError(
                "Accelerate does not let the processes that a launcher started work together",
                where=f"process {os.environ['RANK']} of {os.environ['WORLD_SIZE']}",
                hint="On a machine without a supported GPU, use --device cpu.",
            )
        atexit.register(self._accelerator.end_training)

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over the processes, in place."""
        bucket: list[Tensor] = []
        held = 0
        for tensor in tensors:
            same = not bucket or (bucket[0].dtype, bucket[0].device) == (
                tensor.dtype,
                tensor.device,
            )
            if bucket and (not same or held + tensor.numel() > BUCKET):
                self._add_up_bucket(bucket)
                bucket, held = [], 0
            bucket.append(tensor)
            held += tensor.numel()
        if bucket:
            self._add_up_bucket(bucket)

    def _add_up_bucket(self, tensors: Sequence[Tensor]) -> None:
        import torch

        flat = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
        summed: Any = self._accelerator.reduce(flat, reduction="sum")
        parts = torch.split(summed, [one.numel() for one in tensors])
        with torch.no_grad():
            for tensor, part in zip(tensors, parts, strict=True):
                tensor.copy_(part.view_as(tensor))

    def gather(self, value: T) -> list[T]:
        """Return the ``value`` of each process, in their order."""
        from accelerate.utils import gather_object

        found: list[T] = gather_object([value])
        return found

    def from_first(self, value: T) -> T:
        """Return the ``value`` of process 0."""
        from accelerate.utils import broadcast_object_list

        found: list[T] = broadcast_object_list([value], from_process=0)
        return found[0]

    def spread(
        self,
        items: Sequence[T],
        work: Callable[[T], R],
        report: Callable[[T], None] = lambda item: None,
    ) -> list[R]:
        """Return what ``work`` makes of each item; each process does its share of them.

        With sharded weights each process does all of them: in a forward pass, every process has to
        give its part of the weights.
        """
        if self.sharded:
            return super().spread(items, work, report)
        own = super().spread(items[self.rank :: self.size], work, report)
        shares = self.gather(own)
        return [shares[place % self.size][place // self.size] for place in range(len(items))]

    def copy_first(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by that of process 0, in place."""
        import torch
        from accelerate.utils import broadcast

        for tensor in tensors:
            sent: Any = broadcast(tensor.detach(), from_process=0)
            with torch.no_grad():
                tensor.copy_(sent)

    def shard(self, model: nn.Module) -> None:
        """Let this process keep only its part of the weights, if `sharded`; in place.

        Accelerate shards models (FSDP2) only where its own state says so, and on a CPU it never
        does; its function that shards works there, too.
        """
        if not self.sharded:
            return
        from accelerate.utils import FullyShardedDataParallelPlugin
        from accelerate.utils.fsdp_utils import fsdp2_prepare_model

        state: Any = self._accelerator.state
        if getattr(state, "fsdp_plugin", None) is None:
            state.fsdp_plugin = FullyShardedDataParallelPlugin()  # reads the environment
        # Each process has loaded the weights already.
        state.fsdp_plugin.cpu_ram_efficient_loading = False
        fsdp2_prepare_model(self._accelerator, model)


_joined: dict[str, Launched] = {}


def launched() -> bool:
    """Return whether a launcher started this process as one of several."""
    known = all(os.environ.get(name) for name in VARIABLES)
    return known and os.environ["WORLD_SIZE"] != "1"


def is_first() -> bool:
    """Return whether this process is alone or process 0, without loading any library."""
    return not launched() or os.environ["RANK"] == "0"


def is_joined() -> bool:
    """Return whether this process has joined the others."""
    return bool(_joined)


def _is_set(name: str) -> bool:
    """Return whether Accelerate's launcher set a switch."""
    return os.environ.get(name, "false").lower() in ("true", "1")


def join(on_cpu: bool) -> Team:
    """Return the team of this process; the first call waits until all processes are there.

    Args:
        on_cpu: whether the model is on the CPU.
    """
    if not launched():
        return ALONE
    if "team" not in _joined:
        _joined["team"] = Launched(on_cpu)
    return _joined["team"]
