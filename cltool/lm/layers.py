"""The blocks of a causal LM, and the output projections of their MLPs.

Every causal LM of `transformers` has its blocks in one list. An MLP ends with an output
projection: ``mlp.down_proj`` in Llama, Qwen and Gemma, ``mlp.c_proj`` in GPT-2 (a ``Conv1D``,
whose weight is transposed), ``mlp.dense_4h_to_h`` in GPT-NeoX, ``fc2`` in OPT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cltool.core.errors import UserError
from cltool.lm.scoring import unwrapped

MLPS = {
    "mlp.down_proj": ("mlp.gate_proj", "mlp.up_proj", "mlp.act_fn"),
    "mlp.c_proj": ("mlp.c_fc", None, "mlp.act"),
    "mlp.dense_4h_to_h": ("mlp.dense_h_to_4h", None, "mlp.act"),
    "mlp.fc_out": ("mlp.fc_in", None, "mlp.act"),
    "mlp.fc2": ("mlp.fc1", None, "mlp.activation_fn"),
    "fc2": ("fc1", None, "activation_fn"),
}
"""Output projection → input projection, second input projection if there is a gate, activation."""


def blocks(model: nn.Module) -> list[nn.Module]:
    """Return the blocks, first to last.

    Raises:
        UserError: the model has no list with the number of blocks in its config.
    """
    inner = unwrapped(model)
    config = inner.config
    config = config.get_text_config() if hasattr(config, "get_text_config") else config
    depth = getattr(config, "num_hidden_layers", None)
    for module in inner.modules():
        if isinstance(module, nn.ModuleList) and len(module) == depth:
            return list(module)
    raise UserError(
        f"the blocks of a {type(inner).__name__} cannot be found",
        hint="Use a decoder that has its blocks in one list, such as Llama, GPT-2 or Mamba.",
    )


def numbers(layers: Sequence[int], depth: int, where: str) -> list[int]:
    """Return block numbers in ascending order; negative numbers count from the last block.

    Raises:
        UserError: the model has no such block.
    """
    wrong = [layer for layer in layers if not -depth <= layer < depth]
    if wrong:
        raise UserError(
            f"the model has no block {wrong[0]}",
            where=where,
            hint=f"It has {depth} blocks: 0 to {depth - 1}, or -1 for the last one.",
        )
    return sorted({layer % depth for layer in layers})


@dataclass(frozen=True, slots=True)
class Projection:
    """A projection of one block's MLP.

    Attributes:
        module: an ``nn.Linear``, or a ``Conv1D``.
        transposed: whether its weight is stored as (in, out).
    """

    module: nn.Module
    transposed: bool

    @property
    def weight(self) -> Tensor:
        """A view of the weight, (out, in)."""
        weight: Any = self.module.weight
        stored: Tensor = weight.detach()
        return stored.T if self.transposed else stored

    @torch.no_grad()
    def add(self, change: Tensor) -> None:
        """Add ``change``, (out, in), to the weight."""
        self.weight.add_(change.to(self.weight))

    @torch.no_grad()
    def extend(self, more: Tensor, *, inputs: bool) -> None:
        """Add outputs, (more, in), with a bias of 0; or ``inputs``, (more, out)."""
        module: Any = self.module
        added = (more.T if inputs else more).to(self.weight)
        weight = torch.cat([self.weight, added], dim=1 if inputs else 0)
        module.weight = nn.Parameter((weight.T if self.transposed else weight).contiguous())
        if not inputs and module.bias is not None:
            zeros = module.bias.new_zeros(len(more))
            module.bias = nn.Parameter(torch.cat([module.bias.detach(), zeros]))
        if self.transposed:
            module.nx, module.nf = module.weight.shape
        else:
            module.out_features, module.in_features = module.weight.shape


def output_projection(block: nn.Module) -> Projection:
    """Return the output projection of the MLP of ``block``.

    Raises:
        UserError: the block has no MLP with an output projection, such as a state-space or a
            mixture block.
    """
    from transformers.pytorch_utils import Conv1D

    modules = dict(block.named_modules())
    for name in MLPS:
        found = modules.get(name)
        if isinstance(found, nn.Linear | Conv1D):
            return Projection(found, isinstance(found, Conv1D))
    raise UserError(
        f"a {type(block).__name__} has no MLP with an output projection that can be edited",
        hint="Use a model with plain MLPs, such as Llama, GPT-2, Qwen3, GPT-NeoX, OPT or Gemma; "
        "grace works with any model.",
    )


def hidden(output: Tensor | tuple[Any, ...]) -> Tensor:
    """Return the hidden states in a block's output, (batch, length, width)."""
    return output if isinstance(output, Tensor) else output[0]


def with_hidden(output: Tensor | tuple[Any, ...], states: Tensor) -> Tensor | tuple[Any, ...]:
    """Return a block's output with its hidden states replaced."""
    return states if isinstance(output, Tensor) else (states, *output[1:])
