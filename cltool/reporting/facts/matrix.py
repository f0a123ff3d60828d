"""Matrices of a row a step, each row compressed in memory, so that many runs need little of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 1
"""Of the compression: these bytes are read again soon."""


class Matrix:
    """Rows of numbers of one type; a step without a row is filled with one value."""

    def __init__(self, dtype: str, width: int, fill: int) -> None:
        """Make a matrix without rows.

        Args:
            dtype: the type of the numbers.
            width: how many numbers a row has.
            fill: the value where nothing was set.
        """
        self.dtype = np.dtype(dtype)
        self.width = width
        self.fill = fill
        self._rows: dict[int, tuple[int, bytes]] = {}

    def widen(self, width: int) -> None:
        """Make the rows wider; the rows so far are filled up."""
        self.width = width

    def set(self, step: int, row: NDArray[Any]) -> None:
        """Keep the row of a step."""
        import pyarrow as pa

        content = pa.Codec("zstd", LEVEL).compress(row.astype(self.dtype).tobytes(), asbytes=True)
        self._rows[step] = (len(row), content)

    def row(self, step: int) -> NDArray[Any]:
        """Return the row of a step."""
        import pyarrow as pa

        held = self._rows.get(step)
        if held is None:
            return np.full(self.width, self.fill, self.dtype)
        size, content = held
        plain = pa.Codec("zstd").decompress(content, size * self.dtype.itemsize, asbytes=True)
        return np.append(
            np.frombuffer(plain, self.dtype), np.full(self.width - size, self.fill, self.dtype)
        )
