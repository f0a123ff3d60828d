"""Measures the model before the stream once, and keeps its answers and probabilities in the cache.

An entry of the cache is named by a hash of the model, of what it was asked, and of the code that
asks. The model itself is not needed a second time, so no run keeps two models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.core.digests import code_digest, of_json
from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.progress import QUIET, Progress
from cltool.evaluation.general.answers import BATCH, LONG, SHORT, long_answers, short_answers
from cltool.evaluation.general.distributions import Distributions, distributions
from cltool.evaluation.matching import Answer
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.models.cache import cache_folder, cached

CODE = ("cltool.evaluation.general", "cltool.evaluation.prober", "cltool.lm")
"""The code on which the kept results depend."""

WHAT = "record of a model's answers"
"""What an entry of the cache is."""

ANSWERS, DISTRIBUTIONS = "answers.json", "distributions.safetensors"


@dataclass(frozen=True, slots=True)
class Kept:
    """Distributions in a file of the cache: those of all updates do not have to fit into memory."""

    file: Path

    def read(self) -> Distributions:
        """Return the distributions.

        Raises:
            UserError: the file was removed after it was written.
        """
        if not self.file.is_file():
            raise UserError(
                "was removed from the cache while the run needed it",
                where=str(self.file),
                hint="Give the same command again: finished steps are kept.",
            )
        return Distributions.load(self.file)


class Before:
    """The model before the stream.

    Args:
        lm: the model as it was loaded; its weights must not have changed since.
        progress: receives the progress of asking it.
    """

    def __init__(self, lm: LanguageModel, progress: Progress = QUIET) -> None:
        self.lm = lm
        self.progress = progress
        self._name = json.dumps(
            [
                dict(sorted(lm.parts.items())),
                lm.device.type,
                lm.precision.name,
                repr(lm.coder.chat),
                code_digest(CODE),
            ]
        )

    def short_answers(self, texts: Sequence[str]) -> list[Answer]:
        """Return its answers to questions (`cltool.evaluation.general.answers`)."""
        return self._answers(short_answers, texts, SHORT)

    def long_answers(self, texts: Sequence[str]) -> list[Answer]:
        """Return its answers to instructions or requests."""
        return self._answers(long_answers, texts, LONG)

    def distributions(self, examples: Sequence[Encoded]) -> Kept:
        """Return its distributions for the completions of ``examples``; they stay in the cache."""

        def write(place: Path) -> None:
            distributions(self.lm, examples).save(place / DISTRIBUTIONS)

        rows = [[one.ids, one.start, one.end] for one in examples]
        return Kept(self._file(["distributions", rows], DISTRIBUTIONS, write))

    def _answers(
        self, ask: Callable[..., list[Answer]], texts: Sequence[str], limit: int
    ) -> list[Answer]:
        def write(place: Path) -> None:
            answers = ask(self.lm, texts, progress=self.progress)
            write_json(place / ANSWERS, [[one.text, one.stop] for one in answers])

        file = self._file(["answers", limit, BATCH, list(texts)], ANSWERS, write)
        found: list[list[str]] = json.loads(file.read_text(encoding="utf-8"))
        return [Answer(text, stop) for text, stop in found]

    def _file(self, asked: list[Any], file: str, write: Callable[[Path], None]) -> Path:
        """Return the file of an entry of the cache."""
        folder = cache_folder() / "general" / of_json([self._name, asked])
        return cached(folder, write, self.progress, what=WHAT, needed=file) / file
