"""Product-key memory: a large table of values, of which each token reads a few.

Lample et al. (2019), "Large Memory Layers with Product Keys". The table has n² slots; the key of
slot (i, j) is the pair of the sub-keys c_i and d_j, n of each. A head splits its query q into two
halves and scores a slot by

    s(i, j) = ⟨q₁, c_i⟩ + ⟨q₂, d_j⟩

So the k best of all n² slots are among the pairs of the a-th best sub-key of one half and the b-th
best of the other with a b ≤ k: a b pairs are at least as good. With w the softmax of the scores of
these k slots, the memory returns Σ w v over the slots and the heads, which share the
values v. Berges et al. (2024), "Memory Layers at Scale", multiply this by a gate of the input x:

    y = W_o (m ⊙ silu(W_g x))

Both papers normalise queries: the first by statistics of the batch, which would make a token's
answer depend on other texts. Here each half of a query is divided by its root mean square.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from cltool.core.errors import UserError

EPSILON = 1e-6
"""Added to the mean square of half a query."""

FOLLOW = 0.005
"""Smallest share of a batch in the running statistics of states."""

RIDGE = 0.01
"""Share of the mean variance that is added to all variances before whitening."""


class Access(NamedTuple):
    """What the tokens of a batch read.

    Attributes:
        slots: (…, heads, top): numbers of slots; a head's slots are all different.
        weights: (…, heads, top): the softmax over a head's slots.
    """

    slots: Tensor
    weights: Tensor


@dataclass(frozen=True)
class MemorySize:
    """The size of a product-key memory.

    Attributes:
        slots: number of values, n².
        heads: number of queries of a token.
        top: number of slots that a head reads, k.
        key: width of a query and of a slot's key, both halves together.
    """

    slots: int = 16_384
    heads: int = 2
    top: int = 8
    key: int = 64

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            UserError: they do not fit together.
        """
        side = self.side
        if side * side != self.slots:
            raise UserError(
                f"a memory of {self.slots} slots: the number must be a square",
                where="memory_slots",
                hint=f"Use {side * side} or {(side + 1) ** 2}.",
            )
        if not 1 <= self.top <= side:
            raise UserError(
                f"a head cannot read {self.top} of {self.slots} slots: the most is {side}",
                where="memory_top",
            )
        if self.key < 2 or self.key % 2 or self.heads < 1:
            raise UserError(
                f"{self.heads} queries of width {self.key}: there must be at least one, of an even"
                " width",
                where="memory_key",
            )

    @property
    def side(self) -> int:
        """Number of sub-keys of each half, n."""
        return math.isqrt(max(self.slots, 1))

    def active(self, width: int, *, gated: bool) -> int:
        """Return how many parameters a token uses: all but the values that it does not read."""
        query = (width + 1) * self.heads * self.key
        keys = self.heads * self.side * self.key
        return query + keys + self.heads * self.top * width + 2 * width * width * gated


class ProductKeys(nn.Module):
    """Chooses the slots that tokens read.

    Args:
        width: width of the input.
        size: of the memory.

    Attributes:
        query: the projection to the queries of all heads.
        keys: (heads, 2, n, key / 2): the sub-keys of both halves.
        mean: (width,): μ.
        covariance: (width, width): Σ.
        whitening: (width, width): (Σ + ridge)^(−1/2).
        follows: whether the statistics follow the inputs while the model is in training mode.
    """

    mean: Tensor
    covariance: Tensor
    whitening: Tensor

    def __init__(self, width: int, size: MemorySize) -> None:
        super().__init__()
        self.size = size
        self.query = nn.Linear(width, size.heads * size.key)
        self.keys = nn.Parameter(torch.empty(size.heads, 2, size.side, size.key // 2))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("covariance", torch.eye(width))
        self.register_buffer("whitening", torch.eye(width))
        self.follows = False
        self._batches = 0
        ranks = [(a, b) for a in range(size.top) for b in range(size.top // (a + 1))]
        self._ranks = [[a for a, _ in ranks], [b for _, b in ranks]]
        self.reset()

    @torch.no_grad()
    def reset(self, generator: torch.Generator | None = None) -> None:
        """Draw new sub-keys, each with an expected squared length of 1."""
        self.keys.normal_(std=(self.size.key / 2) ** -0.5, generator=generator)

    def forward(self, states: Tensor) -> Access:
        """Return the slots that ``states``, (…, width), read."""
        size = self.size
        if self.follows and self.training:
            self.follow(states.detach())
        white = (states - self.mean) @ self.whitening
        query = self.query(white).unflatten(-1, (size.heads, 2, size.key // 2))
        scale = query.float().pow(2).mean(-1, keepdim=True).add(EPSILON).rsqrt()
        query = query * scale.to(query)
        scores = torch.einsum("...htd,htnd->...htn", query, self.keys)
        best, places = scores.topk(size.top, dim=-1)
        first, second = self._ranks
        sums = best[..., 0, first] + best[..., 1, second]
        numbers = places[..., 0, first] * size.side + places[..., 1, second]
        kept, chosen = sums.topk(size.top, dim=-1)
        return Access(numbers.gather(-1, chosen), kept.float().softmax(-1).to(states))

    @torch.no_grad()
    def follow(self, states: Tensor) -> None:
        """Move the statistics towards those of ``states``, (…, width)."""
        flat = states.flatten(0, -2).float()
        self._batches += 1
        share = max(1 / self._batches, FOLLOW)
        # New tensors: the backward pass of an earlier forward pass still needs the old ones.
        self.mean = self.mean.lerp(flat.mean(0), share)
        centred = flat - self.mean
        self.covariance = self.covariance.lerp(centred.T @ centred / len(flat), share)
        sizes, directions = torch.linalg.eigh(self.covariance)
        sizes = sizes.clamp_min(0) + RIDGE * sizes.clamp_min(0).mean() + EPSILON
        self.whitening = (directions * sizes.rsqrt()) @ directions.T


class ProductKeyMemory(nn.Module):
    """A product-key memory with the input and output of a feed-forward part.

    Args:
        width: width of input and output.
        size: of the memory.
        gated: whether the output is gated by the input.

    Attributes:
        index: chooses the slots.
        values: the table of values, (slots, width).
    """

    def __init__(self, width: int, size: MemorySize, *, gated: bool) -> None:
        super().__init__()
        self.index = ProductKeys(width, size)
        self.values = nn.Embedding(size.slots, width)
        self.gate = nn.Linear(width, width, bias=False) if gated else None
        self.out = nn.Linear(width, width, bias=False) if gated else None

    def forward(self, states: Tensor) -> Tensor:
        """Return what ``states``, (…, width), read, in the same shape."""
        access, (heads, top) = self.index(states), (self.index.size.heads, self.index.size.top)
        read = functional.embedding_bag(
            access.slots.reshape(-1, heads * top),
            self.values.weight,
            per_sample_weights=access.weights.reshape(-1, heads * top).to(self.values.weight),
            mode="sum",
        )
        read = read.view(*states.shape[:-1], -1).to(states)
        if self.gate is None or self.out is None:
            return read
        gated: Tensor = self.out(read * functional.silu(self.gate(states)))
        return gated


def memories(model: nn.Module) -> dict[str, ProductKeyMemory]:
    """Return the product-key memories of ``model``, by their names, first to last."""
    found = model.named_modules()
    return {name: module for name, module in found if isinstance(module, ProductKeyMemory)}


@contextmanager
def accesses(model: nn.Module) -> Iterator[dict[str, list[Access]]]:
    """Collect what tokens read while the model runs inside: memory → one access a forward pass."""
    seen: dict[str, list[Access]] = {name: [] for name in memories(model)}
    handles = []
    try:
        for name, memory in memories(model).items():

            def note(_: nn.Module, __: Any, access: Access, name: str = name) -> None:
                seen[name].append(Access(access.slots.detach(), access.weights.detach()))

            handles.append(memory.index.register_forward_hook(note))
        yield seen
    finally:
        for handle in handles:
            handle.remove()
