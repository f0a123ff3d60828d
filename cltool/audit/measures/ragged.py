"""Arrays of different lengths, one for each item, and measures with one number for each item."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cltool.core.errors import UserError

Values = NDArray[np.float64]
"""(items,): one number for each item."""

Ragged = Sequence[ArrayLike] | NDArray[Any]
"""One array of any length for each item; a single number counts as an array of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class PerItem:
    """A measure of every item, and its mean.

    Attributes:
        values: (items,), as published; NaN for an item that has no value.
        mean: over the items that count; NaN without any.
        n: number of items that count.
    """

    values: Values
    mean: float
    n: int


def per_item(values: ArrayLike, counted: ArrayLike | None = None) -> PerItem:
    """Return ``values`` with their mean.

    Args:
        values: (items,).
        counted: (items,), bool: the items that count in the mean; by default all. A NaN among
            them makes the mean NaN.
    """
    found = np.asarray(values, dtype=np.float64)
    chosen = found if counted is None else found[np.asarray(counted, dtype=bool)]
    return PerItem(found, float(chosen.mean()) if len(chosen) else float("nan"), len(chosen))


def rows(values: Ragged, masks: Ragged | None = None) -> list[Values]:
    """Return the items' arrays, each reduced to the elements whose mask is true.

    Args:
        values: numbers or booleans, one array for each item.
        masks: true (or 1) for elements that count, of the same shapes; by default all count.

    Raises:
        UserError: the shapes of masks and values differ.
    """
    found = [np.atleast_1d(np.asarray(row, dtype=np.float64)) for row in values]
    if masks is None:
        return found
    kept = [np.atleast_1d(np.asarray(mask, dtype=bool)) for mask in masks]
    same_length(found, kept, "masks")
    for number, (row, mask) in enumerate(zip(found, kept, strict=True)):
        if row.shape != mask.shape:
            raise UserError(
                f"a mask of shape {mask.shape} cannot mask values of shape {row.shape}",
                where=f"item {number}",
                hint="Give one mask element for each value.",
            )
    return [row[mask] for row, mask in zip(found, kept, strict=True)]


def aligned(first: Sequence[Values], other: Sequence[Values], what: str) -> None:
    """Check that each item has the same number of elements in ``first`` and in ``other``.

    Raises:
        UserError: they differ.
    """
    same_length(first, other, what)
    for number, (one, two) in enumerate(zip(first, other, strict=True)):
        if len(one) != len(two):
            raise UserError(
                f"{len(one)} tokens cannot be matched with {len(two)} {what}",
                where=f"item {number}",
                hint="Score both over the same tokens.",
            )


def same_length(first: Sized, other: Sized, what: str) -> None:
    """Check that ``first`` and ``other`` have the same number of items.

    Raises:
        UserError: they differ.
    """
    if len(first) != len(other):
        raise UserError(
            f"{len(first)} items cannot be matched with {len(other)} {what}",
            hint="Give one for each item, in the same order.",
        )
