"""A quadratic penalty around earlier weights, its gradient added without autograd.

Automatic differentiation would keep every weight's displacement and walk back through it;
written down, the gradient is one product. It is added once a step, after the last
micro-batch and before the gradient is clipped: what is clipped is the step's whole direction.
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
"""Most sentences of a forward pass in which importances are taken."""


class Diagonal:
    """½ · Σ_i Ω_i (θ_i − θ*_i)², and what it takes to go on from one update to the next.

    Parameters that appear later, such as those of a new adapter, are free until the next
    ``settle``.

    Args:
        parameters: those that are held, by name; θ* is where they are now, Ω is zero.

    Attributes:
        importance: Ω, by parameter.
        anchor: θ*, by parameter.
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter]) -> None:
        self.importance: dict[str, Tensor] = {}
        self.anchor: dict[str, Tensor] = {}
        self.settle(parameters)

    def settle(self, parameters: Mapping[str, nn.Parameter]) -> None:
        """From now on, ``parameters`` are held where they are now; Ω stays."""
        self.anchor = {name: p.detach().clone() for name, p in parameters.items()}
        self.importance = {
            name: self.importance.get(name, torch.zeros_like(value, dtype=torch.float32))
            for name, value in self.anchor.items()
        }

    def accumulate(self, importance: Mapping[str, Tensor], decay: float, scale: float) -> None:
        """Ω ← ``decay`` · Ω + ``scale`` · ``importance``."""
        for name, tensor in self.importance.items():
            tensor.mul_(decay).add_(importance[name], alpha=scale)

    def penalty(self, parameters: Mapping[str, nn.Parameter]) -> Tensor:
        """½ · Σ Ω (θ − θ*)², a scalar that can be differentiated."""
        terms = [
            (self.importance[name] * (p - self.anchor[name]) ** 2).sum()
            for name, p in parameters.items()
            if name in self.anchor
        ]
        return 0.5 * torch.stack(terms).sum() if terms else torch.zeros(())

    @torch.no_grad()
    def add_gradient(self, learner: Learner, strength: float) -> None:
        """Add the gradient of ``strength`` times the penalty, and its value to the loss."""
        held = {n: p for n, p in learner.trainable().items() if n in self.anchor}
        moved = {name: p - self.anchor[name] for name, p in held.items()}
        pull = {name: self.importance[name] * step for name, step in moved.items()}
        add_pull(learner, held, moved, pull, strength)

    def state_dict(self) -> State:
        """Importances and anchor weights."""
        return prefixed("importance", self.importance) | prefixed("anchor", self.anchor)

    def load_state_dict(self, state: State) -> None:
        """Take both back."""
        places = {name: tensor.device for name, tensor in self.anchor.items()}
        self.importance, self.anchor = (
            {name: value.to(places.get(name)) for name, value in unprefixed(part, state).items()}
            for part in ("importance", "anchor")
        )


@torch.no_grad()
def add_pull(
    learner: Learner,
    parameters: Mapping[str, nn.Parameter],
    moved: Mapping[str, Tensor],
    pull: Mapping[str, Tensor],
    strength: float,
) -> None:
    """Add ``strength`` · H Δ to the gradients, and ``strength``/2 · Δᵀ H Δ to the loss.

    Args:
        learner: its loss is what Avalanche's loggers are shown.
        parameters: whose gradients.
        moved: Δ, by how much each stands off its anchor.
        pull: H Δ, the gradient of the quadratic form.
        strength: λ.
    """
    for name, parameter in parameters.items():
        value = torch.dot(moved[name].flatten(), pull[name].flatten())
        learner.loss = learner.loss + 0.5 * strength * value
        if parameter.grad is None:
            parameter.grad = strength * pull[name]
        else:
            parameter.grad.add_(pull[name], alpha=strength)


def sample_batches(learner: Learner, facts: Sequence[Fact], samples: int) -> list[Batch]:
    """At most ``samples`` random sentences of ``facts``, which importances are taken over."""
    sentences = learner.examples(facts)
    places = sampled(learner, len(sentences), samples, learner.known.step)
    return in_batches(learner, [sentences[place] for place in places])


def sampled(learner: Learner, count: int, samples: int, step: int) -> list[int]:
    """Which of ``count`` sentences importances are taken over at ``step``: ``samples`` at most."""
    random = torch.Generator().manual_seed(derive(learner.seed, step, "importance"))
    order: list[int] = torch.randperm(count, generator=random).tolist()
    return order[:samples]


def in_batches(learner: Learner, sentences: Sequence[Encoded]) -> list[Batch]:
    """``sentences``, those of like length together, as large as a forward pass may be."""
    chosen = sorted(sentences, key=len)
    size = min(SENTENCES, learner.settings.micro_batch_size or SENTENCES)
    return [learner.collate(chosen[begin : begin + size]) for begin in range(0, len(chosen), size)]


def to_mean_one(importance: Mapping[str, Tensor]) -> float:
    """What ``importance`` must be multiplied with to have a mean of one; 0 where all is zero."""
    size = sum(tensor.numel() for tensor in importance.values())
    total = float(sum(tensor.sum() for tensor in importance.values()))
    return size / total if total > 0 else 0.0


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> State:
    """``tensors`` with names for a state."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def unprefixed(prefix: str, state: State) -> dict[str, Tensor]:
    """Copies of what ``prefixed`` named, from a state."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): tensor.clone()
        for name, tensor in state.items()
        if name.startswith(start)
    }
