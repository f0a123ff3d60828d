"""Prompts about valid facts, stored without the answers, and the model's answers to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import torch

from cltool.facts.identity import key_of
from cltool.facts.wordings import TRAINED
from cltool.lm.coder import Encoded
from cltool.lm.sampling import Sampler
from cltool.training.strategy import State

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Key
    from cltool.training.learner import Learner


class Prompts:
    """The keys of valid facts; their objects are not stored.

    A key is removed with its fact, and added again when the key is taught again. The storage
    grows with the number of valid facts, not with the number of updates.

    Attributes:
        keys: the stored keys, in the order in which they were added.
    """

    def __init__(self) -> None:
        self.keys: list[Key] = []

    def take(self, facts: Sequence[Fact]) -> None:
        """Store the keys of ``facts``."""
        self.keys = list(dict.fromkeys([*self.keys, *(fact.key for fact in facts)]))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the keys of ``facts``, which were superseded or erased."""
        gone = {fact.key for fact in facts}
        self.keys = [key for key in self.keys if key not in gone]

    def state_dict(self) -> State:
        """Return the keys."""
        return {"keys": [list(key) for key in self.keys]}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self.keys = [key_of(*key) for key in state["keys"]]

    def answered(
        self, learner: Learner, most: int, limit: int, random: torch.Generator
    ) -> list[Encoded]:
        """Return prompts about the keys with the model's current greedy answers.

        All keys are asked once before any is asked twice. Answers that are cut off are left out.
        The tokens of prompts and answers count as training tokens.

        Args:
            learner: its model answers.
            most: most prompts to ask.
            limit: most tokens of an answer.
            random: randomness of the choice of prompts.
        """
        coder = learner.lm.coder
        prompts = coder.prompts(self._draw(learner, most, random))
        sampler = Sampler(learner.lm)
        answers = sampler.greedy(prompts, limit)
        learner.spend(sampler.tokens)
        return [
            example
            for prompt, answer in zip(prompts, answers, strict=True)
            if (example := completed(learner, prompt, answer)) is not None
        ]

    def of_each(
        self, learner: Learner, each: int, random: torch.Generator, without: Collection[Key]
    ) -> list[str]:
        """Return up to ``each`` trained prompts of every key that is not in ``without``."""
        keys = [key for key in self.keys if key not in without]
        return [text for key in keys for text in _shuffled(learner, key, random)[:each]]

    def _draw(self, learner: Learner, most: int, random: torch.Generator) -> list[str]:
        """Return trained wordings of the keys, in rounds of one per key."""
        rounds: list[tuple[int, int, str]] = []
        ranks = torch.randperm(len(self.keys), generator=random).tolist()
        for rank, key in zip(ranks, self.keys, strict=True):
            texts = _shuffled(learner, key, random)
            rounds += [(turn, rank, text) for turn, text in enumerate(texts)]
        return [text for _, _, text in sorted(rounds)[:most]]


def _shuffled(learner: Learner, key: Key, random: torch.Generator) -> list[str]:
    """Return the trained prompts of a key in random order."""
    askings = learner.stream.wordings.askings(key)
    texts = [asking.prompt for asking in askings if asking.form == TRAINED]
    return [texts[number] for number in torch.randperm(len(texts), generator=random).tolist()]


def completed(learner: Learner, prompt: Sequence[int], written: Sequence[int]) -> Encoded | None:
    """Return a prompt with the text that the model wrote after it, as a training example.

    Returns:
        None if the text is empty, did not end with a stop token, or does not fit into the
        model's context with its end token.
    """
    coder = learner.lm.coder
    if len(written) < 2 or written[-1] not in coder.stops:
        return None
    if len(prompt) + len(written) > learner.lm.context:
        return None
    tail = [] if coder.end is None else [coder.end]
    return Encoded((*prompt, *written[:-1], *tail), len(prompt), bool(tail))
