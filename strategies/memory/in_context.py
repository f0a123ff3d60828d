"""Puts the newest facts before every prompt; never trains the model.

Brown et al. (2020), "Language models are few-shot learners", section 2: the task is described in
the context, and the weights do not change: y = argmax p(y | c₁ … c_n, x). Here c are the facts of
the updates. Zheng et al. (2023), "Can we edit factual knowledge by in-context learning?" (IKE),
add demonstrations of how to read the edits; here only the facts are given. The facts of the
newest update come first. As many are given as fit into the model's context window beside the
prompt and the longest answer; older facts are left out. A superseded or erased fact is removed at
once. Storage grows with the number of valid facts that updates taught.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from cltool.strategies.memory.common.framing import Framing
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class InContextConfig(StrategyConfig):
    """Settings of `in_context`."""

    base: bool = Field(
        default=False, description="whether facts of the base are given too, after the others"
    )


class InContext(Strategy[InContextConfig]):
    """Puts the newest facts before every prompt."""

    shares_weights = True
    outside = "the facts that it puts before prompts"
    reads = True
    trains = False
    excludes: ClassVar[Mapping[str, str]] = {"memory": "both put facts before the prompt"}

    def attach(self, learner: Learner) -> None:
        """Start without facts."""
        self._framing = Framing(learner, self.config.base)
        self._step = -1
        self._facts: list[Fact] = []
        self._lines: list[str] = []

    def frame(self, prompt: str) -> str:
        """Return the prompt after the newest facts."""
        self._refresh()
        return self._framing.frame(prompt, self._lines)

    def given(self, prompt: str) -> list[Fact]:
        """Return the facts before ``prompt``: the newest that fit."""
        self._refresh()
        return self._facts[: self._framing.count(prompt, self._lines)]

    def forget(self, facts: Sequence[Fact]) -> None:
        """Delete the lines; the next prompt makes them from the facts that are valid then."""
        self._step, self._facts, self._lines = -1, [], []

    def stored(self) -> State:
        """Return the facts that may be given."""
        return {"facts": fact_rows(self._framing.facts())}

    def _refresh(self) -> None:
        """Choose the facts that are valid at the current step."""
        if self._step != self._framing.step:
            self._step = self._framing.step
            self._facts = self._framing.facts()
            self._lines = self._framing.first(self._facts)
