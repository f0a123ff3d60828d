"""Tells the model what is new before every prompt, and never trains it.

Brown et al. (2020), "Language models are few-shot learners", section 2: what the model is to
do is said in its context, and no weight is changed: y = argmax p(y | c₁ … c_n, x), here with
the facts of the updates as c. Zheng et al. (2023), "Can we edit factual knowledge by
in-context learning?" (IKE), put the edits there together with demonstrations of how to read
them; here the facts stand alone. Those of the newest update come first, as many as the
model's window holds beside the prompt and the longest answer; the older ones are lost. A
fact that is superseded or erased leaves at once. What is kept grows with what was taught and
is still true.
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
        default=False, description="also give the facts of the base knowledge, after the others"
    )


class InContext(Strategy[InContextConfig]):
    """The newest facts before every prompt."""

    outside = "the facts that it puts before prompts"
    reads = True
    trains = False
    excludes: ClassVar[Mapping[str, str]] = {"memory": "both put facts before the prompt"}

    def attach(self, learner: Learner) -> None:
        """Nothing is known beside the base yet."""
        self._framing = Framing(learner, self.config.base)
        self._step = -1
        self._lines: list[str] = []

    def frame(self, prompt: str) -> str:
        """The prompt after the newest facts."""
        if self._step != self._framing.step:
            self._step = self._framing.step
            self._lines = self._framing.first(self._framing.facts())
        return self._framing.frame(prompt, self._lines)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Let go of the lines; the next prompt's are of what is true then."""
        self._step, self._lines = -1, []

    def stored(self) -> State:
        """Every fact that may be given."""
        return {"facts": fact_rows(self._framing.facts())}
