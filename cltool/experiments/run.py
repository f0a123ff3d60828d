"""Runs one strategy over a stream and records every answer and cost.

All randomness comes from (seed, step). A step is finished when its answers, its checkpoint and
its costs are on disk; they are written in this order. So a run that is killed at any point
resumes after its last finished step, and its ledger is the same, byte for byte.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.locks import Lock
from cltool.core.printable import one_line
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import merge
from cltool.evaluation import ledger
from cltool.experiments import answer_doubts, diverged, general_doubts, resolve
from cltool.experiments.budget_doubts import overspent, sentences
from cltool.experiments.build_learner import advance, build_watched, seed_globally
from cltool.experiments.general import Watch
from cltool.experiments.manifest import identity, manifest
from cltool.experiments.probed_keys import probed_keys
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
from cltool.experiments.step_row import Effort, step_row
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.runs import trained
from cltool.runs.erasures import Recorder
from cltool.runs.record import ID
from cltool.runs.run import LOGGED, Run
from cltool.training.budget import Budget

FROZEN = "frozen"
"""The strategy that means to teach nothing."""

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
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
    loggers: Sequence[Any] = (),
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
        loggers: Avalanche loggers.
        progress: receives the progress of the run, as in ``Progress(print)``.

    Raises:
        UserError: a setting is wrong, a fact is too long, the folder holds another run, or
            another process writes it.
        Diverged: a loss or a weight is not finite, or was not when this run was started before.
    """
    stream = resolve.as_stream(stream, options)
    named = {} if model is None else {"model": {"name": model}}
    resolved = resolve.resolve(strategy, merge(settings or {}, named))
    requested = identity(stream, strategy, seed, resolved)
    folder = Path(out) if out is not None else default_folder(requested)
    kept = steps_kept(keep_checkpoints, len(stream))
    # Earlier checkpoints still hold the facts that an update asks to forget.
    purging = [update.step for update in stream if update.forget] if purge_checkpoints else []
    accept = accept_changed_code
    asked = _Asked(
        stream, resolved, requested, folder, fresh, accept, kept, purging, loggers, progress
    )
    writes = fresh or save_model is not None
    with run_lock(folder, requested, writes, accept, bool(purging)) as lock:
        if lock is None:
            return finished(folder)
        return _run_locked(asked, None if save_model is None else Path(save_model), lock)


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
    loggers: Sequence[Any]
    progress: Progress


def _run_locked(asked: _Asked, save_model: Path | None, lock: Lock) -> Run:
    """Run, in a folder whose lock is held."""
    stream, folder = asked.stream, asked.folder
    done = open_folder(folder, asked.requested, asked.fresh, asked.accept)
    ended = done == len(stream) and Run(folder).record.get("status") == "finished"
    if save_model is None:
        return _go_on(asked, None, done, ended, lock)
    saved = SavedModel(save_model, asked.requested)
    with saved.reserved(folder, ended) as needed:
        return _go_on(asked, saved if needed else None, done, ended, lock)


def _go_on(asked: _Asked, saved: SavedModel | None, done: int, ended: bool, lock: Lock) -> Run:
    """Run what is missing, and save the model.

    Args:
        asked: what `run` was asked for.
        saved: the folder for the model, if it is still to be written.
        done: number of finished steps.
        ended: whether the run is finished.
        lock: the lock of the run folder.
    """
    from cltool.experiments import checkpoints

    stream, folder = asked.stream, asked.folder
    if saved is not None and ended:
        # The model to save is in the last checkpoint: without it, its step is made again.
        done = checkpoints.last(folder, done) + 1
        ended = done == len(stream)
    if ended:
        _drop_before(folder, asked.purging, done)
    if done:
        note_code(Run(folder), asked.requested, done, ended)
    if ended and saved is None:
        return finished(folder)
    if not asked.fresh and not ended and Run(folder).diverged:
        raise diverged.refusal(Run(folder))
    seed = asked.requested["seed"]
    learner, drift = build_watched(
        stream, asked.settings, seed, loggers=asked.loggers, progress=asked.progress
    )
    current = _start(asked, done, learner)
    if not ended:
        tidy(folder, done, asked.kept)
        _drop_before(folder, asked.purging, done)
    watch = None if drift is None or ended else Watch(drift, current, learner)
    steps = _Steps(learner, current, done, asked.settings.probe, asked.progress, lock, watch)
    for step in range(done, len(stream)):
        with diverged.recorded(current, step, stream.updates[step].label):
            steps.execute(step, frozenset() if step in asked.purging else asked.kept)
    steps.warn()  # in case the run was interrupted between its last step and this
    if saved is not None:
        steps.save_model(saved)
    lock.check()
    current.change_record(status="finished")
    return Run.open(folder)


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


class _Steps:
    """Executes the steps of one run and records them.

    Args:
        learner: the learner of the run, with the base model. It is moved to the last finished step.
        run: the run; its folder holds ``run.json``.
        done: number of finished steps; the base is step 0.
        settings: how the model is asked.
        progress: receives the progress of the run.
        lock: the lock of the run folder.
        watch: measures what is asked beside the stream.
    """

    def __init__(
        self,
        learner: Learner,
        run: Run,
        done: int,
        settings: ProbeSettings,
        progress: Progress,
        lock: Lock,
        watch: Watch | None,
    ) -> None:
        from cltool.evaluation.prober import Prober

        self.learner = learner
        self.stream = learner.stream
        self.run = run
        self.progress = progress
        self.lock, self.watch = lock, watch
        self.erasures = Recorder(run, learner.stream)
        self.costs: list[dict[str, Any]] = []
        self.prober = Prober(learner.lm, settings, learner.stream)
        self.keys = probed_keys(self.stream, settings.limit)
        self.budget = Budget(learner.settings)
        self.warned: list[str] = []
        rows = run.cost_rows()
        self.rows = len(rows)
        if done:
            # The checkpoint was compared with its digests when it was chosen.
            advance(learner, run.folder, done - 1, checked=True)
            self.costs = rows[:done]
            # The record has the sentences of any number of steps: the run may have been killed
            # before it changed them, or go back to an earlier checkpoint.
            self.warned = [
                text for end in range(len(rows) + 1) for text in self._sentences(rows[:end])
            ]
            self.erasures.resume(done)

    def execute(self, step: int, kept: frozenset[int]) -> None:
        """Apply the update of ``step``, ask about every fact, and record answers and costs.

        Args:
            step: the number of the step; step 0 only attaches the strategies.
            kept: steps whose checkpoints are kept in addition to that of this step.
        """
        from cltool.experiments import checkpoints

        update, learner = self.stream.updates[step], self.learner
        name = self.run.strategy
        what = f"{name}: update {update.label}"
        self.progress(step, len(self.stream), what)
        learner.progress = self.progress.part(step, len(self.stream), what)
        effort = self._train(update)
        self.progress(
            100 * step + 99, 100 * len(self.stream), f"{name}: asking after {update.label}"
        )
        probes = list(self.stream.probes(learner.known, self.keys))
        rows = self.prober.ask(step, probes, learner.strategies.frame)
        self.lock.check()
        if step < self.rows:
            # The answers may differ from those before, for example on a GPU; then the digests in
            # the old rows of this step and of later ones are not those of the files.
            self.warn()
            self.run.write_costs(self.costs)
            self.rows = step
        beside = None if self.watch is None else self.watch.measure(step, learner.progress)
        written = ledger.write_step(self.run.folder, step, rows)
        checkpoints.save(self.run.folder, step, learner.model, learner.strategies)
        self.erasures.write(step)
        row = step_row(self.run.folder, update, learner, effort, rows, written, beside)
        self.costs.append(row)
        self.run.write_costs(self.costs)
        self.warn()
        if learner.evaluator in learner.plugins:
            self._publish(rows)
        checkpoints.keep_only(self.run.folder, step, kept)
        self.progress(step + 1, len(self.stream), f"{name}: after {update.label}")

    def _train(self, update: Update) -> Effort:
        """Apply an update, and return what that cost; step 0 only attaches the strategies."""
        from cltool.lm.token_count import passing
        from cltool.training.divergence import refuse_not_finite

        learner = self.learner
        seed_globally(learner.seed, update.step)
        tokens, steps, start = learner.tokens, learner.steps, time.perf_counter()
        learner.logs.clear()
        learner.trained = None
        erasing_tokens, owed = 0, overspent(self.costs, self.budget)
        with passing(learner.lm.coder) as passed:
            if update.step == 0:
                learner.strategies.attach(learner)
            else:
                erasing_tokens = self._apply(update, owed)
        refuse_not_finite(learner.model, f"update {update.label}", float(learner.settings.lr or 0))
        return Effort(
            seconds=time.perf_counter() - start,
            tokens=learner.tokens - tokens,
            passed=passed.tokens,
            erasing_tokens=erasing_tokens,
            steps=learner.steps - steps,
            owed=owed if update.step and self.budget.kind else None,
        )

    def warn(self) -> None:
        """Bring the run's warnings about budgets, answers and learning up to date."""
        before, self.warned = self.warned, self._sentences(self.costs)
        kept = [text for text in self.run.record["warnings"] if text not in before]
        warnings = trained.with_warnings([*kept, *self.warned, *self.learner.warnings], self.costs)
        warnings = [*dict.fromkeys(warnings)]
        if warnings != self.run.record["warnings"]:
            self.run.change_record(warnings=warnings)

    def _sentences(self, costs: Sequence[Mapping[str, Any]]) -> list[str]:
        budget = sentences(costs, self.budget, teaches=self.run.strategy != FROZEN)
        return [*budget, *answer_doubts.sentences(costs), *general_doubts.sentences(costs)]

    def _publish(self, rows: list[dict[str, Any]]) -> None:
        """Pass the scores of the step to Avalanche's loggers."""
        import pandas as pd

        from cltool.evaluation.summary import per_step

        scores = per_step(pd.DataFrame(rows)).iloc[0].dropna()
        learner = self.learner
        learner.scores.set(
            learner.known.step,
            {str(name): float(value) for name, value in scores.items()}
            | {f"{LOGGED}{name}": value for name, value in learner.logs.items()},
        )
        learner.evaluator.after_eval(learner)

    def save_model(self, saved: SavedModel) -> None:
        """Write the model as a `transformers` checkpoint, and warn about what it lacks."""
        saved.write(self.learner.lm, self.run.folder)
        warnings = [
            f"The saved model lacks what {name} stores outside the weights: {what}."
            for name, what in self.learner.strategies.outside.items()
        ]
        known = dict.fromkeys([*self.run.record["warnings"], *warnings])
        self.run.change_record(warnings=[*known])

    def _apply(self, update: Update, owed: float) -> int:
        """Apply an update and record what it erased; return the tokens spent on erasing."""
        from cltool.experiments.apply_update import apply

        erased = apply(self.learner, update, owed)
        self.erasures.ask(update, erased.beliefs, erased.stores)
        return erased.tokens
