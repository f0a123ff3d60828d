"""Quantisation: rounding weights may undo the small changes by which a method erased facts.

Zhang et al. (2025), "Catastrophic Failure of LLM Unlearning via Quantization". The weights of all
linear layers are rounded to evenly spaced levels, symmetric around 0, with one scale for each
output channel, and are used as floats. Embeddings, and a head that shares their weights, are not
rounded.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.questions import right_answers
from cltool.audit.attacks.target import Outcome, Target
from cltool.audit.attacks.teacher_forcing import probabilities
from cltool.audit.attacks.weights import restored_afterwards

BITS = (8, 4)


def quantised(target: Target, case: Case) -> dict[str, Outcome]:
    """Return the scores ``int8``, ``int4`` and their ``…_probability`` of the erased facts."""
    found: dict[str, Outcome] = {}
    for bits in BITS:
        with restored_afterwards(target.lm.model):
            quantise(target.lm.model, bits)
            found[f"int{bits}"] = right_answers(target, case, case.erased)
            found[f"int{bits}_probability"] = probabilities(target, case, case.erased)
    return found


@torch.no_grad()
def quantise(model: nn.Module, bits: int) -> None:
    """Round the weights of all linear layers of ``model`` in place.

    Args:
        model: the model, or its PEFT wrapper.
        bits: of a weight; the levels are -(2^(bits-1) - 1) … 2^(bits-1) - 1.
    """
    for weight, channels in linear_weights(model):
        weight.copy_(rounded(weight, bits, channels))


def rounded(weight: Tensor, bits: int, channels: int = 0) -> Tensor:
    """Return ``weight`` rounded to the levels of ``bits``.

    No element changes by more than half a scale.

    Args:
        weight: a matrix.
        bits: see `quantise`.
        channels: the dimension of the output channels.
    """
    levels = 2 ** (bits - 1) - 1
    scale = weight.abs().amax(dim=1 - channels, keepdim=True) / levels
    # A channel of zeros has no scale, and is not changed.
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    return (weight / scale).round().clamp(-levels, levels) * scale


def linear_weights(model: nn.Module) -> Iterator[tuple[Tensor, int]]:
    """Yield (weight, dimension of the output channels) of every linear layer, each once."""
    from transformers.pytorch_utils import Conv1D

    seen = {id(m.weight) for m in model.modules() if isinstance(m, nn.Embedding)}
    for module in model.modules():
        if isinstance(module, nn.Linear | Conv1D) and id(module.weight) not in seen:
            seen.add(id(module.weight))
            # A Conv1D stores its weight as (in, out).
            yield module.weight.detach(), int(isinstance(module, Conv1D))
