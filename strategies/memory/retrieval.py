"""Looks up, for every prompt, the facts that it asks about, and puts them before it.

Lewis et al. (2020), "Retrieval-augmented generation for knowledge-intensive NLP tasks",
section 2: the passages z with the largest dᵀ(z) q(x) stand before the prompt x. The weights
stay as they are, as in the editors that keep edits outside of the model: Mitchell et al.
(2022), "Memory-based model editing at scale" (SERAC), where a scope classifier decides
whether an edit concerns a prompt, and Zheng et al. (2023), "Can we edit factual knowledge by
in-context learning?" (IKE), where the nearest edits are demonstrations. Here

    Z(x) = the updates' facts among the k facts with the largest cos(d(z), q(x)) ≥ τ

The base facts are looked up as well, but the model knows them, so they are not given: their
part is to say that no update concerns a prompt, which is then left untouched. A fact is
looked up by the prompts that ask for it in its trained wordings, rather than by the passage
that is read: d and q are bags of words and of pieces of words, weighted by their rarity
(Salton & Buckley 1988), or the vectors of any sentence-transformers model. What is kept grows
with what is known and true; a fact that is superseded or erased leaves at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from pydantic import Field

from cltool.core.errors import UserError
from cltool.strategies.memory.common.framing import Framing
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

Vector = np.ndarray[Any, np.dtype[np.float32]]

GRAMS = 1 << 18
"""How many numbers the bags' grams are hashed to."""


class RetrievalConfig(StrategyConfig):
    """Settings of `retrieval`."""

    top: int = Field(default=1, ge=1, description="k, most facts put before a prompt")
    threshold: float = Field(
        default=0.3, ge=-1, le=1, description="τ, least similarity (cosine) of such a fact"
    )
    encoder: str = Field(
        default="tfidf", description="tfidf, or the name or path of a sentence-transformers model"
    )
    base: bool = Field(default=False, description="also give the facts of the base knowledge")


class Retrieval(Strategy[RetrievalConfig]):
    """The facts that a prompt asks about, before it."""

    outside = "the facts that it puts before prompts"
    reads = True
    trains = False
    excludes: ClassVar[Mapping[str, str]] = {"memory": "both put facts before the prompt"}

    def attach(self, learner: Learner) -> None:
        """An empty index.

        Raises:
            UserError: the encoder cannot be had.
        """
        config = self.config
        self._learner = learner
        self._framing = Framing(learner, config.base)
        self._index: Index = (
            TfIdf() if config.encoder == "tfidf" else Sentences(config.encoder, learner.device)
        )
        self._facts: list[Fact] = []
        self._given: set[Fact] = set()
        self._step = -1

    def frame(self, prompt: str) -> str:
        """The prompt after what it asks about."""
        self._catch_up()
        if not self._given:
            return prompt
        config = self.config
        near = self._index.similarities(prompt)
        order = np.argsort(-near, kind="stable")[: config.top]
        found = [self._facts[place] for place in order if near[place] >= config.threshold]
        lines = [self._framing.line(fact) for fact in found if fact in self._given]
        return self._framing.frame(prompt, lines)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Take what is no longer true out of the index."""
        self._catch_up()

    def stored(self) -> State:
        """Every fact that can be given, and of the others what is asked for."""
        given = self._framing.facts()
        keys = {fact.key for fact in given}
        others = [fact.key for fact in self._learner.known.valid() if fact.key not in keys]
        return {"facts": fact_rows(given), "others": [list(key) for key in others]}

    def _catch_up(self) -> None:
        """Bring the index to what is known now."""
        if self._step == self._framing.step:
            return
        self._step = self._framing.step
        wordings = self._learner.stream.wordings
        facts = self._learner.known.valid()
        held = set(self._facts)
        new = [fact for fact in facts if fact not in held]
        places = {fact: place for place, fact in enumerate([*self._facts, *new])}
        self._index.change(
            [" ".join(prompt for prompt, _ in wordings.examples(fact)) for fact in new],
            [places[fact] for fact in facts],
        )
        self._facts = facts
        self._given = set(self._framing.facts())


class Index(Protocol):
    """Texts that can be looked up."""

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep those at the places ``kept``."""

    def similarities(self, text: str) -> Vector:
        """(texts,): the cosine of each with ``text``."""


class TfIdf:
    """Bags of words, pairs of words and pieces of words, hashed; the rarer, the heavier.

    Weights are tf · (1 + ln((1 + n) / (1 + df))). A gram that no text has weighs in
    a prompt too, so that unknown names make it dissimilar from all.
    """

    def __init__(self) -> None:
        self._sparse: Any = import_module("scipy.sparse")
        text: Any = import_module("sklearn.feature_extraction.text")
        self._counts: Any = self._sparse.csr_matrix((0, GRAMS), dtype=np.float32)
        self._hashes: Any = text.HashingVectorizer(
            analyzer=grams, n_features=GRAMS, alternate_sign=False, norm=None, dtype=np.float32
        )

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep those at the places ``kept``."""
        rows = [self._counts, *([self._hashes.transform(new)] if new else [])]
        counts: Any = self._sparse.vstack(rows, format="csr", dtype=np.float32)[list(kept)]
        self._counts = counts
        frequency = np.bincount(counts.indices, minlength=GRAMS)
        self._rarity = 1 + np.log((1 + counts.shape[0]) / (1 + frequency)).astype(np.float32)
        weights = self._weigh(counts)
        owners = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        norms = np.sqrt(np.bincount(owners, weights**2, minlength=counts.shape[0]))
        weights = (weights / norms[owners]).astype(np.float32)
        unit: Any = self._sparse.csr_matrix((weights, counts.indices, counts.indptr), counts.shape)
        # A row a gram: a prompt touches only the rows of its own grams.
        self._by_gram: Any = unit.T.tocsr()

    def similarities(self, text: str) -> Vector:
        """(texts,): the cosine of each with ``text``."""
        bag = self._hashes.transform([text])
        weights = self._weigh(bag)
        norm = float(np.sqrt((weights**2).sum())) or 1.0
        found: Vector = self._by_gram[bag.indices].T @ (weights / norm)
        return found

    def _weigh(self, bags: Any) -> Vector:
        weights: Vector = bags.data * self._rarity[bags.indices]
        return weights


def grams(text: str) -> list[str]:
    """Words, pairs of neighbouring words, and pieces of 3 to 5 letters of each word."""
    words = re.findall(r"\w+", text.casefold())
    found = [*words, *(f"{one} {two}" for one, two in pairwise(words))]
    for word in words:
        closed = f"<{word}>"
        for size in (3, 4, 5):
            found += [closed[at : at + size] for at in range(len(closed) - size + 1)]
    return found


class Sentences:
    """Vectors of a sentence-transformers model.

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
                hint="Install sentence-transformers, or use the encoder 'tfidf'.",
            ) from error
        try:
            self._model: Any = package.SentenceTransformer(name, device=str(device))
        except (OSError, ValueError, RuntimeError) as error:
            first = str(error).strip().split("\n", 1)[0]
            raise UserError(
                f"the encoder cannot be loaded: {first}",
                where=f"strategy.retrieval.encoder = {name!r}",
                hint="Give the name or path of a sentence-transformers model, or 'tfidf'.",
            ) from error
        self._vectors: Vector = np.zeros((0, 0), dtype=np.float32)

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep those at the places ``kept``."""
        if new:
            vectors = self._encode(new)
            old = self._vectors.reshape(-1, vectors.shape[1])
            self._vectors = np.concatenate([old, vectors])
        self._vectors = self._vectors[list(kept)]

    def similarities(self, text: str) -> Vector:
        """(texts,): the cosine of each with ``text``."""
        found: Vector = self._vectors @ self._encode([text])[0]
        return found

    def _encode(self, texts: Sequence[str]) -> Vector:
        vectors: Vector = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors
