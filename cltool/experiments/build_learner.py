"""Builds the learner of a new or existing run, and moves it to a finished step."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.progress import QUIET, Progress
from cltool.core.seeds import derive
from cltool.experiments import resolve
from cltool.experiments.base_model import prepare, rebuilder
from cltool.facts.stream import Stream

if TYPE_CHECKING:
    from cltool.training.learner import Learner


def build_learner(
    stream: Stream,
    settings: resolve.Settings,
    seed: int,
    *,
    loggers: Sequence[Any] = (),
    progress: Progress = QUIET,
) -> Learner:
    """Return a learner with the base model, before its strategies are attached.

    ``learner.known`` holds the base facts. ``learner.stream`` is the part of ``stream`` that
    fits into the model.

    Args:
        stream: the stream of the run.
        settings: the settings of the run.
        seed: the seed of the run.
        loggers: Avalanche loggers.
        progress: receives the progress of building the model.

    Raises:
        UserError: strategies cannot be composed, the model cannot be loaded, or facts are too
            long for it.
    """
    from cltool.training.learner import Learner

    strategies = resolve.build(settings)  # refuses a bad composition before a model is built
    lm, fitted = prepare(stream, settings, progress)
    learner = Learner(
        lm=lm,
        stream=fitted,
        settings=settings.learner_of(lm),
        strategies=strategies,
        seed=seed,
        loggers=loggers,
        rebuild=rebuilder(fitted, settings),
    )
    seed_globally(seed, 0)
    learner.known.apply(fitted.updates[0])
    return learner


def advance(learner: Learner, run: Path, step: int, *, checked: bool = False) -> None:
    """Move a learner from the base to the state of the run in the folder ``run`` after ``step``.

    Args:
        learner: the learner.
        run: the run folder.
        step: a step that has a checkpoint.
        checked: the files of the checkpoint were compared with their digests already.

    Raises:
        UserError: the checkpoint does not fit the model.
    """
    from cltool.experiments import checkpoints

    learner.strategies.attach(learner)
    for number in range(1, step + 1):
        learner.known.apply(learner.stream.updates[number])
    checkpoints.load(run, step, learner.model, learner.strategies, checked=checked)


def seed_globally(seed: int, step: int) -> None:
    """Seed the global generators of Python, NumPy and torch for ``step`` of a run."""
    import numpy as np
    import torch

    value = derive(seed, step, "global")
    random.seed(value)
    np.random.seed(value % 2**32)
    torch.manual_seed(value)
