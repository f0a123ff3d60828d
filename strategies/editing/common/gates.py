"""Gates: neurons that open at some hidden states and stay closed at all others.

Let P be the states of one class, R those of the other classes, and N all others, standardised on N
and with a constant 1 appended. E_N also counts states nearby, at which a gate may open. The
direction of a gate is Fisher's linear discriminant with a ridge (Fisher 1936, "The use of multiple
measurements in taxonomic problems"):

    w = (E_N[n nᵀ] + E_R[r rᵀ] + E_P[p pᵀ] + λ I)⁻¹ E_P[p]

With m, the median of w·p over P, and θ between m and the largest w·x over N and R, the gate opens
where w·x > θ. A neuron of a transformer may have no bias, so the constants are linear functions of
the state, too: c·x with c = (E_N[x xᵀ] + λ I)⁻¹ E_N[x] is nearly 1 at all states. Together:

    a(x) = f(β g·x) / β,     g = (w − θ c) / (m − θ)

f is the activation of the model's MLPs, which is close to 0 below 0 and to its input above 0. β is
so large that a gate adds nothing above the rounding error of float32 at every state of N and R; at
those of P it is about 1. A gate that cannot do both never opens. An MLP that multiplies with a
second projection gets c as its row there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

MARGIN = 0.1
"""Otherwise there is no gate: least (m − the largest w·x over N and R) / |m|, and least distance of
N and R from the place where a gate opens, as a share of that of the median of P."""

SHARP = 32.0
"""β × the distance of the other states from the place where a gate opens. silu(−32) is −4e−13."""


@dataclass(frozen=True)
class Gates:
    """The gates at one block.

    Attributes:
        directions: (gates, width): g; zeros for a gate that never opens.
        sharpness: (gates,): β.
        constants: (gates, width): c.
    """

    directions: Tensor
    sharpness: Tensor
    constants: Tensor

    def __len__(self) -> int:
        return len(self.sharpness)

    @property
    def can_open(self) -> Tensor:
        """Which gates open anywhere, (gates,), bool."""
        return self.directions.any(dim=1)

    @property
    def rows(self) -> Tensor:
        """β g: the weights of the neurons in front of the activation, (gates, width)."""
        return self.directions * self.sharpness[:, None]

    def openings(
        self, states: Tensor, activation: Callable[[Tensor], Tensor], *, multiplied: bool
    ) -> Tensor:
        """Return (…, gates): how far each gate opens at states, (…, width).

        Args:
            states: x, float32.
            activation: f.
            multiplied: whether the MLP multiplies with a second projection, here with c·x.
        """
        opened = activation(states @ self.rows.T) / self.sharpness
        return opened * (states @ self.constants.T) if multiplied else opened

    def kept(self, numbers: list[int]) -> Gates:
        """Return only the gates with these numbers."""
        return Gates(self.directions[numbers], self.sharpness[numbers], self.constants[numbers])

    def with_(self, others: Gates) -> Gates:
        """Return these gates and ``others``."""
        return Gates(
            torch.cat([self.directions, others.directions]),
            torch.cat([self.sharpness, others.sharpness]),
            torch.cat([self.constants, others.constants]),
        )


def no_gates(width: int, device: torch.device) -> Gates:
    """Return an empty set of gates for states of this width."""
    none = torch.zeros(0, width, device=device)
    return Gates(none, none.new_zeros(0), none)


def nearly_constant(states: Tensor, ridge: float) -> Tensor:
    """Return c, (width,), such that c·x is nearly 1, and 1 in the mean.

    Args:
        states: (n, width), n ≥ 1.
        ridge: λ, as a share of the mean eigenvalue of the states' second moment.
    """
    moment = states.T @ states / len(states)
    moment += ridge * moment.diagonal().mean() * torch.eye(len(moment), device=states.device)
    direction: Tensor = torch.linalg.solve(moment, states.mean(dim=0))
    mean = (states @ direction).mean()
    return direction / mean if mean > 0 else direction


def fit(
    positives: Sequence[Tensor],
    others: Tensor,
    near: Tensor,
    *,
    ridge: float,
    place: float,
) -> Gates:
    """Return a gate for each class of states.

    Args:
        positives: for each class, its states, (n, width). A class without states gets a gate that
            never opens. The states of the other classes are among those at which a gate stays
            closed.
        others: (n, width): states at which every gate stays closed.
        near: (n, width): states at which gates should stay closed, if they can. They count for the
            direction, but not for the place where a gate opens.
        ridge: λ, as a share of the mean eigenvalue of the second moment of ``others`` and ``near``.
        place: where θ lies between the largest score of all other states (0) and the median score
            of its own (1).
    """
    mean, spread = others.mean(dim=0), others.std(dim=0, correction=0).clamp_min(1e-6)

    def standard(states: Tensor) -> Tensor:
        scaled = (states - mean) / spread
        return torch.cat([scaled, scaled.new_ones(len(scaled), 1)], dim=1)

    constant = nearly_constant(others, ridge)
    classes = [standard(one) for one in positives]
    held = standard(others).T @ standard(others) + standard(near).T @ standard(near)
    held /= len(others) + len(near)
    held += ridge * held.diagonal()[:-1].mean() * torch.eye(len(held), device=others.device)
    total, count = torch.zeros_like(held), sum(map(len, classes))
    for own in classes:
        total += own.T @ own
    gates = no_gates(others.shape[1], others.device)
    for number, own in enumerate(classes):
        if not len(own):
            gates = gates.with_(_closed(constant))
            continue
        square = own.T @ own
        between = (total - square) / max(count - len(own), 1)
        moments = held + between + square / len(own)
        weights = torch.linalg.solve(moments, own.mean(dim=0))
        # In terms of the states themselves, with c·x in place of the constant 1.
        scaled = weights[:-1] / spread
        direction = scaled + (weights[-1] - scaled @ mean) * constant
        away = [others, *positives[:number], *positives[number + 1 :]]
        gates = gates.with_(_separating(positives[number], away, direction, constant, place))
    return gates


def _separating(
    own: Tensor, away: Sequence[Tensor], direction: Tensor, constant: Tensor, place: float
) -> Gates:
    """Return the gate of one class.

    Args:
        own: P, (n, width).
        away: N and R, each (n, width).
        direction: w, (width,).
        constant: c, (width,).
        place: as for `fit`.
    """

    def largest(weights: Tensor) -> Tensor:
        return torch.stack([(one @ weights).max() for one in away if len(one)]).max()

    middle, most = (own @ direction).median(), largest(direction)
    if not middle - most > MARGIN * middle.abs():
        return _closed(constant)
    shifted = direction - (most + place * (middle - most)) * constant
    opened = (own @ shifted).median()
    shut = -largest(shifted) / opened
    if not (opened > 0 and shut >= MARGIN):
        return _closed(constant)
    return Gates((shifted / opened)[None], (SHARP / shut)[None], constant[None])


def _closed(constant: Tensor) -> Gates:
    return Gates(torch.zeros_like(constant)[None], constant.new_ones(1), constant[None])
