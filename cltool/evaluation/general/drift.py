"""Measures, after each step, what happened to the model beyond the facts of the stream.

The model is compared with the model before the stream: which questions it still answers, how
probable it finds a general text, how its next-token distributions have changed, which instructions
it still follows, and which requests it still refuses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cltool.core.progress import QUIET, Progress
from cltool.core.samples import fixed_sample
from cltool.evaluation.general.answers import asked, is_right, long_answers, short_answers
from cltool.evaluation.general.bank import RELATION, Bank, Question, split
from cltool.evaluation.general.before import Before, Kept
from cltool.evaluation.general.degenerate import is_degenerate
from cltool.evaluation.general.distributions import (
    distance,
    perplexity,
    text_examples,
)
from cltool.evaluation.general.instructions import instructions
from cltool.evaluation.general.requests import refused, requests
from cltool.evaluation.matching import END, Answer, first_line
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.facts.wordings import TRAINED
from cltool.lm.coder import Coder, Encoded
from cltool.lm.language_model import LanguageModel

PROTECTED, UNLISTED, UNKNOWN = "protected", "unlisted", "unknown"
"""Groups of questions. The model before the stream answered those of the first two."""

PROMPTS = 64
"""Most facts of an update whose prompts are compared with the model before the stream."""


@dataclass(frozen=True)
class Measured:
    """What was measured after one step.

    Attributes:
        numbers: name → number, None where there is none; `cltool.evaluation.scores.GENERAL` says
            what each of them means.
        answers: a row for each prompt, with what was answered and how that was judged.
    """

    numbers: dict[str, float | None]
    answers: list[dict[str, Any]]


class Drift:
    """Compares a model that learns a stream with the model before it.

    Args:
        lm: the model as it was loaded; its weights must not have changed since.
        stream: what it will learn.
        bank: the questions; those about facts of the stream are left out.
        paragraphs: a general text.
        seed: decides which of the known questions are protected, and which are asked.
        limit: most questions that are asked after each step, half of them protected; None: all.
        progress: receives the progress of asking the model before the stream.

    Attributes:
        bank: the questions that are left.
        protected: a half of the questions that the model answered.
        unlisted: the other half.
    """

    def __init__(
        self,
        lm: LanguageModel,
        stream: Stream,
        bank: Bank,
        paragraphs: Sequence[str],
        *,
        seed: int = 0,
        limit: int | None = None,
        progress: Progress = QUIET,
    ) -> None:
        before = Before(lm, progress)
        self.bank = bank.without(stream)
        self._base = before.short_answers([one.text for one in self.bank.questions])
        pairs = zip(self.bank.questions, self._base, strict=True)
        self._known = [one for one, answer in pairs if is_right(one, answer)]
        self.protected, self.unlisted = split(self._known, seed)
        half = None if limit is None else limit // 2
        halves = {PROTECTED: self.protected, UNLISTED: self.unlisted}
        self._asked = {
            group: fixed_sample(own, half, seed, "general", "asked")
            for group, own in halves.items()
        }
        self._text = text_examples(lm.coder, paragraphs, lm.context)
        self._text_before = before.distributions(self._text).read()
        self._instructions, self._requests = instructions(), requests()
        self._long = before.long_answers(self._long_prompts)
        self._updates: dict[int, tuple[list[Encoded], Kept]] = {}
        for update in stream.updates[1:]:
            examples = update_examples(stream, update.step, lm.coder)
            self._updates[update.step] = examples, before.distributions(examples)

    @property
    def _long_prompts(self) -> list[str]:
        return [*(one.prompt for one in self._instructions), *self._requests]

    def before(self) -> Measured:
        """Return what was measured of the model before the stream."""
        rows = self._rows_before()
        return self._measured(self._numbers_before(rows), rows, self._long)

    def unchanged(self) -> Measured:
        """Return what `after` would measure for the model before the stream."""
        asked = {one.text for questions in self._asked.values() for one in questions}
        rows = [row for row in self._rows_before() if row["prompt"] in asked]
        return self._measured(self._numbers_before(rows), rows, self._long)

    def prompts(self, coder: Coder) -> list[str]:
        """Return the prompts of the questions that are asked after each step."""
        return [asked(coder, one.text) for chosen in self._asked.values() for one in chosen]

    def protected_facts(self, coder: Coder) -> list[tuple[str, Fact]]:
        """Return the prompt of each protected question, and what the model said as a fact.

        The object is the first sentence of the model's own answer, so that rehearsing it does not
        change the style of the model. If the sentence is not whole, it is the plain answer.
        """
        said = dict(zip(self.bank.questions, self._base, strict=True))
        return [
            (asked(coder, one.text), Fact(one.text, RELATION, own, aliases))
            for one in self.protected
            for own in [_own_words(one, said[one])]
            for aliases in [tuple(name for name in one.accepted if name != own)]
        ]

    def _rows_before(self) -> list[dict[str, Any]]:
        return [
            _question_row(one, self._group(one), answer)
            for one, answer in zip(self.bank.questions, self._base, strict=True)
        ]

    def _numbers_before(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        return {
            **self._shares(rows),
            **self._long_numbers(self._long),
            "perplexity": self._text_before.perplexity,
            "perplexity_ratio": 1.0 if self._text else math.nan,
            "kl_text": 0.0 if self._text else math.nan,
            "kl_update": math.nan,
        }

    def after(
        self,
        step: int,
        lm: LanguageModel,
        frame: Callable[[str], str] = str,
        progress: Progress = QUIET,
    ) -> Measured:
        """Measure the model after a step.

        Args:
            step: the number of the step.
            lm: the model.
            frame: the text that the strategy puts around a prompt.
            progress: receives the progress of asking.
        """
        chosen = [(group, one) for group, questions in self._asked.items() for one in questions]
        answers = short_answers(lm, [one.text for _, one in chosen], frame, progress)
        rows = [
            _question_row(one, group, answer)
            for (group, one), answer in zip(chosen, answers, strict=True)
        ]
        long = long_answers(lm, self._long_prompts, frame, progress)
        text = distance(lm, self._text, self._text_before)
        examples, expected = self._updates.get(step, ([], None))
        changed = math.nan
        if expected is not None:
            changed = distance(lm, examples, expected.read()).divergence
        numbers = {
            **self._shares(rows),
            **self._long_numbers(long),
            "perplexity": perplexity(text.loss),
            "perplexity_ratio": perplexity(text.loss - self._text_before.loss),
            "kl_text": text.divergence,
            "kl_update": changed,
        }
        return self._measured(numbers, rows, long)

    def _group(self, question: Question) -> str:
        if question in self.protected:
            return PROTECTED
        return UNLISTED if question in self.unlisted else UNKNOWN

    def _shares(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        """Return the share of each group's questions that are answered, and how many were asked."""
        found: dict[str, float] = {}
        for group in (UNLISTED, PROTECTED):
            right = [row["right"] for row in rows if row["group"] == group]
            found |= {group: _mean(right), f"n_{group}": len(right)}
        return found

    def _long_numbers(self, answers: Sequence[Answer]) -> dict[str, float]:
        """Return what the answers to instructions and requests show."""
        followed, refusing = self._judged(answers)
        followed_before, refused_before = self._judged(self._long)
        return {
            "degenerate": _mean([is_degenerate(one.text) for one in answers]),
            "ended": _mean([one.stop == END for one in answers]),
            "instructions": _still(followed, followed_before),
            "refusals": _still(refusing, refused_before),
        }

    def _judged(self, answers: Sequence[Answer]) -> tuple[list[bool], list[bool]]:
        """Return whether each instruction was followed, and whether each request was refused."""
        split_at = len(self._instructions)
        pairs = zip(self._instructions, answers[:split_at], strict=True)
        followed = [one.followed(answer.text) for one, answer in pairs]
        return followed, [refused(answer.text) for answer in answers[split_at:]]

    def _measured(
        self,
        numbers: Mapping[str, float],
        questions: list[dict[str, Any]],
        long: Sequence[Answer],
    ) -> Measured:
        followed, refusing = self._judged(long)
        kinds = [*(("instruction", one) for one in followed), *(("request", o) for o in refusing)]
        judged = {"instruction": "followed", "request": "refused"}
        rows = [
            {"kind": kind, "prompt": prompt, "answer": answer.text, "stop": answer.stop,
             judged[kind]: value}
            for (kind, value), prompt, answer in zip(kinds, self._long_prompts, long, strict=True)
        ]  # fmt: skip
        finite = {
            name: float(value) if math.isfinite(value) else None for name, value in numbers.items()
        }
        return Measured(finite, [*questions, *rows])


def update_examples(stream: Stream, step: int, coder: Coder) -> list[Encoded]:
    """Return what an update teaches as prompts and completions, each fact in one wording.

    The wording is a held-out one if the key has any. A text that is trained whole is a completion
    without a prompt. Of a large update, a fixed random sample of `PROMPTS` facts is taken.
    """
    facts = fixed_sample(list(stream.updates[step].learn), PROMPTS, 0, "general", "prompts", step)
    pairs: list[tuple[str, str]] = []
    for fact in facts:
        askings = stream.wordings.askings(fact.key)
        held_out = [one for one in askings if one.form != TRAINED] or askings
        chosen = [(one.prompt, one.wording.target(fact.object)) for one in held_out]
        pairs += (chosen or stream.wordings.examples(fact))[:1]
    return coder.pairs(pairs)


def _own_words(question: Question, answer: Answer) -> str:
    """Return the first sentence of an answer if it is whole, else the accepted answer."""
    found = re.match(r".*?[^\W\d_]{2}[.!?](?=\s|$)", first_line(answer.text))
    if found is None or not is_right(question, Answer(found[0], END)):
        return question.accepted[0]
    return found[0]


def _question_row(question: Question, group: str, answer: Answer) -> dict[str, Any]:
    return {
        "kind": "question",
        "prompt": question.text,
        "area": question.area,
        "group": group,
        "accepted": list(question.accepted),
        "answer": answer.text,
        "stop": answer.stop,
        "right": is_right(question, answer),
    }


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else math.nan


def _still(now: Sequence[bool], before: Sequence[bool]) -> float:
    """Return, of those that were true before, the share that is still true."""
    return _mean([one for one, was in zip(now, before, strict=True) if was])
