"""Bags of words, pairs of words and pieces of words, weighted by rarity (tf-idf).

The weights are tf · (1 + ln((1 + n) / (1 + df))), of n texts of which df have the gram (Salton &
Buckley 1988). Grams of a prompt that are in no text count too, so a prompt with unknown names is
dissimilar from all texts. Grams are hashed into `GRAMS` numbers, so no table of grams is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float32]]

GRAMS = 1 << 18
"""Number of hash values for grams."""


def grams(text: str) -> list[str]:
    """Return words, pairs of adjacent words, and pieces of 3 to 5 characters of each word."""
    words = re.findall(r"\w+", text.casefold())
    pieces = (piece for word in words for piece in _pieces(word))
    return [*words, *(f"{one} {two}" for one, two in pairwise(words)), *pieces]


def bags(texts: Iterable[str]) -> Any:
    """Return (texts, `GRAMS`), a sparse matrix: how often each text has each of its `grams`."""
    sparse: Any = import_module("scipy.sparse")
    found = [np.unique(_numbers(text), return_counts=True) for text in texts]
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in found)])
    numbers, counts = zip(*found, strict=True) if found else ((), ())
    return sparse.csr_matrix(
        (
            np.concatenate(counts, dtype=np.float32) if found else np.zeros(0, dtype=np.float32),
            np.concatenate(numbers) if found else np.zeros(0, dtype=np.int32),
            ends,
        ),
        shape=(len(found), GRAMS),
    )


def _numbers(text: str) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Return the hash values of the grams of ``text``."""
    words = re.findall(r"\w+", text.casefold())
    pairs = [_number(f"{one} {two}") for one, two in pairwise(words)]
    return np.concatenate([np.array(pairs, dtype=np.int32), *map(_of_word, words)])


def _pieces(word: str) -> list[str]:
    closed = f"<{word}>"
    return [closed[at : at + size] for size in (3, 4, 5) for at in range(len(closed) - size + 1)]


@lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.array([*map(_number, [word, *_pieces(word)])], dtype=np.int32)


@lru_cache(maxsize=1 << 18)
def _number(gram: str) -> int:
    """Return the hash value of a gram, as scikit-learn's HashingVectorizer does."""
    utils: Any = import_module("sklearn.utils")
    return abs(int(utils.murmurhash3_32(gram))) % GRAMS


class GramIndex:
    """An index of texts in memory; a prompt reads only the texts that share a gram with it."""

    def __init__(self) -> None:
        self._sparse: Any = import_module("scipy.sparse")
        text: Any = import_module("sklearn.feature_extraction.text")
        self._counts: Any = self._sparse.csr_matrix((0, GRAMS), dtype=np.float32)
        self._weights: Any = text.TfidfTransformer()

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep only those with the indices ``kept``."""
        rows = [self._counts, *([bags(new)] if new else [])]
        self._counts = self._sparse.vstack(rows, format="csr", dtype=np.float32)[list(kept)]
        if kept:
            # One row per gram: a prompt reads only the rows of its own grams.
            self._by_gram: Any = self._weights.fit_transform(self._counts).T.tocsr()

    def similarities(self, text: str) -> Vector:
        """Return (texts,): the cosine of each text with ``text``."""
        if not self._counts.shape[0]:
            return np.zeros(0, dtype=np.float32)
        bag = self._weights.transform(bags([text]))
        found: Vector = self._by_gram[bag.indices].T @ bag.data
        return found
