"""Questions that are asked and never taught, about texts that are trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cltool.facts.facts import Fact, Knowledge
from cltool.facts.stream import FUTURE, NEW, RETAINED, Probe
from cltool.facts.wordings import QUESTION


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the step whose texts answer it.

    Attributes:
        fact: its key, its answer with other spellings of it, and its tags.
        prompts: the ways of asking it.
        step: the step that trains the texts that answer it.
    """

    fact: Fact
    prompts: tuple[str, ...]
    step: int


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks questions after each step; an `ExtraProbes` of a stream.

    Attributes:
        questions: the questions.
    """

    questions: Sequence[Question]

    def __call__(self, known: Knowledge) -> Iterator[Probe]:
        """Make the probes of the step of ``known``."""
        for one in self.questions:
            group = FUTURE if one.step > known.step else NEW if one.step == known.step else RETAINED
            for number, prompt in enumerate(one.prompts):
                yield Probe(
                    *(one.fact.key, QUESTION, number, prompt, " ", "", group, one.step),
                    accepted=one.fact.accepted,
                    tags=one.fact.tags,
                )
