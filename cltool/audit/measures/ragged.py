"""Arrays of unlike length, one an item, and a number for each of them."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cltool.core.errors import UserError

Values = NDArray[np.float64]
"""(items,): one number an item."""

Ragged = Sequence[ArrayLike] | NDArray[Any]
"""One array an item, of any length; a single number counts as an array of one."""


@dataclass(frozen=True, slots=True, eq=False)
class PerItem:
    """A measure of every item, and its mean.

    Attributes:
        values: (items,), as published; NaN where an item has nothing to be measured by.
        mean: over the items that have something; NaN without any.
        n: how many those are.
    """

    values: Values
    mean: float
    n: int


def per_item(values: ArrayLike, counted: ArrayLike | None = None) -> PerItem:
    """``values`` with their mean.

    Args:
        values: (items,).
        counted: (items,), bool: the items that the mean is over; by default all. A NaN among
            them is a broken score and makes the mean NaN.
    """
    found = np.asarray(values, dtype=np.float64)
    chosen = found if counted is None else found[np.asarray(counted, dtype=bool)]
    return PerItem(found, float(chosen.mean()) if len(chosen) else float("nan"), len(chosen))


def rows(values: Ragged, masks: Ragged | None = None) -> list[Values]:
    """The items' arrays, each cut down to where its mask is true.

    Args:
        values: what to read, one array an item; numbers or booleans.
        masks: true (or 1) where an element counts, of the same shapes; by default all count.

    Raises:
        UserError: masks and values do not fit each other.
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
    """Check that every item has as many elements in ``other`` as in ``first``.

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
    """Check that there are as many items in ``other`` as in ``first``.

    Raises:
        UserError: they differ.
    """
    if len(first) != len(other):
        raise UserError(
            f"{len(first)} items cannot be matched with {len(other)} {what}",
            hint="Give one for each item, in the same order.",
        )
