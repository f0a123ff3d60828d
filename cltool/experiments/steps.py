"""Executes the steps of a run, and records the answers and costs of each.

A step is finished when its answers, its checkpoint and its costs are on disk; they are written in
this order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.core.locks import Lock
from cltool.core.progress import Progress
from cltool.evaluation import ledger
from cltool.experiments import answer_doubts, general_doubts
from cltool.experiments.asking import prober_of
from cltool.experiments.budget_doubts import overspent, sentences
from cltool.experiments.build_learner import advance
from cltool.experiments.general import Watch
from cltool.experiments.heartbeat import Heartbeat
from cltool.experiments.probed_keys import probed_keys
from cltool.experiments.saved_model import SavedModel
from cltool.experiments.step_row import Effort, step_row
from cltool.experiments.step_work import work
from cltool.facts.facts import Update
from cltool.runs import rehearsed, trained
from cltool.runs.erasures import Recorder
from cltool.runs.heartbeat import PROBING, SAVING
from cltool.runs.run import LOGGED, Run
from cltool.runs.tracking import Tracking
from cltool.training.budget import Budget

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
    from cltool.training.learner import Learner

FROZEN = "frozen"
"""The strategy that means to teach nothing."""


class Steps:
    """Executes the steps of one run and records them.

    Args:
        learner: the learner of the run, with the base model. It is moved to the last finished step.
        run: the run; its folder holds ``run.json``.
        done: number of finished steps; the base is step 0.
        settings: how the model is asked.
        progress: receives the progress of the run.
        lock: the lock of the run folder.
        watch: measures what is asked beside the stream.
        beat: tells others how far the run is.
        tracking: logs the run to the tools that the user named.
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
        beat: Heartbeat,
        tracking: Tracking | None = None,
    ) -> None:
        self.learner = learner
        self.stream = learner.stream
        self.run = run
        self.progress = progress
        self.lock, self.watch, self.beat = lock, watch, beat
        self.tracking = tracking or Tracking(())
        beat.tokens = lambda: learner.tokens
        self.erasures = Recorder(run, learner.stream)
        self.costs: list[dict[str, Any]] = []
        self.prober = prober_of(run, learner, settings)
        self.keys = probed_keys(self.stream, settings)
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
        learner.progress = self.beat.watching(self.progress.part(step, len(self.stream), what))
        effort = self._train(update)
        self.progress(
            100 * step + 99, 100 * len(self.stream), f"{name}: asking after {update.label}"
        )
        self.beat.begin(step, PROBING)
        rows = self._ask(step)
        self.lock.check()
        if step < self.rows:
            # The answers may differ from those before, for example on a GPU; then the digests in
            # the old rows of this step and of later ones are not those of the files.
            self.warn()
            self.run.write_costs(self.costs)
            self.rows = step
        beside = None if self.watch is None else self.watch.measure(step, learner.progress)
        self.beat.begin(step, SAVING)
        written = ledger.write_step(self.run.folder, step, rows)
        checkpoints.save(self.run.folder, step, learner.model, learner.strategies)
        self.erasures.write(step)
        noted = self._rehearsed(step)
        row = step_row(self.run.folder, update, learner, effort, rows, written, beside, noted)
        self.costs.append(row)
        self.run.write_costs(self.costs)
        self.warn()
        if learner.evaluator in learner.plugins:
            self._publish(rows)
        self.tracking.step(step, rows, row)
        checkpoints.keep_only(self.run.folder, step, kept)
        self.progress(step + 1, len(self.stream), f"{name}: after {update.label}")

    def _ask(self, step: int) -> list[dict[str, Any]]:
        """Ask about every fact; return the rows of the ledger."""
        learner = self.learner
        return self.prober.ask(
            step,
            list(self.stream.probes(learner.known, self.keys)),
            learner.strategies.frame,
            learner.strategies.given,
            self.beat.report,
        )

    def _rehearsed(self, step: int) -> dict[str, Any] | None:
        """Write which facts the update rehearsed; return what the step's row says of them."""
        learner = self.learner
        facts, others = learner.rehearsal.facts(learner.lm.coder, self.stream)
        return rehearsed.write(self.run.folder, step, facts, others) if facts or others else None

    def _train(self, update: Update) -> Effort:
        """Apply an update, and return what that cost; step 0 only attaches the strategies."""
        owed = self.learner.team.from_first(overspent(self.costs, self.budget))
        effort, erased = work(
            self.learner, update, owed, lambda phase: self.beat.begin(update.step, phase)
        )
        if erased is not None:
            self.erasures.ask(update, erased.beliefs, erased.stores)
        return effort

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
        lacking = self.learner.strategies.fold(self.learner)
        saved.write(self.learner.lm, self.run.folder)
        warnings = [
            f"The saved model lacks what {name} stores outside the weights: {what}."
            for name, what in lacking.items()
        ]
        known = dict.fromkeys([*self.run.record["warnings"], *warnings])
        self.run.change_record(warnings=[*known])
