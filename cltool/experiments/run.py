"""Runs one strategy over a stream and records every answer and cost.

All randomness comes from (seed, step). A step is finished when its answers, its checkpoint and
its costs are on disk; they are written in this order. So a run that is killed at any point
resumes after its last finished step, and its ledger is the same, byte for byte.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.locks import Lock
from cltool.core.printable import one_line
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import merge
from cltool.core.team import ALONE
from cltool.evaluation.harness import Task
from cltool.experiments import diverged, resolve
from cltool.experiments.build_learner import build_watched
from cltool.experiments.follow import (
    Lead,
    Plan,
    follow,
    leading,
    refuse_unshared,
    team_of,
    together,
)
from cltool.experiments.general import Watch
from cltool.experiments.harness import Evaluation, evaluation_of
from cltool.experiments.heartbeat import Heartbeat
from cltool.experiments.manifest import identity, manifest
from cltool.experiments.resume import (
    clear,
    default_folder,
    finished,
    must_clear,
    note_code,
    open_folder,
    steps_kept,
    tidy,
)
from cltool.experiments.run_locks import run_lock
from cltool.experiments.same_model import refuse_other_model
from cltool.experiments.saved_model import SavedModel
from cltool.experiments.steps import Steps
from cltool.facts.stream import Stream
from cltool.runs.heartbeat import EVALUATING, PREPARING
from cltool.runs.record import ID
from cltool.runs.run import Run
from cltool.runs.step_values import evaluated
from cltool.runs.tracking import Tracking, trackers_of

if TYPE_CHECKING:
    from cltool.evaluation.general.drift import Drift
    from cltool.training.learner import Learner


def run(
    stream: Stream | Path | str,
    *,
    strategy: str = "naive",
    options: Mapping[str, Any] | None = None,
    model: str | None = None,
    seed: int = 0,
    out: Path | str | None = None,
    settings: Mapping[str, Any] | None = None,
    fresh: bool = False,
    accept_changed_code: bool = False,
    keep_checkpoints: bool | Collection[int] = False,
    purge_checkpoints: bool = False,
    save_model: Path | str | None = None,
    lm_eval: Evaluation | Sequence[str] | str | None = None,
    lm_eval_limit: int | None = None,
    loggers: Sequence[Any] = (),
    log: Sequence[str] | str = (),
    stored: Callable[[], None] = lambda: None,
    progress: Progress = QUIET,
) -> Run:
    """Run ``strategy`` over ``stream``, ask about every fact after every update; return the run.

    Args:
        stream: a stream (`cltool.scenario`), a scenario's name, or a path to a file of facts.
        strategy: a name, or several composed (``replay+ewc``).
        options: the scenario's options, if ``stream`` is a name or a path.
        model: a registered name, or a path or hub name of a causal LM; overrides ``settings``.
        seed: seed of the training.
        out: the run folder; a finished run in it is returned as it is. By default in ``runs/``.
        settings: nested tables: ``{"learner": {"epochs": 5}, "strategy": {"lambda": 50}}``.
        fresh: replace the run that the folder holds, finished or not.
        accept_changed_code: use what other code of the strategy left in the folder.
        keep_checkpoints: keep the checkpoints of all steps, or of these steps and the last one.
        purge_checkpoints: remove earlier checkpoints when an update asks to forget facts.
        save_model: folder for the final model, written as a `transformers` checkpoint.
        lm_eval, lm_eval_limit: tasks of EleutherAI's harness, and most documents of each.
        loggers, log: Avalanche loggers, and trackers: tensorboard, wandb, mlflow, trackio.
        stored: is called at the beginning, and whenever a step is on disk.
        progress: receives the progress of the run, as in ``Progress(print)``.

    Raises:
        UserError: a setting is wrong, a fact is too long, the folder holds another run or is
            written by another process, or a task of ``lm_eval`` or tool of ``log`` is not there.
        Diverged: a loss or a weight is not finite, or was not when this run was started before.
    """
    stream = resolve.as_stream(stream, options)
    resolved = resolve.resolve(strategy, _with_model(settings or {}, model))
    requested = identity(stream, strategy, seed, resolved)
    folder = Path(out) if out is not None else default_folder(requested)
    # Earlier checkpoints still hold the facts that an update asks to forget.
    purging = [update.step for update in stream if update.forget and purge_checkpoints]
    asked = _Asked(
        stream, resolved, requested, folder, fresh, accept_changed_code,
        steps_kept(keep_checkpoints, len(stream)), purging,
        evaluation_of(lm_eval, lm_eval_limit), loggers, trackers_of(log), stored, progress,
    )  # fmt: skip
    return _share(asked, save_model)


def _share(asked: _Asked, save_model: Path | str | None) -> Run:
    """Run with the other processes, if a launcher started several: process 0 leads them."""
    team, folder, requested = team_of(asked.settings), asked.folder, asked.requested
    if not team.first:
        follow(asked.stream, asked.settings, requested["seed"], team)
        return Run.open(folder)
    writes = asked.fresh or save_model is not None or bool(asked.unevaluated())
    with (
        leading(team) as lead,
        run_lock(folder, requested, writes, asked.accept, bool(asked.purging)) as lock,
    ):
        return finished(folder) if lock is None else _run_locked(asked, save_model, lock, lead)


def _with_model(settings: Mapping[str, Any], model: str | None) -> Mapping[str, Any]:
    return settings if model is None else merge(settings, {"model": {"name": model}})


@dataclass(frozen=True)
class _Asked:
    """What `run` was asked for, with every default filled in."""

    stream: Stream
    settings: resolve.Settings
    requested: Mapping[str, Any]
    folder: Path
    fresh: bool
    accept: bool
    kept: frozenset[int]
    purging: Sequence[int]
    evaluation: Evaluation | None
    loggers: Sequence[Any]
    log: Sequence[str]
    stored: Callable[[], None]
    progress: Progress

    def unevaluated(self) -> list[Task]:
        """Return what the harness has not measured yet."""
        return [] if self.evaluation is None else self.evaluation.missing(self.folder, self.fresh)

    def after(self, saved: SavedModel | None) -> list[str]:
        """Return what process 0 does alone with the model after the last step, in words."""
        tasks = ["--lm-eval"] * bool(self.evaluation is not None and self.unevaluated())
        return ["--save-model"] * (saved is not None) + tasks

    def heartbeat(self, lock: Lock, phase: str, step: int) -> Heartbeat:
        """Return the heartbeat of the run, which begins with a phase of a step."""
        labels = [update.label for update in self.stream]
        name = str(self.requested["strategy"]), int(self.requested["seed"])
        return Heartbeat(self.folder, name, labels, lock, phase, step)


def _run_locked(asked: _Asked, save_model: Path | str | None, lock: Lock, lead: Lead) -> Run:
    """Run, in a folder whose lock is held."""
    stream, folder = asked.stream, asked.folder
    done = open_folder(folder, asked.requested, asked.fresh, asked.accept)
    ended = done == len(stream) and Run(folder).record.get("status") == "finished"
    if save_model is None:
        return _go_on(asked, None, done, ended, lock, lead)
    saved = SavedModel(Path(save_model), asked.requested)
    with saved.reserved(folder, ended) as needed:
        return _go_on(asked, saved if needed else None, done, ended, lock, lead)


def _go_on(
    asked: _Asked, saved: SavedModel | None, done: int, ended: bool, lock: Lock, lead: Lead
) -> Run:
    """Run what is missing, and save the model.

    Args:
        asked: what `run` was asked for.
        saved: the folder for the model, if it is still to be written.
        done: number of finished steps.
        ended: whether the run is finished.
        lock: the lock of the run folder.
        lead: the other processes, which wait for a plan.
    """
    from cltool.experiments import checkpoints

    stream, folder = asked.stream, asked.folder
    unevaluated = asked.unevaluated()
    if ended and (saved is not None or unevaluated):
        # The model that is needed is in the last checkpoint: without it, its step is made again.
        done = checkpoints.last(folder, done) + 1
        ended = done == len(stream)
    if ended:
        _drop_before(folder, asked.purging, done)
    if done:
        note_code(Run(folder), asked.requested, done, ended)
    if ended and saved is None and not unevaluated:
        return finished(folder)
    if not asked.fresh and not ended and Run(folder).diverged:
        raise diverged.refusal(Run(folder))
    if asked.evaluation is not None:
        asked.evaluation.open(unevaluated)
    last = len(stream) - 1
    with Tracking(asked.log) as tracking:
        with asked.heartbeat(lock, PREPARING, min(done, last)) as beat:
            current, learner = _make(asked, done, ended, lock, saved, beat, tracking, lead)
        lock.check()
        current.change_record(status="finished")
        if asked.evaluation is not None:
            system = asked.settings.model.system
            with asked.heartbeat(lock, EVALUATING, last) as beat:
                progress = beat.watching(asked.progress)
                asked.evaluation.evaluate(current, learner, lock, system, progress)
            tracking.log(last, evaluated(current))
    return Run.open(folder)


def _make(
    asked: _Asked,
    done: int,
    ended: bool,
    lock: Lock,
    saved: SavedModel | None,
    beat: Heartbeat,
    tracking: Tracking,
    lead: Lead,
) -> tuple[Run, Learner]:
    """Make the steps that are missing, and save the model; return the run and its learner."""
    stream, folder = asked.stream, asked.folder
    seed = asked.requested["seed"]
    team = ALONE if ended else lead.team
    if team.size > 1:
        refuse_unshared(asked.settings, team, asked.after(saved))
        lead.start(Plan(str(folder.resolve()), done))

    def prepared() -> tuple[Learner, Drift | None, Run]:
        progress = beat.watching(asked.progress)
        learner, drift = build_watched(
            stream, asked.settings, seed, loggers=asked.loggers, progress=progress, team=team
        )
        return learner, drift, _start(asked, done, learner)

    learner, drift, current = together(team, prepared)
    team.from_first(current.match)
    if not ended:
        tidy(folder, done, asked.kept)
        _drop_before(folder, asked.purging, done)
    asked.stored()
    watch = None if drift is None or ended else Watch(drift, current, learner)
    tracking.begin(current, done)
    probe, progress = asked.settings.probe, asked.progress
    steps = Steps(learner, current, done, probe, progress, lock, watch, beat, tracking)
    for step in range(done, len(stream)):
        with diverged.recorded(current, step, stream.updates[step].label):
            steps.execute(step, frozenset() if step in asked.purging else asked.kept)
        asked.stored()
    steps.warn()  # in case the run was interrupted between its last step and this
    if saved is not None:
        steps.save_model(saved)
    return current, learner


def _drop_before(folder: Path, purging: Sequence[int], done: int) -> None:
    """Remove the checkpoints before the last finished step that asked to forget facts."""
    from cltool.experiments import checkpoints

    checkpoints.drop_before(folder, max([0, *(step for step in purging if step < done)]))


def _start(asked: _Asked, done: int, learner: Learner) -> Run:
    """Return the run, whose folder holds nothing of the run that it replaces."""
    run = Run(asked.folder)
    if must_clear(asked.folder, asked.fresh):
        clear(run, keep_record=True)
        run.write_record(manifest(asked.requested, asked.settings, learner))
    else:
        _record_start(run, done, asked.requested, asked.settings, learner)
    return run


def _record_start(
    run: Run, done: int, requested: Mapping[str, Any], settings: resolve.Settings, learner: Learner
) -> None:
    """Write ``run.json`` of a new run, or change the status of one with ``done`` finished steps.

    Raises:
        UserError: the run started from another base model.
    """
    from cltool.experiments import checkpoints

    refuse_other_model(run.folder, learner.lm)
    damaged = checkpoints.damaged(run.folder, done, run.steps_done())
    for sentence in damaged:
        print(one_line(sentence), file=sys.stderr)
    if done:
        warnings = [*run.record.get("warnings", []), *damaged]
        run.change_record(status="running", warnings=list(dict.fromkeys(warnings)))
    else:
        record = manifest(requested, settings, learner)
        if run.settings_file.is_file():
            record[ID] = run.id  # other files of the run are there already
        run.write_record({**record, "warnings": [*record["warnings"], *damaged]})
