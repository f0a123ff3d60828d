"""The model under attack, and the scores of an attack."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cltool.core.settings import ProbeSettings
from cltool.evaluation.judge import Judge
from cltool.evaluation.limits import SPARE_TOKENS, Askable, limit, longest_of
from cltool.evaluation.matching import NOBODY, RIGHT, Answer
from cltool.evaluation.prober import Prober
from cltool.facts.facts import Key
from cltool.facts.stream import Probe, Stream
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler
from cltool.lm.token_scores import TokenScores, token_scores

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The scores of one attack on one model.

    Attributes:
        scores: a number for each fact (or text) that the attack applies to.
        answers: for some attacks, what the model said about each fact.
    """

    scores: dict[Key, float]
    answers: dict[Key, str] = field(default_factory=dict)


class Target:
    """A model and the way it is asked.

    Args:
        lm: the model; each call uses its current weights.
        frame: what the strategies put around a prompt.
        settings: batch size, maximum length of an answer, and how answers are judged.
        stream: of the run; its objects are what an answer may mean.
    """

    def __init__(
        self,
        lm: LanguageModel,
        frame: Callable[[str], str] = str,
        settings: ProbeSettings | None = None,
        stream: Stream | None = None,
    ) -> None:
        self.lm = lm
        self.frame = frame
        self.settings = settings or ProbeSettings.model_validate({})
        self.prober = Prober(lm, self.settings, stream)
        self.askable = Askable(NOBODY, 0) if stream is None else Askable.of(stream, lm.coder)
        self.sampler = Sampler(lm, self.settings.batch_size)
        self._judge = Judge(self.askable.names, self.askable.relations)

    def ask(self, probes: Sequence[Probe]) -> list[dict[str, Any]]:
        """Return the greedy answers, as the ledger's rows."""
        return self.prober.ask(0, probes, self.frame) if probes else []

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[TokenScores]:
        """Score each completion after its framed prompt, in one forward pass."""
        framed = [(self.frame(prompt), completion) for prompt, completion in pairs]
        encoded = self.lm.coder.pairs(framed)
        return token_scores(self.lm, encoded, batch_size=self.settings.batch_size)

    def score_texts(self, texts: Sequence[str]) -> list[TokenScores]:
        """Score every token of plain texts, cut to the context, in one forward pass."""
        rows = [row[: self.lm.context] for row in self.lm.coder.documents(texts)]
        encoded = [Encoded(tuple(row), 0, end=False) for row in rows]
        return token_scores(self.lm, encoded, batch_size=self.settings.batch_size, whole=True)

    def answer_limit(self, answers: Iterable[str]) -> int:
        """Return the maximum length of an answer: a few tokens more than any of ``answers``."""
        longest = max(longest_of(self.lm.coder, answers), self.askable.longest)
        return limit(self.settings.max_tokens, longest, self.prober.match)

    def names(self, probe: Probe, answer: Answer) -> bool:
        """Return whether ``answer`` names an accepted object of ``probe``."""
        found = self._judge.by(self.prober.match, probe, answer)
        return found is not None and found.kind == RIGHT

    def fits(self, prompt: str, answer: str) -> bool:
        """Return whether prompt and answer fit into the model's context, with room to spare."""
        (row,) = self.lm.coder.prompts([self.frame(prompt) + answer])
        return len(row) + SPARE_TOKENS < self.lm.context


def means(keys: Iterable[Name], values: Iterable[float]) -> dict[Name, float]:
    """Return the mean of the values of each key; keys keep the order of first appearance."""
    found: dict[Name, list[float]] = {}
    for key, value in zip(keys, values, strict=True):
        found.setdefault(key, []).append(float(value))
    return {key: sum(row) / len(row) for key, row in found.items()}
