"""Facts that are put before a prompt: their wording, and how many fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.models.tiny.reading import line

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.facts.stream import Stream
    from cltool.training.learner import Learner

SPARE_TOKENS = 8
"""Room beyond the longest answer: the end token, and some text before the answer is cut off."""


class Framing:
    """Puts facts before the prompts of one learner.

    Args:
        learner: its model's context window limits the text; its stream has the wordings.
        base: whether facts of the base knowledge may be given too.
    """

    def __init__(self, learner: Learner, base: bool) -> None:
        self._learner = learner
        self._base = base
        self._space = learner.lm.context - _longest_answer(learner) - SPARE_TOKENS

    @property
    def step(self) -> int:
        """The last update."""
        return self._learner.known.step

    def facts(self) -> list[Fact]:
        """Return the valid facts that may be given, those of the newest update first."""
        beliefs = [
            belief
            for belief in self._learner.known.beliefs()
            if not belief.erased and (self._base or belief.learned > 0)
        ]
        beliefs.sort(key=lambda belief: -belief.learned)
        return [belief.fact for belief in beliefs]

    def line(self, fact: Fact) -> str:
        """Return the line that gives ``fact``."""
        return line(fact, self._learner.stream.wordings)

    def frame(self, prompt: str, lines: Sequence[str]) -> str:
        """Return ``prompt`` after the first of ``lines``, as many as leave room to answer."""
        return "".join(lines[: self.count(prompt, lines)]) + prompt

    def count(self, prompt: str, lines: Sequence[str]) -> int:
        """Return how many of ``lines`` fit before ``prompt`` and leave room to answer."""
        for count in range(len(lines), 0, -1):
            if self._size("".join(lines[:count]) + prompt) <= self._space:
                return count
        return 0

    def first(self, facts: Sequence[Fact]) -> list[str]:
        """Return the lines of the first of ``facts``, as many as fit before an empty prompt.

        They are in the order of ``facts``.
        """
        lines: list[str] = []
        coder = self._learner.lm.coder
        left = self._space - self._size("")
        for fact in facts:
            lines.append(self.line(fact))
            left -= len(coder.texts([lines[-1]])[0])
            if left < 0:
                return lines[:-1]
        return lines

    def _size(self, text: str) -> int:
        return len(self._learner.lm.coder.prompts([text])[0])


def _longest_answer(learner: Learner) -> int:
    """Return the number of tokens of the longest answer of the stream."""
    texts = sorted(set(_answers(learner.stream)), key=lambda text: len(text.encode()))
    # A token is at least one byte and rarely more than eight.
    long = [text for text in texts if 8 * len(text.encode()) >= len(texts[-1].encode())]
    return max((len(ids) for ids in learner.lm.coder.texts(long)), default=0)


def _answers(stream: Stream) -> list[str]:
    return [
        asking.wording.target(fact.object)
        for update in stream
        for fact in update.learn
        for asking in stream.wordings.askings(fact.key)
    ]
