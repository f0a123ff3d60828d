"""Computes how probable a model finds each of several names after one prompt.

The score of a name is its natural-log probability divided by its number of tokens, so that long
names can be compared with short ones. The tokens before the name, such as the beginning of the
assistant's sentence in a chat, do not count. The prompt is read once for all its names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cltool.core.errors import OTHER_MODEL, Diverged
from cltool.core.team import ALONE, Team
from cltool.lm.coder import Encoded
from cltool.lm.shared_prefix import Branches, branch_logps
from cltool.lm.token_scores import token_scores

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel

TOLERANCE = 2e-2
"""Nats per token by which a log-probability may change if names share one pass over the prompt."""

ROUGH_TOLERANCE = 0.5
"""The same with autocast, which rounds logits to about a tenth of a nat."""

TRIED = 4
"""Names whose log-probabilities are compared with those of whole sequences."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A prompt and the names that may follow it.

    Attributes:
        prompt: the text that is asked.
        gap: what is between prompt and name: white space, or the beginning of a sentence.
        names: the names.
    """

    prompt: str
    gap: str
    names: tuple[str, ...]


Scorer = Callable[[Sequence[Alternatives]], list[list[float]]]
"""Returns the score of each name of each prompt."""


class NameScorer:
    """Scores names with one model; a `Scorer`.

    Args:
        lm: the model, in its state at the time of each call.
        batch_size: names in a forward pass.
        team: the processes that share the work; all must ask.
    """

    def __init__(self, lm: LanguageModel, batch_size: int = 128, team: Team = ALONE) -> None:
        self.lm = lm
        self._team = team
        self.batch_size = batch_size
        self._shares: bool | None = None

    def __call__(self, asked: Sequence[Alternatives]) -> list[list[float]]:
        """Return the mean log-probability per token of each name after each prompt.

        It is minus infinity for a name that does not fit into the model's context.

        Raises:
            Diverged: the model's probabilities are not numbers.
        """
        rows = self._rows(asked)
        fits = [n for n, row in enumerate(rows) if len(row) <= self.lm.context]
        found = [-math.inf] * len(rows)
        logps = self._logps([rows[n] for n in fits])
        for n, logp in zip(fits, logps, strict=True):
            found[n] = logp / (len(rows[n]) - rows[n].start)
        if any(math.isnan(one) for one in found):
            raise Diverged("the model's probabilities are not numbers (NaN)", hint=OTHER_MODEL)
        scores = iter(found)
        return [[next(scores) for _ in one.names] for one in asked]

    def _rows(self, asked: Sequence[Alternatives]) -> list[Encoded]:
        """Return each name of each prompt as tokens; ``start`` is the first token that counts."""
        leads = [(one.prompt, one.gap.rstrip()) for one in asked]
        stems = iter(self._without_end([pair for pair in leads if pair[1]]))
        named = [(one.prompt, one.gap + name) for one in asked for name in one.names]
        rows = iter(self._without_end(named))
        found = []
        for one, (_, lead) in zip(asked, leads, strict=True):
            shared = next(stems).ids if lead else ()
            for _ in one.names:
                row = next(rows)
                begins = len(shared) < len(row) and row.ids[: len(shared)] == shared
                found.append(replace(row, start=len(shared)) if lead and begins else row)
        return found

    def _without_end(self, pairs: Sequence[tuple[str, str]]) -> list[Encoded]:
        encoded = self.lm.coder.pairs(pairs)
        return [Encoded(one.ids[: len(one) - one.end], one.start, end=False) for one in encoded]

    def _logps(self, rows: Sequence[Encoded]) -> list[float]:
        was_training = self.lm.model.training
        self.lm.model.eval()
        try:
            found = None if self._shares is False else self._with_shared_prompts(rows)
            return self._alone(rows) if found is None else found
        finally:
            self.lm.model.train(was_training)

    def _with_shared_prompts(self, rows: Sequence[Encoded]) -> list[float] | None:
        """Return the log-probabilities; None if the model cannot go on after a prompt."""
        same: dict[tuple[int, ...], list[int]] = {}
        for number, row in enumerate(rows):
            same.setdefault(row.ids[: row.start], []).append(number)
        if not all(same):
            return None
        branches = [
            Branches(prompt, tuple(rows[n].ids[rows[n].start :] for n in numbers))
            for prompt, numbers in same.items()
        ]
        logps = branch_logps(self.lm, branches, self.batch_size, self._team)
        if logps is None:
            self._shares = False
            return None
        found = [0.0] * len(rows)
        for numbers, values in zip(same.values(), logps, strict=True):
            for n, value in zip(numbers, values, strict=True):
                found[n] = value
        if self._shares is None and rows:
            self._shares = self._agrees(rows[:TRIED], found[:TRIED])
        return found if self._shares else None

    def _agrees(self, rows: Sequence[Encoded], found: Sequence[float]) -> bool:
        most = TOLERANCE if self.lm.precision.name == "float32" else ROUGH_TOLERANCE
        whole = self._alone(rows)
        return all(
            abs(one - other) <= most * max(1, len(row) - row.start)
            for one, other, row in zip(found, whole, rows, strict=True)
        )

    def _alone(self, rows: Sequence[Encoded]) -> list[float]:
        """Return the log-probabilities, each row as a whole sequence."""
        counted = [replace(row, start=max(row.start, 1)) for row in rows]
        scores = token_scores(self.lm, counted, batch_size=self.batch_size)
        return [float(one.logps.sum()) for one in scores]
