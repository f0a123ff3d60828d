"""Gates: linear discriminants that open at some hidden states and stay closed at all others.

Let P be the states of one class, R those of the other classes, and N all others, standardised on N
and with a constant 1 appended. The direction of a gate is Fisher's linear discriminant with a ridge
(Fisher 1936, "The use of multiple measurements in taxonomic problems"):

    w = (E_N[n nᵀ] + E_R[r rᵀ] + E_P[p pᵀ] + λ I)⁻¹ E_P[p]
    a(x) = clamp((w·x − θ) / (m − θ), 0, 2)

m is the median of w·p over P. θ lies between m and the largest w·x over N and R, so that a is
exactly 0 at every state of N and R, and about 1 at those of P.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

MARGIN = 0.1
"""Least distance of the median of the positives from the largest negative; otherwise no gate."""

WIDEST = 2.0
"""Largest value of a gate."""


@dataclass(frozen=True)
class Gates:
    """The gates at one block.

    Attributes:
        directions: (gates, width + 1): w, scaled; the last column is for the constant.
        thresholds: (gates,): θ, scaled in the same way; infinite for a gate that never opens.
    """

    directions: Tensor
    thresholds: Tensor

    def __len__(self) -> int:
        return len(self.thresholds)

    @property
    def can_open(self) -> Tensor:
        """Which gates open anywhere, (gates,), bool."""
        return self.thresholds.isfinite()

    def openings(self, states: Tensor) -> Tensor:
        """Return (…, gates): how far each gate opens at hidden states, (…, width)."""
        scores = normalised(states) @ self.directions[:, :-1].T + self.directions[:, -1]
        return (scores - self.thresholds).clamp(0.0, WIDEST)

    def kept(self, numbers: list[int]) -> Gates:
        """Return only the gates with these numbers."""
        return Gates(self.directions[numbers], self.thresholds[numbers])

    def with_(self, others: Gates) -> Gates:
        """Return these gates and ``others``."""
        return Gates(
            torch.cat([self.directions, others.directions]),
            torch.cat([self.thresholds, others.thresholds]),
        )


def no_gates(width: int, device: torch.device) -> Gates:
    """Return an empty set of gates for hidden states of this width."""
    return Gates(torch.zeros(0, width + 1, device=device), torch.zeros(0, device=device))


def normalised(states: Tensor) -> Tensor:
    """Return hidden states divided by their root mean square, in float32."""
    states = states.float()
    return states * states.pow(2).mean(dim=-1, keepdim=True).clamp_min(1e-12).rsqrt()


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
        positives: for each class, its hidden states, (n, width). A class without states gets a
            gate that never opens. The states of the other classes are among those at which a gate
            stays closed.
        others: (n, width): hidden states at which every gate stays closed.
        near: (n, width): hidden states at which gates should stay closed, if they can. They count
            for the direction, but not for the threshold.
        ridge: λ, as a share of the mean eigenvalue of the second moment of ``others`` and ``near``.
        place: where θ lies between the largest negative (0) and the median positive (1).
    """
    others = normalised(others)
    mean, spread = others.mean(dim=0), others.std(dim=0).clamp_min(1e-6)

    def standard(states: Tensor) -> Tensor:
        scaled = (states - mean) / spread
        return torch.cat([scaled, scaled.new_ones(len(scaled), 1)], dim=1)

    others, near = standard(others), standard(normalised(near))
    classes = [standard(normalised(one)) for one in positives]
    unit = torch.eye(others.shape[1], device=others.device)
    held = (others.T @ others) / (len(others) + len(near))
    held += ridge * held.diagonal()[:-1].mean() * unit
    squares = [one.T @ one for one in classes]
    total, count = sum(squares, torch.zeros_like(held)), sum(map(len, classes))
    directions, thresholds = [], []
    for number, own in enumerate(classes):
        between = (total - squares[number]) / max(count - len(own), 1)
        away = [others, *classes[:number], *classes[number + 1 :]]
        direction, threshold = _separating(own, away, held + between, place)
        # In terms of the normalised states, so that a gate reads them without the spread.
        weights = direction[:-1] / spread
        constant = direction[-1:] - (weights @ mean).unsqueeze(0)
        directions.append(torch.cat([weights, constant]))
        thresholds.append(threshold)
    return Gates(torch.stack(directions), torch.tensor(thresholds, device=others.device))


def _separating(
    own: Tensor, away: Sequence[Tensor], held: Tensor, place: float
) -> tuple[Tensor, float]:
    """Return the scaled direction and threshold of one gate; a closed gate has θ = ∞.

    Args:
        own: P, (n, width + 1).
        away: N and R, each (n, width + 1).
        held: the second moments of N and R, and the ridge, (width + 1, width + 1).
        place: as for `fit`.
    """
    if not len(own):
        return torch.zeros_like(held[0]), float("inf")
    direction = torch.linalg.solve(held + own.T @ own / len(own), own.mean(dim=0))
    middle = float((own @ direction).median())
    most = max(float((one @ direction).max()) for one in away if len(one))
    if middle - most <= MARGIN * abs(middle):
        return direction, float("inf")
    threshold = most + place * (middle - most)
    scale = 1.0 / (middle - threshold)
    return direction * scale, threshold * scale
