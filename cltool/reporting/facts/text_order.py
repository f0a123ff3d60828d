"""The order of the texts in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


class Order:
    """The texts that a page holds, in the order in which its columns name them."""

    def __init__(self, known: int) -> None:
        """Take ``known``, how many texts there are (`Texts`)."""
        self._place = np.full(known, -1, np.int64)
        self._chosen: list[Numbers] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, numbers: NDArray[Any]) -> None:
        """Take in the texts of a column; what is not a number of a text is left out."""
        named = numbers[(numbers >= 0) & (numbers < len(self._place))].astype(np.int64)
        fresh = named[self._place[named] < 0]
        if not len(fresh):
            return
        unique, first = np.unique(fresh, return_index=True)
        ordered = unique[np.argsort(first, kind="stable")]
        self._place[ordered] = np.arange(self._count, self._count + len(ordered))
        self._chosen.append(ordered)
        self._count += len(ordered)

    def places(self, numbers: NDArray[Any]) -> NDArray[np.uint32]:
        """Return the place of each text; what is not a number of a text stays as it is."""
        found = numbers.astype(np.int64)
        named = (found >= 0) & (found < len(self._place))
        found[named] = self._place[found[named]]
        return found.astype(np.uint32)

    def chosen(self) -> Numbers:
        """Return the numbers of the texts in their order."""
        return np.concatenate([*self._chosen, np.empty(0, np.int64)])
