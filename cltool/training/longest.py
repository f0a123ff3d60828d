"""How long the answers and sentences are that a strategy lets its model write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cltool.evaluation.limits import SPARE_TOKENS, longest_of

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


def answer_limit(learner: Learner, least: int, asked: int | None = None, of: str = "") -> int:
    """Return the most tokens of an answer: ``least``, or those of the longest known object.

    Args:
        learner: of the run; the facts that it knows decide, valid and erased ones. It gets a
            warning if ``asked`` is too low for one of them.
        least: the result is at least this.
        asked: the setting ``max_tokens`` of a strategy, which is returned if it is given.
        of: the name of the strategy.
    """
    coder = learner.lm.coder
    longest = longest_of(coder, (target for _, target in _examples(learner)))
    return _limit(learner, least, asked, of, "object", longest)


def sentence_limit(learner: Learner, least: int, asked: int | None = None, of: str = "") -> int:
    """Return the most tokens of a sentence: ``least``, or those of the longest known one.

    The arguments are those of `answer_limit`.
    """
    coder = learner.lm.coder
    longest = longest_of(coder, (prompt + target for prompt, target in _examples(learner)))
    return _limit(learner, least, asked, of, "sentence", longest)


def _limit(
    learner: Learner, least: int, asked: int | None, of: str, what: str, longest: int
) -> int:
    if asked is None:
        return max(least, longest + SPARE_TOKENS)
    if asked <= longest:  # the end token needs room, too
        warning = (
            f"strategy.{of}.max_tokens = {asked} is too low for the longest known {what}: longer"
            " ones are cut off and not used. Leave the setting out; the limit then follows from the"
            " facts."
        )
        if warning not in learner.warnings:
            learner.warnings.append(warning)
    return asked


def _examples(learner: Learner) -> Iterator[tuple[str, str]]:
    facts: list[Fact] = [belief.fact for belief in learner.known.beliefs()]
    for fact in facts:
        yield from learner.stream.wordings.examples(fact)
