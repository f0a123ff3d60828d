"""The device and the arithmetic of a model."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cltool.core.errors import UserError

BF16_MIN_WIDTH = 512
"""Hidden width from which bf16 is faster than float32 on a CPU, casts included (`make bench`)."""

GPU_BF16_MIN_WIDTH = 512
"""The same for a GPU."""


@dataclass(frozen=True, slots=True)
class Precision:
    """The arithmetic of the forward pass; trained weights are float32.

    Attributes:
        device: the device that the model runs on.
        dtype: ``float32``, or the type in which autocast computes matrix products.
    """

    device: torch.device
    dtype: torch.dtype

    def autocast(self) -> AbstractContextManager[object]:
        """Return the context in which to run a forward pass."""
        if self.dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.dtype)

    @property
    def name(self) -> str:
        """Name of the arithmetic, such as ``bfloat16``."""
        return str(self.dtype).removeprefix("torch.")


def choose_device(name: str) -> torch.device:
    """Return the device ``name``; ``auto`` is the first GPU if there is one, else the CPU.

    Raises:
        UserError: this machine has no such device.
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
    """Return the arithmetic ``name``; ``auto`` chooses the faster one for the model's width.

    bfloat16 has the range of float32, so it needs no loss scaling. For narrow models it is slower,
    because the casts take more time than the matrix products save.

    Raises:
        UserError: the name is not auto, float32 or bfloat16.
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
        fast = width >= GPU_BF16_MIN_WIDTH and torch.cuda.is_bf16_supported()
    elif device.type == "cpu":
        fast = width >= BF16_MIN_WIDTH and _cpu_multiplies_bf16()
    else:
        fast = False
    return torch.bfloat16 if fast else torch.float32


def weight_options(name: str, device: torch.device) -> dict[str, Any]:
    """Return the options of ``from_pretrained`` for weights that are kept as ``name`` says.

    Args:
        name: ``float32``, ``bfloat16`` or ``4bit``: NF4 with double quantisation (Dettmers et al.
            2023) for the matrices in the blocks, bfloat16 for the rest.
        device: where the model will be.

    Raises:
        UserError: 4bit, and the device is no NVIDIA GPU, or bitsandbytes is not installed.
    """
    if name != "4bit":
        return {"dtype": torch.bfloat16 if name == "bfloat16" else torch.float32}
    hint = "Use model.weights=bfloat16, which runs everywhere."
    refuse_without_bitsandbytes(name, device, "model.weights", hint)
    from transformers import BitsAndBytesConfig

    quantised = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    return {
        "dtype": torch.bfloat16,
        "quantization_config": quantised,
        "device_map": {"": device},
    }


def refuse_without_bitsandbytes(value: str, device: torch.device, setting: str, hint: str) -> None:
    """Raise an error if this machine cannot use a value of a setting that needs bitsandbytes.

    Args:
        value: the value.
        device: where the model is.
        setting: name of the setting.
        hint: which other value to use.

    Raises:
        UserError: the device is no NVIDIA GPU, or bitsandbytes is not installed.
    """
    if device.type != "cuda":
        what = f"{value} needs an NVIDIA GPU, and the model is on {device.type}"
        raise UserError(what, where=setting, hint=hint)
    if importlib.util.find_spec("bitsandbytes") is None:
        raise UserError(
            f"{value} needs the package bitsandbytes, which is not installed",
            where=setting,
            hint=f"Install it with: pip install bitsandbytes. {hint}",
        )


def refuse_rounding(parameters: Iterable[Tensor], what: str) -> None:
    """Raise an error if one of ``parameters``, which would be changed, is not float32.

    A number in bfloat16 has 8 bits of precision, so most steps of training would be rounded away.

    Args:
        parameters: what would be changed.
        what: what would change them, as in "WHAT changes the model's own weights".

    Raises:
        UserError: one of them is not float32.
    """
    if any(one.is_floating_point() and one.dtype != torch.float32 for one in parameters):
        raise UserError(
            f"{what} changes the model's own weights, and they are not float32",
            where="model.weights",
            hint="Leave out model.weights, or use lora, which trains only an adapter. With"
            " learner.optimizer=adafactor and learner.gradient_checkpointing=true, training all"
            " weights takes about half the memory.",
        )


def _cpu_multiplies_bf16() -> bool:
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
