"""Squares, or absolute values, of each sample's gradient; independent of the batch size.

The square of a batch's mean gradient is not the mean of the squared gradients, so it does not
give a Fisher information. Here one batched backward pass collects each leaf module's inputs and
output gradients, and each module is then differentiated separately for every sample
(`torch.func.vmap` over its vector-Jacobian product). If several modules share a parameter, its
gradients are added before they are squared.

This misses some uses of parameters: parameters outside leaf modules, weights that are read
without calling their module, and samples of a batch that affect each other, as in some adapters.
The result is therefore checked once, against a sample that is differentiated alone. If they
differ, the model is differentiated sample by sample.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vjp, vmap

from cltool.lm.batches import Batch
from cltool.lm.scoring import Scored

Score = Callable[[Batch], Scored]

Quantity = Callable[[Scored], Tensor]
"""A scalar to differentiate: a sum of one term per sample."""

Transform = Callable[[Tensor], Tensor]
"""Applied to each sample's gradient, element by element, before samples are added."""

ROUNDING = 0.02
"""Largest relative difference between a sample's gradient in a batch and alone."""

MEMORY = 256 * 1024**2
"""Most bytes of per-sample gradients at once."""


def squared_gradients(
    model: nn.Module,
    score: Score,
    batches: Iterable[Batch],
    names: Collection[str] | None = None,
) -> tuple[dict[str, Tensor], int]:
    """Return Σ over samples of the squared gradient of each sample's summed cross entropy.

    See `per_sample_sums`.
    """
    return per_sample_sums(model, score, batches, Scored.loss_sum, torch.square, names)


def per_sample_sums(
    model: nn.Module,
    score: Score,
    batches: Iterable[Batch],
    quantity: Quantity,
    transform: Transform,
    names: Collection[str] | None = None,
) -> tuple[dict[str, Tensor], int]:
    """Return Σ over samples of ``transform`` of the gradient of each sample's ``quantity``.

    Args:
        model: its trainable parameters are differentiated, in evaluation mode.
        score: the forward pass.
        batches: of any size.
        quantity: the scalar to differentiate.
        transform: such as ``torch.square`` or ``torch.abs``.
        names: parameters to include; all if None.

    Returns:
        name → sum (float32, shaped like the parameter), and the number of samples.
    """
    parameters = {
        n: p
        for n, p in model.named_parameters()
        if p.requires_grad and (names is None or n in names)
    }
    sums = {name: torch.zeros_like(p, dtype=torch.float32) for name, p in parameters.items()}
    mode = model.training
    model.eval()
    count = 0
    chunk = max(1, MEMORY // max(sum(p.numel() * 4 for p in parameters.values()), 1))
    leaves = Leaves(model, parameters)
    for batch in batches if parameters else ():
        for begin in range(0, len(batch["labels"]), chunk):
            part = {name: tensor[begin : begin + chunk] for name, tensor in batch.items()}
            count += len(part["labels"])
            for samples in _samples(leaves, parameters, score, part, quantity):
                for name, gradients in samples.items():
                    sums[name] += transform(gradients.float()).sum(dim=0)
    model.train(mode)
    return sums, count


class Leaves:
    """The leaf modules that hold a model's parameters.

    Args:
        model: the model.
        parameters: those to differentiate, by name.

    Attributes:
        names: leaf module → its parameter → the model's name for it.
        follow: whether the leaves' calls give correct per-sample gradients; None: not checked
            yet.
    """

    def __init__(self, model: nn.Module, parameters: dict[str, nn.Parameter]) -> None:
        known = {id(p): name for name, p in parameters.items()}
        self.names: dict[nn.Module, dict[str, str]] = {}
        self.follow: bool | None = None
        for module in model.modules():
            pairs = module.named_parameters(recurse=False)
            own = {name: known[id(p)] for name, p in pairs if id(p) in known}
            if own:
                self.names[module] = own
                if any(True for _ in module.children()):
                    self.follow = False


def _samples(
    leaves: Leaves,
    parameters: dict[str, nn.Parameter],
    score: Score,
    batch: Batch,
    quantity: Quantity,
) -> Iterator[dict[str, Tensor]]:
    """Yield (samples, *shape) for each parameter with a gradient, some samples at a time."""
    rows = len(batch["labels"])
    if rows > 1 and leaves.follow is not False:
        found = _batched(leaves, parameters, score, batch, quantity)
        if found is not None:
            yield found
            return
    for row in range(rows):
        yield _single(parameters, quantity(score(_alone(batch, row))))


def _alone(batch: Batch, row: int) -> Batch:
    """Return one sample without padding."""
    width = int(batch["attention_mask"][row].nonzero()[-1]) + 1
    return {
        name: tensor[row : row + 1, :width] if tensor.ndim == 2 else tensor[row : row + 1]
        for name, tensor in batch.items()
    }


def _single(parameters: dict[str, nn.Parameter], term: Tensor) -> dict[str, Tensor]:
    """Return (1, *shape) for each parameter: the gradient of one sample."""
    grads = torch.autograd.grad(term, list(parameters.values()), allow_unused=True)
    return {
        name: grad.detach().unsqueeze(0)
        for name, grad in zip(parameters, grads, strict=True)
        if grad is not None
    }


def _batched(
    leaves: Leaves,
    parameters: dict[str, nn.Parameter],
    score: Score,
    batch: Batch,
    quantity: Quantity,
) -> dict[str, Tensor] | None:
    """Return (rows, *shape) for each parameter; None if the leaves' calls do not give them."""
    rows = len(batch["labels"])
    try:
        with _kept_calls(leaves.names, rows) as calls:
            total = quantity(score(batch))
        outputs = [output for _, _, output in calls]
        grads = torch.autograd.grad(total, outputs, allow_unused=True)
        samples = _from_calls(leaves, parameters, calls, grads, rows)
    except (IndexError, KeyError, RuntimeError, TypeError, ValueError):
        if leaves.follow:
            raise
        leaves.follow = False
        return None
    if leaves.follow is None:
        alone = _single(parameters, quantity(score(_alone(batch, 0))))
        pairs = [(samples.get(name), alone.get(name)) for name in parameters]
        largest = max((float(one.norm()) for _, one in pairs if one is not None), default=0.0)
        leaves.follow = all(_same(one, other, largest) for one, other in pairs)
    return samples if leaves.follow else None


def _same(samples: Tensor | None, alone: Tensor | None, largest: float) -> bool:
    """Return whether the first of a parameter's gradients equals that of the sample alone."""
    zero = torch.zeros(())
    first = zero if samples is None else samples[0].float()
    other = zero if alone is None else alone[0].float()
    off = (first - other).norm()
    return bool(off <= ROUNDING * other.norm() + 1e-6 * largest)


def _from_calls(
    leaves: Leaves,
    parameters: dict[str, nn.Parameter],
    calls: Sequence[tuple[nn.Module, Tensor, Tensor]],
    grads: Sequence[Tensor | None],
    rows: int,
) -> dict[str, Tensor]:
    """Return (rows, *shape) for each parameter, from each call's input and output gradient."""
    samples: dict[str, Tensor] = {}
    with torch.no_grad():
        for (module, value, _), grad in zip(calls, grads, strict=True):
            if grad is None:
                continue
            own = {n: parameters[full].detach() for n, full in leaves.names[module].items()}
            for name, part in _module_gradients(module, own, value, grad, rows).items():
                full = leaves.names[module][name]
                samples[full] = samples[full] + part if full in samples else part
    return samples


def _module_gradients(
    module: nn.Module, own: dict[str, Tensor], value: Tensor, grad: Tensor, rows: int
) -> dict[str, Tensor]:
    """Return (rows, *shape) for each parameter of one call of one module."""

    def one(sample: Tensor, upstream: Tensor) -> dict[str, Tensor]:
        def call(weights: dict[str, Tensor]) -> Tensor:
            out: Tensor = functional_call(module, weights, (sample.unsqueeze(0),))
            return out

        pull = vjp(call, own)[1]
        result: dict[str, Tensor] = pull(upstream.unsqueeze(0))[0]
        return result

    # Autocast returns bfloat16 for float32 parameters.
    kind = next(iter(own.values())).dtype
    value = value.to(kind) if value.is_floating_point() else value
    with torch.enable_grad(), torch.autocast(value.device.type, enabled=False):
        batched: dict[str, Tensor] = vmap(one)(_by_row(value, rows), _by_row(grad.to(kind), rows))
    return {name: tensor.detach() for name, tensor in batched.items()}


def _by_row(tensor: Tensor, rows: int) -> Tensor:
    """Return (rows, …): repeat an input that samples share; unflatten samples and tokens."""
    if len(tensor) == rows:
        return tensor
    if len(tensor) == 1:
        return tensor.expand(rows, *tensor.shape[1:])
    return tensor.reshape(rows, -1, *tensor.shape[1:])


@contextmanager
def _kept_calls(
    leaves: Mapping[nn.Module, object], rows: int
) -> Iterator[list[tuple[nn.Module, Tensor, Tensor]]]:
    """Collect (module, input, output) of every call of the leaves."""
    calls: list[tuple[nn.Module, Tensor, Tensor]] = []

    def keep(module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> Tensor:
        if len(output) == 1:
            # An output that all samples share (positions) would get their summed gradient.
            output = output.expand(rows, *output.shape[1:])
        calls.append((module, inputs[0].detach(), output))
        return output

    handles = [module.register_forward_hook(keep) for module in leaves]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()
