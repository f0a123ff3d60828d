"""Finds the facts that a prompt asks about and puts them before the prompt.

Lewis et al. (2020), "Retrieval-augmented generation for knowledge-intensive NLP tasks",
section 2: the passages z with the largest dᵀ(z) q(x) are put before the prompt x. The weights do
not change. Editors that keep edits outside the model do the same: Mitchell et al. (2022),
"Memory-based model editing at scale" (SERAC), where a classifier decides whether an edit concerns
a prompt, and Zheng et al. (2023), "Can we edit factual knowledge by in-context learning?" (IKE),
where the nearest edits are given as demonstrations. Here the facts

    Z(x) = the updates' facts among the k facts with the largest cos(d(z), q(x)) ≥ τ

are put before x. The base facts are in the index too, but they are not given, because the model
knows them: if a base fact is the nearest, no update concerns the prompt, and the prompt is left
unchanged. A fact is found by the prompts that ask for it in its trained wordings, not by the line
that is given. d and q are bags of words and of pieces of words, weighted by their rarity
(tf-idf; Salton & Buckley 1988), or the vectors of a sentence-transformers model. Storage grows
with the number of valid facts. A superseded or erased fact is removed at once.
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
from cltool.models import packaged
from cltool.strategies.memory.common.framing import Framing
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

Vector = np.ndarray[Any, np.dtype[np.float32]]

GRAMS = 1 << 18
"""Number of hash values for grams."""


class RetrievalConfig(StrategyConfig):
    """Settings of `retrieval`."""

    top: int = Field(default=1, ge=1, description="k, most facts put before a prompt")
    threshold: float = Field(
        default=0.3, ge=-1, le=1, description="τ, least cosine similarity of fact and prompt"
    )
    encoder: str = Field(
        default="tfidf",
        description="tfidf, minilm (fetch it with `cltool models add minilm`), or the name or path"
        " of a sentence-transformers model",
    )
    base: bool = Field(default=False, description="whether facts of the base are given too")


class Retrieval(Strategy[RetrievalConfig]):
    """Puts the facts that a prompt asks about before it."""

    outside = "the facts that it puts before prompts"
    reads = True
    trains = False
    excludes: ClassVar[Mapping[str, str]] = {"memory": "both put facts before the prompt"}

    def attach(self, learner: Learner) -> None:
        """Create an empty index.

        Raises:
            UserError: the encoder cannot be loaded.
        """
        config = self.config
        self._learner = learner
        self._framing = Framing(learner, config.base)
        self._index: Index = (
            TfIdf() if config.encoder == "tfidf" else Encoder(config.encoder, learner.device)
        )
        self._facts: list[Fact] = []
        self._given: set[Fact] = set()
        self._step = -1

    def frame(self, prompt: str) -> str:
        """Return the prompt after the facts that it asks about."""
        return self._framing.frame(
            prompt, [self._framing.line(fact) for fact in self._look_up(prompt)]
        )

    def given(self, prompt: str) -> list[Fact]:
        """Return the facts before ``prompt``, the nearest first."""
        facts = self._look_up(prompt)
        return facts[: self._framing.count(prompt, [self._framing.line(fact) for fact in facts])]

    def _look_up(self, prompt: str) -> list[Fact]:
        """Return the facts that ``prompt`` asks about, whether they fit before it or not."""
        self._refresh()
        if not self._given:
            return []
        config = self.config
        cosines = self._index.similarities(prompt)
        order = np.argsort(-cosines, kind="stable")[: config.top]
        found = [self._facts[index] for index in order if cosines[index] >= config.threshold]
        return [fact for fact in found if fact in self._given]

    def forget(self, facts: Sequence[Fact]) -> None:
        """Remove superseded and erased facts from the index."""
        self._refresh()

    def stored(self) -> State:
        """Return the facts that can be given, and the keys of the other facts."""
        given = self._framing.facts()
        keys = {fact.key for fact in given}
        others = [fact.key for fact in self._learner.known.valid() if fact.key not in keys]
        return {"facts": fact_rows(given), "others": [list(key) for key in others]}

    def _refresh(self) -> None:
        """Change the index to the facts that are valid at the current step."""
        if self._step == self._framing.step:
            return
        self._step = self._framing.step
        wordings = self._learner.stream.wordings
        facts = self._learner.known.valid()
        held = set(self._facts)
        new = [fact for fact in facts if fact not in held]
        indices = {fact: index for index, fact in enumerate([*self._facts, *new])}
        self._index.change(
            [" ".join(prompt for prompt, _ in wordings.examples(fact)) for fact in new],
            [indices[fact] for fact in facts],
        )
        self._facts = facts
        self._given = set(self._framing.facts())


class Index(Protocol):
    """Texts that can be searched."""

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep only those with the indices ``kept``."""

    def similarities(self, text: str) -> Vector:
        """Return (texts,): the cosine of each text with ``text``."""


class TfIdf:
    """Bags of words, pairs of words and pieces of words, hashed and weighted by rarity.

    The weights are tf · (1 + ln((1 + n) / (1 + df))). Grams of a prompt that are in no text
    count too, so a prompt with unknown names is dissimilar from all texts.
    """

    def __init__(self) -> None:
        self._sparse: Any = import_module("scipy.sparse")
        text: Any = import_module("sklearn.feature_extraction.text")
        self._counts: Any = self._sparse.csr_matrix((0, GRAMS), dtype=np.float32)
        self._hashes: Any = text.HashingVectorizer(
            analyzer=grams, n_features=GRAMS, alternate_sign=False, norm=None, dtype=np.float32
        )
        self._weights: Any = text.TfidfTransformer()

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep only those with the indices ``kept``."""
        rows = [self._counts, *([self._hashes.transform(new)] if new else [])]
        self._counts = self._sparse.vstack(rows, format="csr", dtype=np.float32)[list(kept)]
        if kept:
            # One row per gram: a prompt reads only the rows of its own grams.
            self._by_gram: Any = self._weights.fit_transform(self._counts).T.tocsr()

    def similarities(self, text: str) -> Vector:
        """Return (texts,): the cosine of each text with ``text``."""
        if not self._counts.shape[0]:
            return np.zeros(0, dtype=np.float32)
        bag = self._weights.transform(self._hashes.transform([text]))
        found: Vector = self._by_gram[bag.indices].T @ bag.data
        return found


def grams(text: str) -> list[str]:
    """Return words, pairs of adjacent words, and pieces of 3 to 5 characters of each word."""
    words = re.findall(r"\w+", text.casefold())
    found = [*words, *(f"{one} {two}" for one, two in pairwise(words))]
    for word in words:
        closed = f"<{word}>"
        for size in (3, 4, 5):
            found += [closed[at : at + size] for at in range(len(closed) - size + 1)]
    return found


class Encoder:
    """An index of vectors of a sentence-transformers model.

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
        self._vectors: Vector = np.zeros((0, 0), dtype=np.float32)

    def change(self, new: Sequence[str], kept: Sequence[int]) -> None:
        """Add the texts ``new`` at the end, then keep only those with the indices ``kept``."""
        if new:
            vectors = self._encode(new)
            old = self._vectors.reshape(-1, vectors.shape[1])
            self._vectors = np.concatenate([old, vectors])
        self._vectors = self._vectors[list(kept)]

    def similarities(self, text: str) -> Vector:
        """Return (texts,): the cosine of each text with ``text``."""
        found: Vector = self._vectors @ self._encode([text])[0]
        return found

    def _encode(self, texts: Sequence[str]) -> Vector:
        vectors: Vector = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors
