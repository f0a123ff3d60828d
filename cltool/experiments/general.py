"""Opens what a run asks beside its stream, gives a part to the strategy, and records the answers.

A run folder then has ``general/before.json``, with all answers of the model before the stream, and
``general/step-000.json`` and so on, with what was asked again after each step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

from cltool import models
from cltool.core.digests import of_text
from cltool.core.files import write_json
from cltool.core.json_files import SEAL, sealed
from cltool.core.progress import QUIET, Progress
from cltool.facts.facts import Fact, Update
from cltool.runs.general import FORMAT, before_file, step_file

if TYPE_CHECKING:
    from cltool.evaluation.general.drift import Drift, Measured
    from cltool.experiments.resolve import Settings
    from cltool.facts.stream import Stream
    from cltool.lm.language_model import LanguageModel
    from cltool.runs.run import Run
    from cltool.training.learner import Learner


ENOUGH = 40
"""With fewer known questions, a run warns that the share still answered says little."""

ANSWERS = "answers"
"""The name of the digest of a step's file among its numbers."""


def is_on(settings: Settings) -> bool:
    """Return whether a run asks anything beside its stream."""
    chosen = settings.general
    if chosen.ask != "auto":
        return chosen.ask == "on"
    if chosen.file or chosen.text or chosen.protect:
        return True
    model = models.registered(settings.model.name)
    return model is None or not model.knows_base


def sources(settings: Settings) -> dict[str, str]:
    """Return the digests of the user's own questions and text, on which the run depends.

    Raises:
        UserError: a file cannot be read, or has bad lines.
    """
    chosen = settings.general
    if not is_on(settings):
        return {}
    found = {}
    if chosen.file is not None:
        found["questions"] = settings.questions.digest()
    if chosen.text is not None:
        text = "\n\n".join(settings.paragraphs)
        found["text"] = of_text(text)
    return found


def open_drift(
    lm: LanguageModel,
    stream: Stream,
    settings: Settings,
    seed: int,
    progress: Progress = QUIET,
) -> Drift | None:
    """Ask the model before the stream, or find in the cache what it answered.

    Args:
        lm: the model as it was loaded.
        stream: what it will learn.
        settings: the settings of the run.
        seed: the seed of the run.
        progress: receives the progress of asking.

    Returns:
        None if nothing is asked beside the stream.

    Raises:
        UserError: a file of the user's cannot be read, or has bad lines.
    """
    if not is_on(settings):
        return None
    from cltool.evaluation.general.drift import Drift

    return Drift(
        lm,
        stream,
        settings.questions,
        settings.paragraphs,
        seed=seed,
        limit=settings.general.limit,
        progress=progress,
    )


def with_protected(stream: Stream, drift: Drift, lm: LanguageModel) -> Stream:
    """Return the stream with the protected questions and their answers among its base facts.

    A question that does not fit into the model's context is left out.
    """
    facts, prompts = [], {}
    for prompt, fact in drift.protected_facts(lm.coder):
        (pair,) = lm.coder.pairs([(prompt, f" {fact.object}")])
        if len(pair) <= lm.context:
            facts.append(fact)
            prompts[fact.key] = [prompt]
    wordings = stream.wordings.with_prompts(prompts)
    return replace(
        stream,
        updates=_WithBase(stream.updates, facts),
        wordings=wordings,
        unasked=stream.unasked | prompts.keys(),
    )


class _WithBase(Sequence[Update]):
    """The updates of a stream, with more facts in the base; others are made only when used."""

    def __init__(self, updates: Sequence[Update], facts: Sequence[Fact]) -> None:
        self._updates = updates
        self._base = replace(updates[0], learn=[*updates[0].learn, *facts])

    def __len__(self) -> int:
        return len(self._updates)

    @overload
    def __getitem__(self, place: int) -> Update: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Update]: ...

    def __getitem__(self, place: int | slice) -> Update | Sequence[Update]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        return self._base if place in (0, -len(self)) else self._updates[place]


class Watch:
    """Measures the model of a run after each step, and writes what it answered.

    Args:
        drift: the comparison with the model before the stream.
        run: the run; its folder holds ``run.json``.
        learner: the learner, with the base model, before its strategies are attached.
    """

    def __init__(self, drift: Drift, run: Run, learner: Learner) -> None:
        self._drift, self._run, self._learner = drift, run, learner
        before = self._content(drift.before()) | {"questions": drift.bank.name}
        write_json(before_file(run.folder), sealed(before, run.id))
        known = len(drift.protected) + len(drift.unlisted)
        if known < ENOUGH:
            learner.warnings.append(
                f"The model answers only {known} of {len(drift.bank)} general questions before the"
                " first update, so unlisted and protected say little about what it lost. Ask"
                " questions that it knows (--general FILE)."
            )

    def measure(self, step: int, progress: Progress) -> dict[str, Any]:
        """Measure and write a step; return its numbers and the digest of its answers.

        Args:
            step: the number of the step, which has been applied.
            progress: receives the progress of asking.
        """
        lm, frame = self._learner.lm, self._learner.strategies.frame
        framed = any(frame(text) != text for text in self._drift.prompts(lm.coder))
        if step == 0 and not framed and lm.digest() == lm.parts["weights"]:
            found = self._drift.unchanged()
        else:
            found = self._drift.after(step, lm, frame, progress)
        content = sealed({"step": step, **self._content(found)}, self._run.id)
        write_json(step_file(self._run.folder, step), content)
        return {**found.numbers, ANSWERS: content[SEAL]}

    @staticmethod
    def _content(found: Measured) -> dict[str, Any]:
        return {"format": FORMAT, "numbers": found.numbers, "answers": found.answers}
