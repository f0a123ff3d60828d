"""Associative memories: matrices that learn keys and values while the model reads.

A memory is a matrix M, (features, width), for each row of a batch. It is read with a key k as
M^T k. Schlag et al. (2021), "Linear Transformers Are Secretly Fast Weight Programmers", equation
(22), write a value v at the key k by the delta rule, with a write strength β:

    M ← M + β k (v − M^T k)^T

This is a step of gradient descent on ½‖M^T k − v‖². Behrouz et al. (2025), "Titans: Learning to
Memorize at Test Time", section 3.1, call its gradient the surprise, and add forgetting (a decay of
M). The memories here are their linear memory without momentum.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def features(states: Tensor, expansion: int) -> Tensor:
    """Return (…, 2 · size · expansion): sparse keys of length 1, for states (…, size).

    Deterministic parameter-free projection (Schlag et al. 2021, equation (37)): products of two
    entries of max(0, [x, −x]). More features keep more pairs of keys and values apart. A state of
    zeros has the features zero, so a write with it changes nothing.

    Args:
        states: (…, size).
        expansion: ν, the number of products for each entry.
    """
    halves = functional.relu(torch.cat([states, -states], dim=-1))
    products = [halves * halves.roll(shift, dims=-1) for shift in range(1, expansion + 1)]
    return functional.normalize(torch.cat(products, dim=-1), dim=-1)


def read(memory: Tensor, keys: Tensor) -> Tensor:
    """Return (batch, length, width): the values at ``keys``, (batch, length, features)."""
    return keys @ memory


def written(memory: Tensor, keys: Tensor, values: Tensor, strengths: Tensor) -> Tensor:
    """Return the memory after the values have been written one after the other.

    The writes of a row are done at once, in the UT form of Yang et al. (2024), "Parallelizing
    Linear Transformers with the Delta Rule over Sequence Length", section 3.2: M + K^T U, where

        (I + diag(β) tril(K K^T, −1)) U = diag(β) (V − K M)

    Args:
        memory: (batch, features, width).
        keys: (batch, length, features), each of length 1 or 0.
        values: (batch, length, width).
        strengths: (batch, length): β from 0, which leaves the memory as it is, to 1, after which
            the memory has exactly this value at this key.
    """
    strengths = strengths.unsqueeze(-1)
    between = strengths * (keys @ keys.transpose(1, 2)).tril(-1)
    new = strengths * (values - read(memory, keys))
    # The solver does not know lower precisions.
    solved = torch.linalg.solve_triangular(
        between.float(), new.float(), upper=False, unitriangular=True
    )
    after: Tensor = memory + keys.transpose(1, 2) @ solved.to(memory.dtype)
    return after


def decay(half_life: float, tokens: int) -> float:
    """Return the factor by which a memory shrinks in ``tokens`` tokens.

    Args:
        half_life: the number of tokens in which it halves.
        tokens: passed.
    """
    return float(2.0 ** (-tokens / half_life))
