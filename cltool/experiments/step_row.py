"""Makes the row of a step in ``steps.jsonl``: what it cost, how it was trained, its answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.experiments import answer_doubts
from cltool.experiments.budget_doubts import gain
from cltool.experiments.peak_memory import peak_memory
from cltool.facts.facts import Update
from cltool.runs import general, rehearsed, trained
from cltool.runs.run import LEDGER

if TYPE_CHECKING:
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Effort:
    """What it cost to apply an update.

    Attributes:
        seconds: the time.
        tokens: the tokens that the strategy counted.
        passed: the tokens that passed through the model.
        erasing_tokens: those spent on erasing.
        steps: the optimizer steps.
        owed: the tokens that earlier updates overspent; None without a budget.
    """

    seconds: float
    tokens: int
    passed: int
    erasing_tokens: int
    steps: int
    owed: float | None


def step_row(
    run: Path,
    update: Update,
    learner: Learner,
    effort: Effort,
    answers: list[dict[str, Any]],
    written: str,
    beside: Mapping[str, Any] | None = None,
    noted: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the row of a step whose answers and checkpoint are on disk.

    Args:
        run: the run folder.
        update: the update of the step.
        learner: the learner after the update.
        effort: what the update cost.
        answers: the rows of the ledger.
        written: digest of the step's file of the ledger.
        beside: what was measured beside the stream, if anything was.
        noted: what is said of the facts that were rehearsed, if any were.
    """
    step = update.step
    return {
        "step": step,
        "label": update.label,
        "seconds": round(effort.seconds, 3),
        "tokens": effort.tokens,
        **_uncounted(run, step, effort.passed, effort.tokens),
        "erasing_tokens": effort.erasing_tokens,
        "steps": effort.steps,
        "peak_memory": peak_memory(learner.lm),
        "stored_bytes": learner.strategies.stored_bytes(),
        **_training(learner, answers),
        **({} if effort.owed is None else {"owed": round(effort.owed, 3)}),
        **(gain(run, step) if step else {}),
        answer_doubts.KEY: answer_doubts.counts(run, step, answers),
        **({} if beside is None else {general.FOLDER: dict(beside)}),
        **({} if noted is None else {rehearsed.FOLDER: dict(noted)}),
        **({"logs": _json_numbers(learner.logs)} if learner.logs else {}),
        LEDGER: written,
    }


def _training(learner: Learner, answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how the update was trained and whether it is answered; empty without training."""
    import pandas as pd

    from cltool.evaluation.summary import accuracy_on_new

    if learner.trained is None:
        return {}
    answered = accuracy_on_new(pd.DataFrame(answers)) if answers else math.nan
    shown = None if math.isnan(answered) else round(answered, 4)
    return {trained.KEY: {**learner.trained.as_row(), "answered": shown}}


def _uncounted(run: Path, step: int, passed: int, counted: int) -> dict[str, Any]:
    """Return what an update did that its strategy did not count; empty if it counted all.

    Args:
        run: the run folder, with the checkpoints of ``step`` and of the step before.
        step: the number of the update.
        passed: the tokens that passed through the model.
        counted: the tokens that the strategy counted.
    """
    if passed > counted:
        return {"uncounted_tokens": passed - counted}
    from cltool.experiments import checkpoints

    if step and not counted and checkpoints.weights_changed(run, step):
        return {"changed_uncounted": True}
    return {}


def _json_numbers(logs: Mapping[str, float]) -> dict[str, float | None]:
    """Return ``logs`` with null for infinity and NaN, which JSON does not have."""
    return {name: value if math.isfinite(value) else None for name, value in logs.items()}
