"""A model under attack, and what an attack found out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import SPARE_TOKENS, Prober
from cltool.facts.facts import Key
from cltool.facts.stream import Probe
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler
from cltool.lm.token_scores import TokenScores, token_scores

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attack found out of one model.

    Attributes:
        scores: a number for each fact (or text) that the attack applies to.
        answers: what was said of a fact, where something was.
    """

    scores: dict[Key, float]
    answers: dict[Key, str] = field(default_factory=dict)


class Target:
    """One model, and how it is asked.

    Args:
        lm: the model; it is asked as it is at the time of each call.
        frame: what the strategies put around a prompt.
        settings: batch size and longest answer.
    """

    def __init__(
        self,
        lm: LanguageModel,
        frame: Callable[[str], str] = str,
        settings: ProbeSettings | None = None,
    ) -> None:
        self.lm = lm
        self.frame = frame
        self.settings = settings or ProbeSettings.model_validate({})
        self.prober = Prober(lm, self.settings)
        self.sampler = Sampler(lm, self.settings.batch_size)

    def ask(self, probes: Sequence[Probe]) -> list[dict[str, Any]]:
        """The greedy answers, as the ledger's rows."""
        return self.prober.ask(0, probes, self.frame) if probes else []

    def force(self, pairs: Sequence[tuple[str, str]]) -> list[TokenScores]:
        """What one forward pass says of each completion after its framed prompt."""
        framed = [(self.frame(prompt), completion) for prompt, completion in pairs]
        encoded = self.lm.coder.pairs(framed)
        return token_scores(self.lm, encoded, batch_size=self.settings.batch_size)

    def read(self, texts: Sequence[str]) -> list[TokenScores]:
        """What one forward pass says of every token of plain texts, cut to the context."""
        rows = [row[: self.lm.context] for row in self.lm.coder.prompts(texts)]
        encoded = [Encoded(tuple(row), 0, end=False) for row in rows]
        return token_scores(self.lm, encoded, batch_size=self.settings.batch_size, whole=True)

    def limit(self, answers: Iterable[str]) -> int:
        """Tokens after which an answer is cut off: a few more than the longest of ``answers``."""
        rows = self.lm.coder.prompts(sorted(set(answers)))
        longest = max((len(row) for row in rows), default=1)
        return min(self.settings.max_tokens, longest + SPARE_TOKENS)

    def fits(self, prompt: str, answer: str) -> bool:
        """Whether the model's context holds both, with room for what else may be said."""
        (row,) = self.lm.coder.prompts([self.frame(prompt) + answer])
        return len(row) + SPARE_TOKENS < self.lm.context


def means(keys: Iterable[Name], values: Iterable[float]) -> dict[Name, float]:
    """Mean of the values of each key, in the order in which the keys first appear."""
    found: dict[Name, list[float]] = {}
    for key, value in zip(keys, values, strict=True):
        found.setdefault(key, []).append(float(value))
    return {key: sum(row) / len(row) for key, row in found.items()}
