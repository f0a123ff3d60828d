"""A quadratic penalty around earlier weights. Its gradient is added without autograd.

Automatic differentiation would store the displacement of every weight. In closed form the
gradient is one product. It is added once per step, after the last micro-batch and before the
gradient is clipped, so clipping applies to the whole direction of the step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cltool.core.seeds import derive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner
    from cltool.training.strategy import State

SENTENCES = 32
"""Largest number of sentences in one forward pass when importances are computed."""


class DiagonalPenalty:
    """The penalty ½ · Σ_i Ω_i (θ_i − θ*_i)² and its state from one update to the next.

    Parameters that appear later, such as those of a new adapter, are free until the next
    ``set_anchor``.

    Args:
        parameters: the penalised parameters, by name; θ* is their current value, Ω is zero.

    Attributes:
        importance: Ω, by parameter.
        anchor: θ*, by parameter.
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter]) -> None:
        self.importance: dict[str, Tensor] = {}
        self.anchor: dict[str, Tensor] = {}
        self.set_anchor(parameters)

    def set_anchor(self, parameters: Mapping[str, nn.Parameter]) -> None:
        """Set θ* to the current values of ``parameters``; Ω does not change."""
        self.anchor = copies(parameters)
        self.importance = {
            name: self.importance.get(name, torch.zeros_like(value, dtype=torch.float32))
            for name, value in self.anchor.items()
        }

    def accumulate(self, importance: Mapping[str, Tensor], decay: float, scale: float) -> None:
        """Set Ω to ``decay`` · Ω + ``scale`` · ``importance``."""
        for name, tensor in self.importance.items():
            tensor.mul_(decay).add_(importance[name], alpha=scale)

    def penalty(self, parameters: Mapping[str, nn.Parameter]) -> Tensor:
        """Return ½ · Σ Ω (θ − θ*)², a differentiable scalar."""
        terms = [
            (self.importance[name] * (p - self.anchor[name]) ** 2).sum()
            for name, p in parameters.items()
            if name in self.anchor
        ]
        return 0.5 * torch.stack(terms).sum() if terms else torch.zeros(())

    @torch.no_grad()
    def add_gradient(self, learner: Learner, strength: float) -> None:
        """Add the gradient of ``strength`` times the penalty, and its value to the loss."""
        moved = displacements(learner, self.anchor)
        products = {name: self.importance[name] * step for name, step in moved.items()}
        add_quadratic(learner, moved, products, strength)

    def state_dict(self) -> State:
        """Return importances and anchor weights."""
        return prefixed("importance", self.importance) | prefixed("anchor", self.anchor)

    def load_state_dict(self, state: State) -> None:
        """Restore importances and anchor weights."""
        devices = {name: tensor.device for name, tensor in self.anchor.items()}
        self.importance, self.anchor = (
            {name: value.to(devices.get(name)) for name, value in unprefixed(part, state).items()}
            for part in ("importance", "anchor")
        )


def copies(parameters: Mapping[str, nn.Parameter]) -> dict[str, Tensor]:
    """Return detached copies of ``parameters``."""
    return {name: parameter.detach().clone() for name, parameter in parameters.items()}


@torch.no_grad()
def displacements(learner: Learner, anchor: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return Δ = θ − θ* for each trainable parameter that has an ``anchor``."""
    return {n: p - anchor[n] for n, p in learner.trainable().items() if n in anchor}


@torch.no_grad()
def add_quadratic(
    learner: Learner, moved: Mapping[str, Tensor], products: Mapping[str, Tensor], strength: float
) -> None:
    """Add ``strength`` · H Δ to the gradients, and ``strength``/2 · Δᵀ H Δ to the loss.

    Args:
        learner: the loss is the value that Avalanche's loggers read.
        moved: Δ, the distance of each parameter from its anchor.
        products: H Δ, the gradient of the quadratic form.
        strength: λ.
    """
    parameters = learner.trainable()
    for name, step in moved.items():
        parameter = parameters[name]
        value = torch.dot(step.flatten(), products[name].flatten())
        learner.loss = learner.loss + 0.5 * strength * value
        if parameter.grad is None:
            parameter.grad = strength * products[name]
        else:
            parameter.grad.add_(products[name], alpha=strength)


def sample_batches(learner: Learner, facts: Sequence[Fact], samples: int) -> list[Batch]:
    """Return at most ``samples`` random sentences of ``facts``, in batches."""
    sentences = learner.examples(facts)
    chosen = sample_indices(learner, len(sentences), samples, learner.known.step)
    return in_batches(learner, [sentences[index] for index in chosen])


def sample_indices(learner: Learner, count: int, samples: int, step: int) -> list[int]:
    """Return at most ``samples`` of ``count`` indices, drawn from the seed and ``step``."""
    random = torch.Generator().manual_seed(derive(learner.seed, step, "importance"))
    order: list[int] = torch.randperm(count, generator=random).tolist()
    return order[:samples]


def in_batches(learner: Learner, sentences: Sequence[Encoded]) -> list[Batch]:
    """Sort ``sentences`` by length and return them in batches for one forward pass each."""
    chosen = sorted(sentences, key=len)
    size = min(SENTENCES, learner.settings.micro_batch_size or SENTENCES)
    return [learner.collate(chosen[begin : begin + size]) for begin in range(0, len(chosen), size)]


def scale_to_mean_one(importance: Mapping[str, Tensor]) -> float:
    """Return the factor that gives ``importance`` a mean of 1; 0 if all entries are 0."""
    size = sum(tensor.numel() for tensor in importance.values())
    total = float(sum(tensor.sum() for tensor in importance.values()))
    return size / total if total > 0 else 0.0


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> State:
    """Return ``tensors`` under names for a state: ``prefix.name``."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def unprefixed(prefix: str, state: State) -> dict[str, Tensor]:
    """Return copies of the tensors that `prefixed` put into ``state``."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): tensor.clone()
        for name, tensor in state.items()
        if name.startswith(start)
    }
