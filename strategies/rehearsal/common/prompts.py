"""What is asked about, kept without the answers, and what the model answers by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from cltool.facts.wordings import TRAINED
from cltool.lm.coder import Encoded
from cltool.lm.sampling import Sampler
from cltool.training.strategy import State

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Key
    from cltool.training.learner import Learner


class Prompts:
    """The keys of facts that are true; their objects are not kept.

    A key leaves with its fact, and comes back when it is taught again. What is kept grows
    with what is known, not with the number of updates.

    Attributes:
        keys: those that are kept, in the order in which they came.
    """

    def __init__(self) -> None:
        self.keys: list[Key] = []

    def take(self, facts: Sequence[Fact]) -> None:
        """Keep the keys of ``facts``."""
        self.keys = list(dict.fromkeys([*self.keys, *(fact.key for fact in facts)]))

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the keys of ``facts``, which are no longer true."""
        gone = {fact.key for fact in facts}
        self.keys = [key for key in self.keys if key not in gone]

    def state_dict(self) -> State:
        """The keys."""
        return {"keys": [list(key) for key in self.keys]}

    def load_state_dict(self, state: State) -> None:
        """Take back what ``state_dict`` gave."""
        self.keys = [(subject, relation) for subject, relation in state["keys"]]

    def answered(
        self, learner: Learner, most: int, limit: int, random: torch.Generator
    ) -> list[Encoded]:
        """Prompts of the keys with the answers that the model gives now, greedily.

        No key is asked a second time before all were asked once. Answers that are cut off
        are left out. The tokens of prompts and answers count as training tokens.

        Args:
            learner: asks its model.
            most: most prompts that are asked.
            limit: longest answer, in tokens.
            random: which prompts are asked.
        """
        coder = learner.lm.coder
        prompts = coder.prompts(self._draw(learner, most, random))
        answers = Sampler(learner.lm).greedy(prompts, limit)
        learner.spend(sum(map(len, prompts)) + sum(map(len, answers)))
        return [
            example
            for prompt, answer in zip(prompts, answers, strict=True)
            if (example := completed(learner, prompt, answer)) is not None
        ]

    def _draw(self, learner: Learner, most: int, random: torch.Generator) -> list[str]:
        """Trained wordings of the keys, in rounds of one for each key."""
        rounds: list[tuple[int, int, str]] = []
        places = torch.randperm(len(self.keys), generator=random).tolist()
        for place, key in zip(places, self.keys, strict=True):
            askings = learner.stream.wordings.askings(key)
            texts = [asking.prompt for asking in askings if asking.form == TRAINED]
            order = torch.randperm(len(texts), generator=random).tolist()
            rounds += [(turn, place, texts[number]) for turn, number in enumerate(order)]
        return [text for _, _, text in sorted(rounds)[:most]]


def completed(learner: Learner, prompt: Sequence[int], written: Sequence[int]) -> Encoded | None:
    """A prompt and what the model wrote after it, as something to train on.

    Returns:
        None where the text did not end by itself, nothing was written, or the model's context
        does not hold it with its end.
    """
    coder = learner.lm.coder
    if len(written) < 2 or written[-1] not in coder.stops:
        return None
    if len(prompt) + len(written) > learner.lm.context:
        return None
    tail = [coder.eos] if coder.eos is not None else []
    return Encoded((*prompt, *written[:-1], *tail), len(prompt), bool(tail))
