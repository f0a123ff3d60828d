"""The curvature of linear layers as Kronecker products, exact sums whatever the batch size.

Martens & Grosse (2015), "Optimizing Neural Networks with Kronecker-factored Approximate
Curvature": the Fisher information of a layer y = W a is near A ⊗ G with A = E[a aᵀ]
and G = E[g gᵀ], g = ∂L/∂y. A weight that stands in several places of a sequence is treated
as Eschenhagen et al. (2023), "Kronecker-Factored Approximate Curvature for Modern Neural
Network Architectures", KFAC-expand, have it: every token counts as a data point of
its own, and what two tokens of one sentence have in common is left out. Tokens that get no
gradient (padding; what no learned token looks at) say nothing about the weight, so they
are left out of A as well, and padding changes nothing. A side of a layer that is longer than
``WIDEST`` keeps only the diagonal of its factor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from cltool.lm.batches import Batch
from cltool.lm.scoring import Scored

WIDEST = 2048
"""Longest side of a layer whose factor is a whole matrix."""

NOTHING = 1e-4
"""A gradient this small beside the largest of its sentence may be rounding."""


@dataclass
class Factors:
    """The factors of one layer's weight.

    Attributes:
        inputs: A, the mean of a aᵀ over tokens, (in, in), or its diagonal, (in,).
        outputs: G, the sum over tokens of g gᵀ for a sentence, (out, out), or its diagonal.
        by_input: the weight is (in, out), as in GPT-2, rather than (out, in).
        tokens: how many A is the mean over.
    """

    inputs: Tensor
    outputs: Tensor
    by_input: bool = False
    tokens: int = 0

    def apply(self, moved: Tensor) -> Tensor:
        """(A ⊗ G) vec(ΔW), that is G ΔW A, for ``moved`` shaped like the weight."""
        if self.by_input:
            return _from_right(_from_left(self.inputs, moved), self.outputs)
        return _from_right(_from_left(self.outputs, moved), self.inputs)

    def trace(self) -> float:
        """The sum of the diagonal of A ⊗ G."""
        return _trace(self.inputs) * _trace(self.outputs)


def linear_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Name of each trainable matrix that is the weight of one linear layer and nothing else."""
    uses: dict[int, list[nn.Module]] = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            uses.setdefault(id(parameter), []).append(module)
    layers: dict[str, nn.Module] = {}
    for name, parameter in model.named_parameters():
        users = uses[id(parameter)]
        alone = len(users) == 1 and isinstance(users[0], nn.Linear | Conv1D)
        if alone and parameter.requires_grad and parameter is users[0].weight:
            layers[name] = users[0]
    return layers


def kronecker_factors(
    model: nn.Module, score: Callable[[Batch], Scored], batches: Iterable[Batch]
) -> dict[str, Factors]:
    """The factors of every linear layer, by its weight's name.

    A layer whose weight the model reads without calling the layer (Mamba's time steps) has
    none, nor has one that no token reached, or one that is not called once a token.

    Args:
        model: differentiated in evaluation mode.
        score: the forward pass; each sentence's loss is its summed cross entropy.
        batches: of any size.
    """
    layers = linear_layers(model)
    names = {module: name for name, module in layers.items()}
    found: dict[str, Factors] = {}
    tokens: dict[str, int] = {}
    sentences = 0
    mode = model.training
    model.eval()
    for batch in batches:
        sentences += len(batch["labels"])
        with _kept_calls(names) as calls:
            loss = score(batch).loss_sum()
        # A call that does not see every sentence's tokens (of virtual ones) has no such factors.
        rows = len(batch["labels"])
        calls = [call for call in calls if call[2].flatten(0, -2).shape[0] % rows == 0]
        outputs = [output for _, _, output in calls]
        grads = torch.autograd.grad(loss, outputs, allow_unused=True) if calls else ()
        for (module, value, _), grad in zip(calls, grads, strict=True):
            if grad is None:
                continue
            upstream = grad.detach().flatten(0, -2).float()
            reached = _reached(upstream, rows)
            upstream, value = upstream[reached], value.flatten(0, -2)[reached].float()
            _add(found, names[module], value, upstream, isinstance(module, Conv1D))
            tokens[names[module]] = tokens.get(names[module], 0) + len(value)
    model.train(mode)
    for name in [name for name, count in tokens.items() if count == 0]:
        del found[name]
    for name, factors in found.items():
        factors.tokens = tokens[name]
        factors.inputs /= tokens[name]
        factors.outputs /= sentences
    return found


def _reached(upstream: Tensor, rows: int) -> Tensor:
    """(tokens,), bool: those whose gradient is more than rounding."""
    size = upstream.abs().amax(dim=1).view(rows, -1)
    largest = size.amax(dim=1, keepdim=True)
    return ((size > NOTHING * largest) & (size > 0)).flatten()


def _add(
    found: dict[str, Factors], name: str, value: Tensor, upstream: Tensor, by_input: bool
) -> None:
    inputs, outputs = _second_moment(value), _second_moment(upstream)
    if name in found:
        found[name].inputs += inputs
        found[name].outputs += outputs
    else:
        found[name] = Factors(inputs, outputs, by_input)


def _second_moment(rows: Tensor) -> Tensor:
    """The sum of x xᵀ over ``rows``, or its diagonal where x is too long."""
    return (rows**2).sum(dim=0) if rows.shape[1] > WIDEST else rows.T @ rows


def _from_left(factor: Tensor, matrix: Tensor) -> Tensor:
    return factor.unsqueeze(1) * matrix if factor.ndim == 1 else factor @ matrix


def _from_right(matrix: Tensor, factor: Tensor) -> Tensor:
    return matrix * factor if factor.ndim == 1 else matrix @ factor


def _trace(factor: Tensor) -> float:
    return float((factor if factor.ndim == 1 else factor.diagonal()).sum())


@contextmanager
def _kept_calls(layers: Iterable[nn.Module]) -> Iterator[list[tuple[nn.Module, Tensor, Tensor]]]:
    """Keep (module, input, output) of every call of ``layers``."""
    calls: list[tuple[nn.Module, Tensor, Tensor]] = []

    def keep(module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        calls.append((module, inputs[0].detach(), output))

    handles = [module.register_forward_hook(keep) for module in layers]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()
