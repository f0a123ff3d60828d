"""How long the answers and sentences are that a strategy lets its model write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cltool.evaluation.limits import SPARE_TOKENS, longest_of

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


def answer_limit(learner: Learner, least: int) -> int:
    """Return the most tokens of an answer: ``least``, or those of the longest known object.

    Args:
        learner: of the run; the facts that it knows decide, valid and erased ones.
        least: the result is at least this.
    """
    coder = learner.lm.coder
    longest = longest_of(coder, (target for _, target in _examples(learner)))
    return max(least, longest + SPARE_TOKENS)


def sentence_limit(learner: Learner, least: int) -> int:
    """Return the most tokens of a sentence: ``least``, or those of the longest known one.

    The arguments are those of `answer_limit`.
    """
    coder = learner.lm.coder
    longest = longest_of(coder, (prompt + target for prompt, target in _examples(learner)))
    return max(least, longest + SPARE_TOKENS)


def _examples(learner: Learner) -> Iterator[tuple[str, str]]:
    facts: list[Fact] = [belief.fact for belief in learner.known.beliefs()]
    for fact in facts:
        yield from learner.stream.wordings.examples(fact)
