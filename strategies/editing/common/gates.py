"""Gates: neurons that open at some hidden states and stay closed at all others.

Let P be the states of one class, R those of all classes, and N all others, standardised on N and
with a constant 1 appended. Q are states near the class, at which its gate should stay closed if it
can. The direction of a gate is Fisher's linear discriminant with a ridge (Fisher 1936, "The use of
multiple measurements in taxonomic problems"):

    w = (E_N[n nᵀ] + E_R[r rᵀ] + E_P[p pᵀ] + κ E_Q[q qᵀ] + λ I)⁻¹ E_P[p]

λ and κ are chosen by the margin, (m − M) / |m|: m is the median of w·p over P, and M the largest
w·x over N and the other classes. λ is the one with the largest margin at states that the direction
has not seen: a small λ fits the states that were seen, and then opens at rare words. κ is the
largest one that leaves most of the margin.

The gate opens from 0 to 1 between two scores θ and τ, which lie between M and m. The largest score
stands for all states that were not seen, so θ keeps a distance from it. Above τ a gate opens no
further, so no state counts more than one of P. A neuron of a transformer may have no bias, so the
constants are linear functions of the state, too: c·x with c = (E_N[x xᵀ] + μ I)⁻¹ E_N[x] is nearly
1 at all states. A gate is a pair of neurons:

    a(x) = (f(β g·x) − f(β (g − c)·x)) / β,     g = (w − θ c) / (τ − θ)

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
"""Without a larger margin there is no gate. It is also the least distance of N and R from θ, as a
share of the distance from θ to τ."""

RIDGES = (0.1, 1.0, 3.0, 10.0, 30.0)
"""The λ that are tried, as shares of the mean eigenvalue of the second moment of N."""

NEARBY = (0.0, 0.03, 0.1, 0.3)
"""The κ that are tried."""

LEFT = 0.85
"""Share of the largest margin that κ must leave."""

STEADY = 0.01
"""μ, as a share of the mean eigenvalue of the second moment of N, not standardised."""

STRETCH = 64
"""Neighbouring states that are held out together when λ is chosen."""

WITHIN = 0.3
"""(τ − θ) / (m − θ)."""

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
    def rows(self) -> tuple[Tensor, Tensor]:
        """β g and β (g − c): the weights in front of the activation, (gates, width) each."""
        ends = self.can_open[:, None] * self.constants
        sharpness = self.sharpness[:, None]
        return self.directions * sharpness, (self.directions - ends) * sharpness

    def openings(
        self, states: Tensor, activation: Callable[[Tensor], Tensor], *, multiplied: bool
    ) -> Tensor:
        """Return (…, gates): how far each gate opens at states, (…, width).

        Args:
            states: x, float32.
            activation: f.
            multiplied: whether the MLP multiplies with a second projection, here with c·x.
        """
        first, second = self.rows
        opened = activation(states @ first.T) - activation(states @ second.T)
        opened = opened / self.sharpness
        return opened * (states @ self.constants.T) if multiplied else opened

    def kept(self, numbers: list[int]) -> Gates:
        """Return only the gates with these numbers."""
        return Gates(self.directions[numbers], self.sharpness[numbers], self.constants[numbers])

    def closed(self, which: Tensor) -> Gates:
        """Return the gates, of which those in ``which``, (gates,), bool, never open."""
        return Gates(
            self.directions.masked_fill(which[:, None], 0.0),
            self.sharpness.masked_fill(which, 1.0),
            self.constants,
        )

    def with_(self, others: Gates) -> Gates:
        """Return these gates and ``others``."""
        return Gates(
            torch.cat([self.directions, others.directions]),
            torch.cat([self.sharpness, others.sharpness]),
            torch.cat([self.constants, others.constants]),
        )


@dataclass(frozen=True)
class States:
    """The states at one block that decide about its gates.

    Attributes:
        own: for each class, its states, (n, width). A class without states gets a gate that never
            opens. The states of the other classes are among those at which a gate stays closed.
        others: (n, width): states at which gates stay closed.
        near: for each class, states at which its gate should stay closed if it can, (n, width).
            They count for the direction, but not for the place where the gate opens.
        excepted: (others, classes), bool: where a gate may open all the same; None: nowhere.
    """

    own: Sequence[Tensor]
    others: Tensor
    near: Sequence[Tensor]
    excepted: Tensor | None = None


def no_gates(width: int, device: torch.device) -> Gates:
    """Return an empty set of gates for states of this width."""
    none = torch.zeros(0, width, device=device)
    return Gates(none, none.new_zeros(0), none)


def nearly_constant(states: Tensor, ridge: float) -> Tensor:
    """Return c, (width,), such that c·x is nearly 1, and 1 in the mean.

    Args:
        states: (n, width), n ≥ 1.
        ridge: μ, as a share of the mean eigenvalue of the states' second moment.
    """
    moment = states.T @ states / len(states)
    moment += ridge * moment.diagonal().mean() * torch.eye(len(moment), device=states.device)
    direction: Tensor = torch.linalg.solve(moment, states.mean(dim=0))
    mean = (states @ direction).mean()
    return direction / mean if mean > 0 else direction


def choose_ridge(states: States, ridges: Sequence[float] = RIDGES) -> float:
    """Return the λ of the largest margin at states that the directions have not seen.

    Half of the states of each kind give the directions, and the other half the margins.
    """
    stretch = torch.arange(len(states.others), device=states.others.device) // STRETCH
    seen = stretch % 2 == 0
    if not bool(seen.any()) or bool(seen.all()):
        seen = torch.arange(len(states.others), device=states.others.device) % 2 == 0
    kept = [number for number, own in enumerate(states.own) if len(own)]
    if not kept or len(states.others) < 2 or len(ridges) == 1:
        return ridges[-1]
    own = [states.own[number] for number in kept]
    half = States([one[::2] for one in own], states.others[seen], [one[:0] for one in own])
    left = [one[1::2] if len(one) > 1 else one for one in own]
    excepted = None if states.excepted is None else states.excepted[~seen][:, kept]
    rest = States(left, states.others[~seen], half.near, excepted)
    constant = nearly_constant(half.others, STEADY)
    moments = _Moments(half)

    def quality(ridge: float) -> float:
        margins = _Scores(rest, moments.directions(ridge, 0.0, constant)).margins
        return float(margins.nan_to_num(-1.0).median())

    return max(ridges, key=quality)


def fit(states: States, *, ridge: float, place: float) -> tuple[Gates, Tensor]:
    """Return a gate for each class of states, and its margin, (classes,).

    Args:
        states: the states.
        ridge: λ, as a share of the mean eigenvalue of the second moment of the other states.
        place: where θ lies between the largest score of all other states (0) and the median score
            of its own (1).
    """
    constant = nearly_constant(states.others, STEADY)
    moments = _Moments(states)
    tried = NEARBY if any(map(len, states.near)) else NEARBY[:1]
    found = [moments.directions(ridge, weight, constant) for weight in tried]
    margins = torch.stack([_Scores(states, one).margins for one in found])
    enough = margins >= LEFT * margins.nan_to_num(-1.0).amax(dim=0)
    gates, best = no_gates(states.others.shape[1], states.others.device), []
    for number in range(len(states.own)):
        fine = [place for place in range(len(tried)) if bool(enough[place, number])]
        weight = fine[-1] if fine else 0
        best.append(margins[weight, number])
        gates = gates.with_(_separating(states, number, found[weight][number], constant, place))
    return gates, torch.stack(best) if best else constant.new_zeros(0)


class _Moments:
    """Second moments of standardised states, and the directions that follow from them."""

    def __init__(self, states: States) -> None:
        others = states.others
        self._mean = others.mean(dim=0)
        self._spread = others.std(dim=0, correction=0).clamp_min(1e-6)
        self._own = [self._standard(one) for one in states.own]
        self._near = [self._standard(one) for one in states.near]
        standard = self._standard(others)
        self._held = standard.T @ standard / len(others)
        self._count = max(sum(map(len, self._own)), 1)
        for own in self._own:
            self._held += own.T @ own / self._count

    def _standard(self, states: Tensor) -> Tensor:
        scaled = (states - self._mean) / self._spread
        return torch.cat([scaled, scaled.new_ones(len(scaled), 1)], dim=1)

    def directions(self, ridge: float, weight: float, constant: Tensor) -> Tensor:
        """Return w of each class, (classes, width), in terms of the states themselves.

        With c·x in place of the constant 1.

        Args:
            ridge: λ, as a share of the mean eigenvalue.
            weight: κ.
            constant: c.
        """
        held = self._held.clone()
        held.diagonal().add_(ridge * self._held.diagonal()[:-1].mean())
        factor, failed = torch.linalg.cholesky_ex(held)
        if int(failed):
            return held.new_full((len(self._own), len(constant)), torch.nan)
        found = [
            self._direction(factor, own, near, weight)
            for own, near in zip(self._own, self._near, strict=True)
        ]
        weights = torch.stack(found)
        scaled = weights[:, :-1] / self._spread
        return scaled + (weights[:, -1] - scaled @ self._mean)[:, None] * constant

    def _direction(self, factor: Tensor, own: Tensor, near: Tensor, weight: float) -> Tensor:
        """Solve for one class: its states are few, so the moments of all others are solved once.

        (A + U D Uᵀ)⁻¹ p = A⁻¹ p − A⁻¹ U (I + D Uᵀ A⁻¹ U)⁻¹ D Uᵀ A⁻¹ p
        """
        if not len(own):
            return own.new_zeros(own.shape[1])
        near = near if weight else near[:0]
        shares = [own.new_full((len(own),), 1 / len(own) - 1 / self._count)]
        shares.append(own.new_full((len(near),), weight / max(len(near), 1)))
        few, share = torch.cat([own, near]), torch.cat(shares)
        solved = torch.cholesky_solve(torch.cat([own.mean(dim=0)[None], few]).T, factor)
        plain, both = solved[:, 0], solved[:, 1:]
        inner = torch.eye(len(few), device=own.device) + share[:, None] * (few @ both)
        found: Tensor = plain - both @ torch.linalg.solve(inner, share * (few @ plain))
        return found


class _Scores:
    """The scores of states under the directions of their classes, (classes, width)."""

    def __init__(self, states: States, directions: Tensor) -> None:
        scores = states.others @ directions.T
        if states.excepted is not None:
            scores = scores.masked_fill(states.excepted, -torch.inf)
        away = scores.amax(dim=0) if len(scores) else directions.new_full((len(directions),), -1e9)
        middle = directions.new_zeros(len(directions))
        for number, own in enumerate(states.own):
            if not len(own):
                continue
            its = own @ directions.T
            middle[number] = its[:, number].median()
            its[:, number] = -torch.inf
            away = torch.maximum(away, its.amax(dim=0))
        self.middle, self.away = middle, away

    @property
    def margins(self) -> Tensor:
        """(m − M) / |m| of each class; 0 for a class without states."""
        found = (self.middle - self.away) / self.middle.abs().clamp_min(1e-30)
        return torch.where(self.middle == 0, torch.zeros_like(found), found)


def _separating(
    states: States, number: int, direction: Tensor, constant: Tensor, place: float
) -> Gates:
    """Return the gate of one class.

    Args:
        states: the states.
        number: which class.
        direction: w, (width,).
        constant: c, (width,).
        place: as for `fit`.
    """
    own = states.own[number]
    away = [*states.own[:number], *states.own[number + 1 :], states.others]

    def largest(weights: Tensor) -> Tensor:
        scores = [one @ weights for one in away]
        if states.excepted is not None:
            scores[-1] = scores[-1].masked_fill(states.excepted[:, number], -torch.inf)
        return torch.stack([one.max() for one in scores if len(one)]).max()

    if not len(own):
        return _closed(constant)
    middle, most = (own @ direction).median(), largest(direction)
    if not middle - most > MARGIN * middle.abs():
        return _closed(constant)
    shifted = direction - (most + place * (middle - most)) * constant
    opened = (own @ shifted).median()
    shifted = shifted / (WITHIN * opened)
    shut = -largest(shifted)
    if not (opened > 0 and shut >= MARGIN):
        return _closed(constant)
    return Gates(shifted[None], (SHARP / shut)[None], constant[None])


def _closed(constant: Tensor) -> Gates:
    return Gates(torch.zeros_like(constant)[None], constant.new_ones(1), constant[None])
