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
(tf-idf; Salton & Buckley 1988), or the vectors of a sentence-transformers model.

With `index = graph`, facts are found by their names. The prompt must contain the subject as the
fact spells it, and words of the relation's trained wordings. Facts are edges subject → object, and
a path of one or two edges from the named subject is given if its relations explain at least the
share τ of the other words. So "The home town of the best friend of Ann is" is asked after two
facts: who the best friend of Ann is, and where that person's home town is. A path is given if an
update taught one of its facts.

With `store = duckdb`, the facts are in a DuckDB file: a million of them fit, and superseded facts
stay in it with the days on which they held. The file is a temporary one; a run that is resumed
makes it again. With `store = memory`, a superseded fact is removed at once. With both stores,
nothing about the key of an erased fact is kept. The DuckDB file is written again without it.
Storage grows with the number of facts.

With `as_of`, the facts are given that were valid on that day, in place of those that are valid
now. The days are those of a dated file of facts: a fact holds from its own day until the day of
the fact that supersedes it. What changed again within one update is not in the stream.

`docs/retrieval.md` says when to use which store and index, what a lookup costs, and what was
measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from cltool.core.errors import UserError
from cltool.strategies.memory.common.duckdb_store import DuckdbStore
from cltool.strategies.memory.common.entries import Entry, Store, catch_up
from cltool.strategies.memory.common.fact_graph import FactGraph
from cltool.strategies.memory.common.framing import Framing
from cltool.strategies.memory.common.gram_index import GramIndex
from cltool.strategies.memory.common.list_store import ListStore
from cltool.strategies.memory.common.sentence_encoder import SentenceEncoder, VectorIndex
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class RetrievalConfig(StrategyConfig):
    """Settings of `retrieval`."""

    top: int = Field(
        default=1, ge=1, description="k, most facts (of a graph: paths) put before a prompt"
    )
    threshold: float = Field(
        default=0.3,
        ge=-1,
        le=1,
        description="τ, least cosine similarity of fact and prompt; of a graph: least share of the"
        " prompt's words that a path must explain",
    )
    index: Literal["vector", "graph"] = Field(
        default="vector",
        description="vector: the facts that are most similar to the prompt; graph: those about the"
        " subject and the relations that it names, also over two facts",
    )
    encoder: str = Field(
        default="tfidf",
        description="what similarity is measured with: tfidf, minilm (fetch it with `cltool models"
        " add minilm`), or the name or path of a sentence-transformers model",
    )
    store: Literal["memory", "duckdb"] = Field(
        default="memory",
        description="where the facts are: in memory, or in a DuckDB file (cltool[duckdb])",
    )
    as_of: date | None = Field(
        default=None,
        description="a day, YYYY-MM-DD: give the facts that were valid on it; none: those that are"
        " valid now",
    )
    base: bool = Field(default=False, description="whether facts of the base are given too")


class Retrieval(Strategy[RetrievalConfig]):
    """Puts the facts that a prompt asks about before it."""

    shares_weights = True
    outside = "the facts that it puts before prompts"
    reads = True
    trains = False
    excludes: ClassVar[Mapping[str, str]] = {"memory": "both put facts before the prompt"}

    def attach(self, learner: Learner) -> None:
        """Create an empty store.

        Raises:
            UserError: the encoder cannot be loaded, duckdb is not installed, or facts are wanted
                as of a day and the stream has no dates.
        """
        config = self.config
        if config.as_of is not None and not learner.stream.days:
            raise UserError(
                f"the facts as of {config.as_of} are not known: the stream has no dates",
                where="strategy.retrieval.as_of",
                hint="Use a scenario with dates, such as leaders or a file of facts with --cut, or"
                " remove the setting.",
            )
        self._learner = learner
        self._framing = Framing(learner, config.base)
        self._store = self._new_store()
        graph = config.index == "graph"
        self._graph = FactGraph(self._store, learner.stream.wordings) if graph else None
        self._found: dict[str, list[Fact]] = {}
        self._step = -1

    def frame(self, prompt: str) -> str:
        """Return the prompt after the facts that it asks about."""
        lines = [self._framing.line(fact) for fact in self._look_up(prompt)]
        return self._framing.frame(prompt, lines)

    def given(self, prompt: str) -> list[Fact]:
        """Return the facts before ``prompt``, the nearest first."""
        facts = self._look_up(prompt)
        return facts[: self._framing.count(prompt, [self._framing.line(fact) for fact in facts])]

    def forget(self, facts: Sequence[Fact]) -> None:
        """Remove superseded and erased facts from what is given, and erased ones from the store."""
        self._refresh()

    def stored(self) -> State:
        """Return the facts that can be given, and the keys of the other facts."""
        self._refresh()
        entries = self._store.entries()
        given = [entry.fact for entry in entries if self._may_give([entry])]
        keys = {fact.key for fact in given}
        others = [entry.fact.key for entry in entries if entry.fact.key not in keys]
        return {"facts": fact_rows(given), "others": [list(key) for key in others]}

    def stored_bytes(self) -> int:
        """Return the bytes of the file of facts, or those of the facts in memory."""
        self._refresh()
        size = self._store.size()
        return super().stored_bytes() if size is None else size

    def _new_store(self) -> Store:
        config, days = self.config, self._learner.stream.days
        searched = config.index == "vector"
        encoder = None
        if searched and config.encoder != "tfidf":
            encoder = SentenceEncoder(config.encoder, self._learner.device)
        if config.store == "duckdb":
            return DuckdbStore(self._text, days, config.as_of, searched, encoder)
        index = GramIndex() if encoder is None else VectorIndex(encoder)
        return ListStore(self._text, days, index if searched else None, config.as_of)

    def _text(self, fact: Fact) -> str:
        """Return the text by which a fact is found: all its trained prompts."""
        return " ".join(prompt for prompt, _ in self._learner.stream.wordings.examples(fact))

    def _look_up(self, prompt: str) -> list[Fact]:
        """Return the facts that ``prompt`` asks about, whether they fit before it or not."""
        self._refresh()
        if prompt not in self._found:
            paths = self._paths(prompt) if self._step > 0 or self.config.base else []
            kept = [path for path in paths if self._may_give(path)]
            # Facts of two paths can be the same.
            facts = dict.fromkeys(entry.fact for path in kept for entry in path)
            self._found[prompt] = [*facts]
        return self._found[prompt]

    def _paths(self, prompt: str) -> list[tuple[Entry, ...]]:
        config = self.config
        if self._graph is not None:
            return self._graph.paths(prompt, config.top, config.threshold)
        near = self._store.nearest(prompt, config.top)
        return [(entry,) for entry, cosine in near if cosine >= config.threshold]

    def _may_give(self, path: Sequence[Entry]) -> bool:
        return self.config.base or any(entry.learned > 0 for entry in path)

    def _refresh(self) -> None:
        """Take the updates into the store that it does not have yet."""
        known = self._learner.known
        if self._step == known.step:
            return
        if self._graph is not None:
            for update in known.updates[self._step + 1 :]:
                self._graph.note(update.learn)
        catch_up(self._store, known, self._step)
        self._step = known.step
        self._found.clear()
