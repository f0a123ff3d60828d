"""Lets the model read the lines of an update and answer from what its memory then holds.

The update is not trained. Its lines go through the model in order, and the state s of the model's
memory after them goes before every prompt x:

    s_t = f(s_{t−1}, lines of update t)        answer = argmax p(y | s_t, x)

A model that reads in pieces (`tiny-window`, `tiny-compressive`, `tiny-dnc`, …) reads each update
once, and s is its state: the keys and values of a window, the memories of Rae et al. (2020),
"Compressive Transformers for Long-Range Sequence Modelling", or a matrix. Any other model keeps no
state between texts, so the lines themselves are put before the prompt, the oldest first. If there
is not enough room, the oldest lines are left out: a plain context window, as in Brown et al.
(2020), "Language models are few-shot learners".

When a fact is superseded or erased, the entries of its line are removed from the state. An entry of
a compressed memory also holds the tokens beside it, and these are removed with it. Later entries
were computed from activations that had read the line, so a trace of it can remain in them. In
`tiny-hierarchical`, all lines share the entries of two matrices, and nothing can be removed from
these. The erasure record says which is the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from cltool.strategies.memory.common.framing import Framing
from cltool.strategies.memory.common.read_memory import ReadMemory
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Update
    from cltool.training.learner import Learner


class ReadConfig(StrategyConfig):
    """Settings of `read`; there are none."""


class Read(Strategy[ReadConfig]):
    """Lets the model read the lines of an update."""

    outside = "what its memory has read"
    reads = True
    trains = False
    excludes: ClassVar[Mapping[str, str]] = {"memory": "both put facts before the prompt"}

    def attach(self, learner: Learner) -> None:
        """Start with an empty memory."""
        self._framing = Framing(learner, base=False)
        self._memory = ReadMemory.of(learner)
        self._step = -1
        self._facts: list[Fact] = []
        self._lines: list[str] = []

    def update(self, learner: Learner, update: Update) -> None:
        """Read the lines of the update's facts."""
        if self._memory is not None:
            self._memory.read([(fact.key, self._framing.line(fact)) for fact in update.learn])

    def frame(self, prompt: str) -> str:
        """Return the prompt: as it is if the memory holds the facts, else after their lines."""
        if self._memory is not None:
            return prompt
        self._refresh()
        newest = self._lines[: self._framing.count(prompt, self._lines)]
        return "".join(newest[::-1]) + prompt

    def given(self, prompt: str) -> list[Fact] | None:
        """Return the facts before ``prompt``; None if the memory holds them."""
        if self._memory is not None:
            return None
        self._refresh()
        return self._facts[: self._framing.count(prompt, self._lines)]

    def forget(self, facts: Sequence[Fact]) -> None:
        """Remove the entries of superseded and erased facts from the memory."""
        self._step, self._facts, self._lines = -1, [], []
        if self._memory is not None:
            self._memory.remove([fact.key for fact in facts])

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> Mapping[str, str]:
        """Say that later entries can hold traces of the erased facts."""
        if self._memory is None or not self._memory.traces([fact.key for fact in facts]):
            return {}
        why = (
            "its entries are removed, but activations that read its line stay in the memory"
            if self._memory.separable
            else "the lines of all facts share the entries of the memory"
        )
        return {"memory": f"{INSEPARABLE}: {why}"}

    def stored(self) -> State:
        """Return the memory, or the facts whose lines are put before prompts."""
        if self._memory is not None:
            return self._memory.state_dict()
        return {"facts": fact_rows(self._framing.facts())}

    def state_dict(self) -> State:
        """Return the memory; without one, the facts are known from the stream."""
        return self._memory.state_dict() if self._memory is not None else {}

    def load_state_dict(self, state: State) -> None:
        """Restore the memory."""
        if self._memory is not None:
            self._memory.load_state_dict(state)

    def _refresh(self) -> None:
        """Choose the facts that are valid at the current step, the newest first."""
        if self._step != self._framing.step:
            self._step = self._framing.step
            self._facts = self._framing.facts()
            self._lines = self._framing.first(self._facts)
