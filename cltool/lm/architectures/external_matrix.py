"""The arithmetic of an external memory matrix that is read and written by attention.

Graves et al. (2016), "Hybrid computing using a neural network with dynamic external memory",
Nature 538, Methods. The memory is a matrix M with N rows. A weighting is a vector of N numbers in
[0, 1] whose sum is at most 1. In all functions the first dimension is the batch, and tensors are
replaced, never changed. Symbols of the paper: w^w and w^r are the write and read weightings, u the
usage, p the precedence, L the temporal links, k a key, β its strength, g_w and g_a the gates of
writing and allocation, f the free gates, e the erase vector, v the write vector, π the read modes.
"""

from __future__ import annotations

import torch
from torch import Tensor

SMALL = 1e-6
"""Added to norms, so that the similarity to an empty row is 0."""


def similarity(matrix: Tensor, keys: Tensor) -> Tensor:
    """Return (batch, …, rows): the cosine of each key and each row.

    Args:
        matrix: (batch, rows, size).
        keys: (batch, …, size).
    """
    flat = keys.flatten(1, -2) if keys.dim() > 2 else keys.unsqueeze(1)
    norms = (flat.norm(dim=-1, keepdim=True) + SMALL) * (matrix.norm(dim=-1) + SMALL).unsqueeze(1)
    cosines: Tensor = (flat @ matrix.transpose(1, 2)) / norms
    return cosines.view(*keys.shape[:-1], matrix.shape[1])


def content_weighting(cosines: Tensor, strengths: Tensor, shares: Tensor) -> Tensor:
    """Return C(M, k, β), (batch, …, rows): in proportion to s exp(β cos(M, k)).

    The paper has no factor s. With it, rows that hold nothing get no weight, though a cosine does
    not depend on how much of a row was written. If there is no other row, the sum of the weights
    is 0.

    Args:
        cosines: (batch, …, rows).
        strengths: (batch, …): β, at least 1.
        shares: (batch, rows): s, for example the usage.
    """
    shape = (len(shares), *[1] * (cosines.dim() - 2), shares.shape[1])
    shares = shares.view(shape)
    there = shares > 0
    # The logarithm of 0 is infinite, and its gradient is not a number.
    logs = torch.where(there, shares, 1).log()
    scores = (cosines * strengths.unsqueeze(-1) + logs).masked_fill(~there, -torch.inf)
    scores = torch.where(there.any(dim=-1, keepdim=True), scores, 0)
    return scores.softmax(dim=-1) * there


def retained(usage: Tensor, reads: Tensor, free: Tensor) -> Tensor:
    """Return u ∘ ψ, (batch, rows): the usage after the free gates, ψ = Π_i (1 − f^i w^{r,i}).

    Args:
        usage: (batch, rows): u.
        reads: (batch, heads, rows): the read weightings of the last step.
        free: (batch, heads): f.
    """
    return usage * (1 - free.unsqueeze(-1) * reads).prod(dim=1)


def used(usage: Tensor, writing: Tensor) -> Tensor:
    """Return u + w^w − u ∘ w^w, (batch, rows): the usage after a write.

    Args:
        usage: (batch, rows): u.
        writing: (batch, rows): w^w.
    """
    return usage + writing - usage * writing


def allocation_weighting(usage: Tensor) -> Tensor:
    """Return a, (batch, rows): the weighting of the rows that are free to be written.

    a[φ_j] = (1 − u[φ_j]) Π_{i<j} u[φ_i], where φ, the free list, sorts the rows by their usage,
    least used first; of rows with the same usage, the first one comes first. As in the paper, the
    order itself has no gradient.

    Args:
        usage: (batch, rows): u.
    """
    ordered, free_list = usage.sort(dim=1, stable=True)
    before = torch.cat([torch.ones_like(ordered[:, :1]), ordered[:, :-1]], dim=1).cumprod(dim=1)
    return torch.zeros_like(usage).scatter(1, free_list, (1 - ordered) * before)


def write_weighting(
    content: Tensor, allocation: Tensor, writes: Tensor, allocates: Tensor
) -> Tensor:
    """Return w^w = g_w (g_a a + (1 − g_a) c^w), (batch, rows).

    Args:
        content: (batch, rows): c^w.
        allocation: (batch, rows): a.
        writes: (batch,): g_w.
        allocates: (batch,): g_a.
    """
    share = allocates.unsqueeze(-1)
    return writes.unsqueeze(-1) * (share * allocation + (1 - share) * content)


def written(matrix: Tensor, writing: Tensor, erase: Tensor, vector: Tensor) -> Tensor:
    """Return M ∘ (1 − w^w eᵀ) + w^w vᵀ, (batch, rows, size).

    Args:
        matrix: (batch, rows, size): M.
        writing: (batch, rows): w^w.
        erase: (batch, size): e, in [0, 1].
        vector: (batch, size): v.
    """
    column = writing.unsqueeze(-1)
    return matrix * (1 - column * erase.unsqueeze(1)) + column * vector.unsqueeze(1)


def linked(links: Tensor, precedence: Tensor, writing: Tensor) -> Tensor:
    """Return L after a write, (batch, rows, rows).

    L[i, j] = (1 − w^w[i] − w^w[j]) L[i, j] + w^w[i] p[j], and L[i, i] = 0: the degree to which
    row i was written directly after row j.

    Args:
        links: (batch, rows, rows): L.
        precedence: (batch, rows): p before the write.
        writing: (batch, rows): w^w.
    """
    column, row = writing.unsqueeze(2), writing.unsqueeze(1)
    changed = (1 - column - row) * links + column * precedence.unsqueeze(1)
    itself = torch.eye(links.shape[1], dtype=torch.bool, device=links.device)
    return changed.masked_fill(itself, 0)


def preceded(precedence: Tensor, writing: Tensor) -> Tensor:
    """Return p = (1 − Σ w^w) p + w^w, (batch, rows): the degree to which a row was written last.

    Args:
        precedence: (batch, rows): p before the write.
        writing: (batch, rows): w^w.
    """
    return (1 - writing.sum(dim=1, keepdim=True)) * precedence + writing


def followed(links: Tensor, reads: Tensor) -> tuple[Tensor, Tensor]:
    """Return b = Lᵀ w^r and f = L w^r, (batch, heads, rows) each.

    b are the rows that were written before those that were read, and f those written after them.

    Args:
        links: (batch, rows, rows): L.
        reads: (batch, heads, rows): w^r of the last step.
    """
    return reads @ links, reads @ links.transpose(1, 2)


def read_weighting(modes: Tensor, backward: Tensor, content: Tensor, forward: Tensor) -> Tensor:
    """Return w^r = π₁ b + π₂ c^r + π₃ f, with the shape of ``content``.

    Args:
        modes: (…, 3): π, with sum 1.
        backward: (…, rows): b.
        content: (…, rows): c^r.
        forward: (…, rows): f.
    """
    back, by_content, on = modes.unsqueeze(-2).unbind(dim=-1)
    return back * backward + by_content * content + on * forward
