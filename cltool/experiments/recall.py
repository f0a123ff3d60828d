"""Measures what a model recalls of a text: by its length, and by where the facts stand in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.evaluation.knowledge_age import Share
from cltool.experiments import resolve
from cltool.experiments.beliefs import refuse_training
from cltool.experiments.recall_texts import KINDS, Text, Texts
from cltool.facts.stream import Stream

TOKENS = (64, 256, 1024, 4096)
"""Tokens of other text, by default."""

FORMAT = 1


@dataclass(frozen=True)
class Recalled:
    """What a model recalled of texts of one kind and length.

    Attributes:
        model: its name.
        kind: where the facts stand: ``begin``, ``middle`` or ``end`` of the text; ``superseded``:
            each is stated with an older object first; ``two hops``: a question needs two facts.
        tokens: least number of tokens of other text.
        asked: questions.
        right: answered right.
        outdated: answered with the older object.
        bytes: what the model kept of a text, on average; 0 if nothing was asked.
        too_long: whether the texts do not fit into the model's context.
    """

    model: str
    kind: str
    tokens: int
    asked: int
    right: int
    outdated: int
    bytes: int
    too_long: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the counts, and the share of right answers with its interval, as plain JSON."""
        share = Share(self.right, self.asked)
        low, high = share.interval() or (None, None)
        return {**asdict(self), "share": share.value, "low": low, "high": high}


@dataclass(frozen=True)
class Recall:
    """What models recall of texts.

    Attributes:
        scenario: the stream's name.
        rows: one for each model, kind and length.
        warnings: sentences that limit the conclusions.
    """

    scenario: str
    rows: tuple[Recalled, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        return {
            "format": FORMAT,
            "scenario": self.scenario,
            "rows": [row.as_json() for row in self.rows],
            "warnings": list(self.warnings),
        }


def recall(
    models: Sequence[str],
    stream: Stream | Path | str = "leaders",
    *,
    tokens: Sequence[int] = TOKENS,
    kinds: Sequence[str] = KINDS,
    count: int = 40,
    together: int = 4,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
    progress: Progress = QUIET,
) -> Recall:
    """Let models read facts and other text, then ask for the facts.

    The facts are those that the updates of the stream teach; the models are not trained on them.
    All models read the same facts. A model that reads in pieces reads each text once, and its
    memory is what it keeps. Any other model gets the text before each question.

    Args:
        models: registered models, folders or hub names of checkpoints, or GGUF files.
        stream: a stream, a scenario's name, or a path to a file of facts.
        tokens: numbers of tokens of other text.
        kinds: which texts are made, of `KINDS`.
        count: questions of each kind and length.
        together: facts in a text.
        seed: of the choice of facts and of other lines.
        settings: tables of settings: ``scenario``, ``model`` and ``probe``.
        progress: receives the progress of asking.

    Raises:
        UserError: a setting is wrong, a model cannot be loaded, or no update teaches a fact.
    """
    tables = dict(settings or {})
    opened = resolve.as_stream(stream, tables.pop("scenario", {}))
    refuse_training(tables)
    if len(opened) < 2 or not any(update.learn for update in opened.updates[1:]):
        raise UserError(
            "no update of this stream teaches a fact, so there is nothing to read",
            where=opened.name,
            hint="Give facts with at least one update after the base.",
        )
    rows: list[Recalled] = []
    warnings: dict[str, None] = dict.fromkeys(opened.warnings)
    for name in models:
        tables["model"] = {**tables.get("model", {}), "name": name}
        resolved = resolve.resolve("naive", tables)
        found = _Measured(opened, resolved, together, seed, progress)
        rows += found.rows(tokens, kinds, count)
        warnings |= dict.fromkeys(found.warnings)
    return Recall(opened.name, tuple(rows), tuple(warnings))


class _Measured:
    """Asks one model."""

    def __init__(
        self,
        stream: Stream,
        settings: resolve.Settings,
        together: int,
        seed: int,
        progress: Progress,
    ) -> None:
        from cltool.evaluation.judge import Judge
        from cltool.evaluation.limits import Askable, limit
        from cltool.evaluation.matchers import CONTAINS, EXACT, chosen
        from cltool.evaluation.reader import Reader
        from cltool.experiments.base_model import prepare

        progress(0, 1, "loading libraries")
        self._lm, fitting = prepare(stream, settings, progress)
        match = chosen(settings.probe, self._lm)
        self._match = match if match == EXACT else CONTAINS
        askable = Askable.of(fitting, self._lm.coder)
        self._judge = Judge(askable.names, askable.relations)
        self._limit = limit(settings.probe.max_tokens, askable.longest, self._match)
        self._reader = Reader(self._lm, settings.probe.batch_size)
        self._texts = Texts(fitting, self._lm.coder, together, seed)
        self._name, self._progress = settings.model.name, progress
        self.warnings = [*fitting.warnings, *self._lm.warnings]

    def rows(self, tokens: Sequence[int], kinds: Sequence[str], count: int) -> Iterator[Recalled]:
        """Yield a row for each kind and number of tokens; kinds without facts are left out."""
        points = [(kind, size) for kind in kinds for size in tokens]
        for done, (kind, size) in enumerate(points):
            self._progress(done, len(points), f"{kind}, {size} tokens")
            texts = list(self._texts.of(kind, size, count))
            if texts:
                yield self._asked(kind, size, texts)
        self._progress(len(points), len(points), "asked")

    def _asked(self, kind: str, size: int, texts: Sequence[Text]) -> Recalled:
        asked = right = outdated = kept = 0
        for text in texts:
            answers = self._reader.answers(
                text.lines, [probe.prompt for probe in text.probes], self._limit
            )
            if answers is None:
                return Recalled(self._name, kind, size, 0, 0, 0, 0, too_long=True)
            kept += self._reader.bytes
            for probe, answer in zip(text.probes, answers, strict=True):
                found = self._judge.by(self._match, probe, answer)
                asked += 1
                right += found is not None and found.kind == "right"
                outdated += found is not None and found.kind == "outdated"
        return Recalled(self._name, kind, size, asked, right, outdated, kept // len(texts))
