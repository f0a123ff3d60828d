"""Builds the learner of a new or existing run, and moves it to a finished step."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.progress import QUIET, Progress
from cltool.core.seeds import derive
from cltool.core.settings import GeneralSettings
from cltool.core.team import ALONE, Team
from cltool.experiments import general, resolve
from cltool.experiments.base_model import prepare, rebuilder
from cltool.facts.stream import Stream

if TYPE_CHECKING:
    from cltool.evaluation.general.drift import Drift
    from cltool.training.learner import Learner


def build_learner(
    stream: Stream, settings: resolve.Settings, seed: int, *, progress: Progress = QUIET
) -> Learner:
    """Return a learner with the base model, as `build_watched` does, to look at a finished run.

    Raises:
        UserError: as `build_watched`.
    """
    if not settings.general.protect:
        settings = replace(settings, general=GeneralSettings.model_validate({"ask": "off"}))
    return build_watched(stream, settings, seed, progress=progress)[0]


def build_watched(
    stream: Stream,
    settings: resolve.Settings,
    seed: int,
    *,
    loggers: Sequence[Any] = (),
    progress: Progress = QUIET,
    team: Team = ALONE,
) -> tuple[Learner, Drift | None]:
    """Return a learner with the base model, before its strategies are attached.

    ``learner.known`` holds the base facts. ``learner.stream`` is the part of ``stream`` that
    fits into the model, with the protected questions among its base facts if there are any. The
    other value compares later models with the base model, if anything is asked beside the stream.

    Args:
        stream: the stream of the run.
        settings: the settings of the run.
        seed: the seed of the run.
        loggers: Avalanche loggers.
        progress: receives the progress of building the model.
        team: the processes that train the model together.

    Raises:
        UserError: strategies cannot be composed or cannot be used by this team, the model cannot
            be loaded, or facts are too long for it.
    """
    from cltool.training.learner import Learner
    from cltool.training.several import refuse

    strategies = resolve.build(settings)  # refuses a bad composition before a model is built
    refuse(strategies, team)
    lm, fitted = prepare(stream, settings, progress)
    drift = general.open_drift(lm, fitted, settings, seed, progress)
    protects = drift is not None and settings.general.protect
    taught = general.with_protected(fitted, drift, lm) if drift and protects else fitted
    learner = Learner(
        lm=lm,
        stream=taught,
        settings=settings.learner_of(lm),
        strategies=strategies,
        seed=seed,
        loggers=loggers,
        rebuild=rebuilder(fitted, settings),
        team=team,
    )
    learner.warnings += team.doubts
    seed_globally(seed, 0)
    learner.known.apply(taught.updates[0])
    return learner, drift


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
    from cltool.lm import sharding

    learner.strategies.attach(learner)
    for number in range(1, step + 1):
        learner.known.apply(learner.stream.updates[number])
    checkpoints.load(run, step, learner.model, learner.strategies, checked=checked)
    sharding.shard(learner.model, learner.team)


def seed_globally(seed: int, step: int) -> None:
    """Seed the global generators of Python, NumPy and torch for ``step`` of a run."""
    import numpy as np
    import torch

    value = derive(seed, step, "global")
    random.seed(value)
    np.random.seed(value % 2**32)
    torch.manual_seed(value)
