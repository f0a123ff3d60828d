"""The curvature of linear layers as Kronecker products; it does not depend on the batch size.

Martens & Grosse (2015), "Optimizing Neural Networks with Kronecker-factored Approximate
Curvature": the Fisher information of a layer y = W a is approximately A ⊗ G with A = E[a aᵀ]
and G = E[g gᵀ], g = ∂L/∂y. A weight that is applied at several positions of a sequence is
treated as in KFAC-expand (Eschenhagen et al. (2023), "Kronecker-Factored Approximate Curvature
for Modern Neural Network Architectures"): every token counts as a separate data point, and
covariances between tokens of one sentence are ignored. Tokens without a gradient (padding, and
tokens that no learned token attends to) carry no information about the weight. They are left out
of A too, so padding changes nothing. If a side of a layer is longer than a limit, only the diagonal
of its factor is kept.
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

WIDEST = 1024
"""Default of the longest side of a layer whose factor is a full matrix."""

NOTHING = 1e-4
"""A gradient below this share of its sentence's largest one is treated as a rounding error."""


@dataclass
class Factors:
    """The factors of one layer's weight.

    Attributes:
        inputs: A, the mean of a aᵀ over tokens, (in, in), or its diagonal, (in,).
        outputs: G, the sum over tokens of g gᵀ for a sentence, (out, out), or its diagonal.
        by_input: the weight is (in, out), as in GPT-2, rather than (out, in).
        tokens: number of tokens in the mean A.
    """

    inputs: Tensor
    outputs: Tensor
    by_input: bool = False
    tokens: int = 0

    def apply(self, moved: Tensor) -> Tensor:
        """Return (A ⊗ G) vec(ΔW), that is G ΔW A, for ``moved`` shaped like the weight."""
        if self.by_input:
            return _from_right(_from_left(self.inputs, moved), self.outputs)
        return _from_right(_from_left(self.outputs, moved), self.inputs)

    def trace(self) -> float:
        """Return the trace of A ⊗ G."""
        return _trace(self.inputs) * _trace(self.outputs)


def linear_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Return name → layer of each trainable matrix that is the weight of one linear layer only."""
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
    model: nn.Module,
    score: Callable[[Batch], Scored],
    batches: Iterable[Batch],
    widest: int = WIDEST,
) -> dict[str, Factors]:
    """Return the factors of the linear layers, by the names of their weights.

    Left out are layers whose weight the model reads without calling the layer (Mamba's time
    steps), layers that no token reached, and layers that are not called once per token.

    Args:
        model: differentiated in evaluation mode.
        score: the forward pass; each sentence's loss is its summed cross entropy.
        batches: of any size.
        widest: longest side of a layer whose factor is a full matrix; a longer side has its
            diagonal.
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
        # A call on other tokens than those of the sentences (virtual tokens) has no factors.
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
            own = Factors(
                second_moment(value, widest),
                second_moment(upstream, widest),
                isinstance(module, Conv1D),
            )
            _add(found, names[module], own)
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
    """Return (tokens,), bool: whether the gradient is more than a rounding error."""
    size = upstream.abs().amax(dim=1).view(rows, -1)
    largest = size.amax(dim=1, keepdim=True)
    return ((size > NOTHING * largest) & (size > 0)).flatten()


def _add(found: dict[str, Factors], name: str, factors: Factors) -> None:
    if name in found:
        found[name].inputs += factors.inputs
        found[name].outputs += factors.outputs
    else:
        found[name] = factors


def second_moment(rows: Tensor, widest: int) -> Tensor:
    """Return the sum of x xᵀ over ``rows``, or its diagonal if x is longer than ``widest``."""
    return (rows**2).sum(dim=0) if rows.shape[1] > widest else rows.T @ rows


def _from_left(factor: Tensor, matrix: Tensor) -> Tensor:
    return factor.unsqueeze(1) * matrix if factor.ndim == 1 else factor @ matrix


def _from_right(matrix: Tensor, factor: Tensor) -> Tensor:
    return matrix * factor if factor.ndim == 1 else matrix @ factor


def _trace(factor: Tensor) -> float:
    return float((factor if factor.ndim == 1 else factor.diagonal()).sum())


@contextmanager
def _kept_calls(layers: Iterable[nn.Module]) -> Iterator[list[tuple[nn.Module, Tensor, Tensor]]]:
    """Collect (module, input, output) of every call of ``layers``."""
    calls: list[tuple[nn.Module, Tensor, Tensor]] = []

    def keep(module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        calls.append((module, inputs[0].detach(), output))

    handles = [module.register_forward_hook(keep) for module in layers]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()
