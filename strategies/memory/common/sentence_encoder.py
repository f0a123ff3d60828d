"""Vectors of texts from a sentence-transformers model, and an index of them in memory."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from cltool.core.errors import UserError
from cltool.models import packaged

Vector = np.ndarray[Any, np.dtype[np.float32]]


class SentenceEncoder:
    """A sentence-transformers model.

    Raises:
        UserError: the package is not installed, or the model cannot be loaded.
    """

    def __init__(self, name: str, device: Any) -> None:
        try:
            package: Any = import_module("sentence_transformers")
        except ImportError as error:
            raise UserError(
                "sentence-transformers is not installed",
                where=f"strategy.retrieval.encoder = {name!r}",
                hint="Install it (pip install 'cltool[encoders]'), or set the encoder to 'tfidf'.",
            ) from error
        source = str(packaged.folder(name)) if name in packaged.PACKAGES else name
        try:
            self._model: Any = package.SentenceTransformer(source, device=str(device))
        except (OSError, ValueError, RuntimeError) as error:
            first = str(error).strip().split("\n", 1)[0]
            raise UserError(
                f"the encoder cannot be loaded: {first}",
                where=f"strategy.retrieval.encoder = {name!r}",
                hint="Give the name or path of a sentence-transformers model, or 'tfidf'.",
            ) from error

    def encode(self, texts: Sequence[str]) -> Vector:
        """Return (texts, width): a vector of length 1 for each text."""
        vectors: Vector = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors


class VectorIndex:
    """An index of the vectors of texts in memory.

    Args:
        encoder: makes the vectors.
    """

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._vectors: Vector = np.zeros((0, 0), dtype=np.float32)

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep only those with the indices ``kept``."""
        if new:
            vectors = self._encoder.encode(new)
            old = self._vectors.reshape(-1, vectors.shape[1])
            self._vectors = np.concatenate([old, vectors])
        self._vectors = self._vectors[list(kept)]

    def similarities(self, text: str) -> Vector:
        """Return (texts,): the cosine of each text with ``text``."""
        found: Vector = self._vectors @ self._encoder.encode([text])[0]
        return found
