"""Which device and which arithmetic."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import nn

from cltool.core.errors import UserError

BF16_PAYS_FROM = 512
"""Hidden width from which bf16 matrix products outrun their casts on a CPU (`make bench`)."""

GPU_BF16_PAYS_FROM = 512
"""The same on a GPU."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Arithmetic of the forward pass; weights and optimizer state stay in float32.

    Attributes:
        device: where the model runs.
        dtype: ``float32``, or the type that autocast computes matrix products in.
    """

    device: torch.device
    dtype: torch.dtype

    def autocast(self) -> AbstractContextManager[object]:
        """Context for a forward pass."""
        if self.dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.dtype)

    @property
    def name(self) -> str:
        """Name of the arithmetic, such as ``bfloat16``."""
        return str(self.dtype).removeprefix("torch.")


def choose_device(name: str) -> torch.device:
    """The device called ``name``; ``auto`` is the first GPU, else the CPU.

    Raises:
        UserError: there is no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).split("\n", 1)[0]
        raise UserError(
            f"the device {name!r} cannot be used: {first}",
            where="--device",
            hint="Use cpu, cuda, cuda:0, mps or auto.",
        ) from error
    return device


def choose_dtype(name: str, model: nn.Module, device: torch.device) -> torch.dtype:
    """The arithmetic called ``name``; ``auto`` is the fastest that is safe for the width.

    bfloat16 has float32's range, so it needs no loss scaling; below a width it is slower,
    because the casts cost more than the products gain.

    Raises:
        UserError: the name is none of auto, float32, bfloat16.
    """
    known = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if name in known:
        return known[name]
    if name != "auto":
        raise UserError(
            f"unknown dtype {name!r}", where="--dtype", hint="Use auto, float32 or bfloat16."
        )
    width = int(getattr(getattr(model, "config", None), "hidden_size", 0) or 0)
    if device.type == "cuda":
        fast = width >= GPU_BF16_PAYS_FROM and torch.cuda.is_bf16_supported()
    elif device.type == "cpu":
        fast = width >= BF16_PAYS_FROM and _cpu_multiplies_bf16()
    else:
        fast = False
    return torch.bfloat16 if fast else torch.float32


def _cpu_multiplies_bf16() -> bool:
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
