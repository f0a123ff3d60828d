"""Texts and codes as numbers: each distinct one once, by its first appearance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation.matchers import CHOICE

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


_BASE = np.int64(6_364_136_223_846_793_005)
"""Of the polynomial; it is odd and spreads small numbers over all bits."""


class Texts:
    """Distinct texts, numbered by their first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def numbers(self, texts: Iterable[str]) -> Numbers:
        """Return the numbers of texts."""
        known = self._numbers
        return np.array([known.setdefault(text, len(known)) for text in texts], np.int64)

    def coded(self, column: Any) -> Numbers:
        """Return the number of each value of an Arrow column of texts; -1 for null."""
        import pyarrow as pa

        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        encoded = whole.dictionary_encode()
        places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        numbers = np.append(self.numbers(encoded.dictionary.to_pylist()), -1)
        found: Numbers = numbers[places]
        return found

    def all(self) -> list[str]:
        """Return all texts in the order of their numbers."""
        return list(self._numbers)


def mixed(numbers: Sequence[Numbers]) -> Numbers:
    """Return a code for each row of several columns; other rows have another code.

    It is a polynomial in the numbers, modulo 2^64, so two rows of a ledger have the same code by
    chance with a probability of less than one in a million.
    """
    code = np.zeros(len(numbers[0]), np.int64)
    for column in numbers:
        code = code * _BASE + column + 1
    return code


class Numbering:
    """Distinct whole numbers (codes), numbered in the order in which they first appear."""

    def __init__(self) -> None:
        self._codes: Numbers = np.empty(0, np.int64)
        self._sorted: Numbers = self._codes
        self._order: Numbers = self._codes

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def codes(self) -> Numbers:
        """All codes in the order of their numbers."""
        return self._codes

    def add(self, codes: Numbers) -> Numbers:
        """Take in the codes that are new, and return the number of each code."""
        found = self.numbers(codes)
        if (found < 0).any():
            unique, first = np.unique(codes[found < 0], return_index=True)
            self.keep(np.append(self._codes, unique[np.argsort(first)]))
            found = self.numbers(codes)
        return found

    def keep(self, codes: Numbers) -> None:
        """Have these codes and no others."""
        self._codes = codes
        self._order = np.argsort(codes, kind="stable")
        self._sorted = codes[self._order]

    def numbers(self, codes: Numbers) -> Numbers:
        """Return the number of each code; -1 for one that is not known."""
        if not len(self):
            return np.full(len(codes), -1, np.int64)
        near = np.minimum(np.searchsorted(self._sorted, codes), len(self) - 1)
        return np.where(self._sorted[near] == codes, self._order[near], -1)


def is_judged(table: pa.Table) -> Flags:
    """Return which rows have the verdict that decides (`cltool.evaluation.matchers.is_judged`)."""
    ways = Texts()
    by_choice = ways.coded(table["match"]) == ways.number(CHOICE)
    valid: Flags = table["choice"].is_valid().to_numpy()
    found: Flags = ~by_choice | valid
    return found
