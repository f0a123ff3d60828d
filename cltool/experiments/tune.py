"""Searches settings of a strategy on a stream's first updates, and tests them on the later ones.

A strategy declares which of its settings may be searched (`cltool.training.search_space`). The
learning rate is always searched, because it strongly affects how much is forgotten: strategies
are compared at similar accuracy on new facts, not at the same learning rate. Optuna proposes the
settings. Every trial is a run with its own folder, so an interrupted search resumes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.digests import of_json
from cltool.core.errors import Diverged, UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.remote.copies import working_copy
from cltool.core.remote.place import Place
from cltool.core.settings import merge, without_added
from cltool.evaluation.requirements.bounds import Bound
from cltool.evaluation.summary import summary
from cltool.experiments import general, resolve
from cltool.experiments import run as experiment
from cltool.experiments.manifest import identity
from cltool.experiments.resume import refuse_others
from cltool.experiments.run_locks import is_finished, worker_lock
from cltool.experiments.trials import (
    FAILED,
    SCORED,
    SOUGHT,
    STARTUP,
    Trial,
    Values,
    choose,
    front,
    missed,
    propose,
)
from cltool.experiments.worker_setup import recorded_threads
from cltool.facts.stream import Stream
from cltool.runs.run import file_name
from cltool.training.search_space import LR, LR_SCALE, RATES, Range, space

if TYPE_CHECKING:
    from cltool.runs.run import Run


@dataclass(frozen=True, slots=True)
class Verdict:
    """Scores on the later updates, which were not used in the search; means over seeds.

    Attributes:
        chosen: scores with the chosen settings.
        presets: scores with the strategy's presets.
        warnings: those of the runs, each once.
    """

    chosen: dict[str, float]
    presets: dict[str, float]
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Tuning:
    """The result of a search for one strategy.

    Attributes:
        strategy: the strategy.
        trials: all trials; the first has the presets.
        front: the trials on the Pareto front of new and retained, the best new first.
        chosen: the trial with the largest sum of new and retained among those that meet every
            bound; if there is none, the one that misses the bounds least.
        kept: whether the chosen trial meets every bound.
        verdict: scores on the later updates; None if there are none. NaN where a run diverged.
    """

    strategy: str
    trials: list[Trial]
    front: list[Trial]
    chosen: Trial
    kept: bool
    verdict: Verdict | None


@dataclass(frozen=True)
class Search:
    """A search of settings, which can be made for several strategies.

    Attributes:
        stream: the whole stream.
        first: number of updates to search on.
        trials: number of settings to try, including the presets.
        keep: the bounds that the chosen settings must meet.
        out: folder of the runs, also at a URL.
        settings: nested tables that apply to every trial, such as a token budget.
        seeds: number of seeds for the test on the later updates; trials have seed 0.
        fresh: replace all runs on disk.
        progress: receives the progress of the search.
        strategies: all strategies that are searched with these settings. A plain strategy setting
            applies to those that have it.
        accept_changed_code: as for `cltool.run`.
        storage: Optuna's storage of the trials, a file or the URL of a database, which several
            processes may search together; empty: this process alone.

    Raises:
        UserError: the stream is too short, there are too few trials, or a setting is wrong.
    """

    stream: Stream
    first: int
    trials: int
    keep: Sequence[Bound]
    out: Path | Place
    settings: Mapping[str, Any]
    seeds: int = 1
    fresh: bool = False
    progress: Progress = QUIET
    strategies: Sequence[str] = ()
    accept_changed_code: bool = False
    storage: str = ""

    def __post_init__(self) -> None:
        updates = len(self.stream) - 1
        if not 1 <= self.first <= updates:
            raise UserError(
                f"the stream has {updates} updates, so {self.first} cannot be searched on",
                where="--first",
            )
        if self.trials < 2:
            raise UserError("at least two trials are needed", where="--trials")
        for name in self.strategies:
            resolve.build(resolve.resolve(name, self._settings(name)))

    def refuse_other_runs(self) -> None:
        """Raise one `UserError` if the folders of the searches hold other runs.

        Only the runs with the presets are looked at: those of the trials have what was proposed.
        """
        if self.fresh:
            return
        searched = replace(self.stream, updates=[*self.stream.updates][: self.first + 1])
        asked = []
        for name in self.strategies:
            settings = resolve.resolve(name, self._settings(name))
            for stream, folder, seed in (
                (searched, "trial-000", 0),
                *((self.stream, f"judged-000-seed{seed}", seed) for seed in range(self.seeds)),
            ):
                place = self.folder(name) / folder
                if (place / "run.json").is_file():
                    asked.append((place, identity(stream, name, seed, settings)))
        refuse_others(asked, self.accept_changed_code)

    def tune(self, strategy: str) -> Tuning:
        """Search the settings of ``strategy``, which may be a composition.

        Raises:
            UserError: the strategy is unknown, a setting is wrong, there is nothing to search, or
                the first updates have no facts for a score that a bound names.
        """
        trials = self.search(strategy)
        chosen = choose(trials, self.keep, self._lower_rate(strategy))
        self.progress(self.trials, self.trials + 2, f"{strategy}: the later updates")
        return Tuning(
            strategy,
            trials,
            front(trials),
            chosen,
            not missed(chosen, self.keep),
            self._verdict(strategy, chosen),
        )

    def search(self, strategy: str) -> list[Trial]:
        """Run the trials of ``strategy`` that are not finished; return all of them.

        Raises:
            UserError: as `tune`.
        """
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        ranges = self.ranges(strategy)
        if not ranges:
            raise UserError(
                "has nothing to search: it does not train and declares no range",
                where=f"strategy {strategy}",
            )
        if self.storage:
            return self._search_together(strategy, ranges)
        return self._search_alone(strategy, ranges)

    def _search_together(self, strategy: str, ranges: Mapping[str, Range]) -> list[Trial]:
        from cltool.experiments.shared_study import SharedStudy

        settings = resolve.resolve(strategy, self._settings(strategy)).as_tables()
        same = [strategy, self.stream.digest(), self.first, without_added(settings)]
        name = f"{strategy}-{of_json(same)}"

        def run(number: int, values: Values) -> Trial:
            trial = self._trial(strategy, number, values)
            self._refuse_missing_scores(trial)
            return trial

        study = SharedStudy(self.storage, name, self.trials, self.progress)
        return study.search(ranges, run)

    def _search_alone(self, strategy: str, ranges: Mapping[str, Range]) -> list[Trial]:
        import optuna

        sampler = optuna.samplers.TPESampler(seed=0, n_startup_trials=STARTUP)
        trials = [self._trial(strategy, 0, {})]
        self._refuse_missing_scores(trials[0])
        sought = [name for name in SOUGHT if not math.isnan(trials[0].scores[name])]
        directions = [optuna.study.StudyDirection.MAXIMIZE for _ in sought]
        study = optuna.create_study(directions=directions, sampler=sampler)
        for number in range(1, self.trials):
            self.progress(number, self.trials + 2, f"{strategy}: trial {number}")
            proposal = study.ask()
            values = {name: propose(proposal, name, range_) for name, range_ in ranges.items()}
            trials.append(trial := self._trial(strategy, number, values))
            self._refuse_missing_scores(trial)
            # If the presets diverged, a score may be missing in all later trials. Any constant
            # stands for it then.
            found = [trial.scores[name] for name in sought]
            study.tell(proposal, [0.0 if math.isnan(one) else one for one in found])
        return trials

    def ranges(self, strategy: str) -> dict[str, Range]:
        """Return setting → range for all settings of ``strategy`` that are searched."""
        from cltool.strategies import STRATEGIES

        names = resolve.strategy_names(strategy)
        settings = resolve.resolve(strategy, self._settings(strategy))
        kinds = {name: STRATEGIES.load(name) for name in names}
        ranges = {}
        if any(kind.trains for kind in kinds.values()):
            given = settings.learner.lr
            middle = given or settings.learner.lr_scale
            name = LR if given else LR_SCALE
            ranges[name] = Range(middle * RATES[0], middle * RATES[1], log=True)
        for name, kind in kinds.items():
            for setting, range_ in space(kind.Config).items():
                ranges[f"{name}.{setting}"] = range_
        return ranges

    def _lower_rate(self, strategy: str) -> str:
        """Return how to search around a tenth of the learning rate."""
        learner = resolve.resolve(strategy, self._settings(strategy)).learner
        name, middle = (LR, learner.lr) if learner.lr else (LR_SCALE, learner.lr_scale)
        return f"Search around a lower learning rate: --set {name}={middle / 10:.3g}."

    def _trial(self, strategy: str, number: int, values: Values) -> Trial:
        """Run a trial on the first updates, and return it with its scores."""
        stream = replace(self.stream, updates=[*self.stream.updates][: self.first + 1])
        try:
            run = self._run(stream, strategy, f"trial-{number:03d}", values, 0)
        except Diverged as error:
            return Trial(number, values, dict(FAILED), error.what)
        scores, last = scores_of(run, 1), run.metrics().iloc[-1]
        collapsed = math.isnan(scores["stale"]) and last["n_superseded"] > 0
        return Trial(number, values, scores, warnings=warnings_of(run), collapsed=bool(collapsed))

    def _refuse_missing_scores(self, trial: Trial) -> None:
        """Raise a `UserError` if the first updates have no facts for a score that is needed."""
        absent = [name for name in SCORED if math.isnan(trial.scores[name])]
        if trial.collapsed:
            absent.remove("stale")
        asked = [str(bound) for bound in self.keep if bound.score in absent]
        updates = "update" if self.first == 1 else f"{self.first} updates"
        some = f"the first {updates}: no fact was asked that counts"
        if asked:
            raise UserError(
                f"{' and '.join(asked)} cannot be checked on {some} for {' and '.join(absent)}",
                where="--keep",
                hint="Name other scores (--keep retained>=0.9), search on more updates (--first),"
                " or ask more facts (probe.limit).",
            )
        if not trial.sought:
            raise UserError(
                f"there is nothing to search for on {some} for new or retained",
                where="--first",
                hint="Search on more updates, or ask more facts (probe.limit).",
            )

    def _verdict(self, strategy: str, chosen: Trial) -> Verdict | None:
        """Run the chosen settings and the presets on all updates; return the later ones' scores."""
        if self.first + 1 >= len(self.stream):
            return None
        means = {}
        told: dict[str, None] = {}
        for number, values in {chosen.number: chosen.values, 0: Values()}.items():
            scores = []
            for seed in range(self.seeds):
                found, warnings = self._later(strategy, number, values, seed)
                scores.append(found)
                told |= dict.fromkeys(warnings)
            means[number] = _comparable(
                {name: sum(one[name] for one in scores) / len(scores) for name in scores[0]}
            )
        return Verdict(means[chosen.number], means[0], tuple(told))

    def _later(
        self, strategy: str, number: int, values: Values, seed: int
    ) -> tuple[Mapping[str, float], Sequence[str]]:
        """Return the scores of settings on the later updates, and the warnings of their run.

        The scores are NaN if the run diverged.
        """
        try:
            name = f"judged-{number:03d}-seed{seed}"
            run = self._run(self.stream, strategy, name, values, seed)
        except Diverged as error:
            return dict.fromkeys(FAILED, math.nan), (error.what,)
        return scores_of(run, self.first + 1), warnings_of(run)

    def _settings(self, strategy: str) -> Mapping[str, Any]:
        """Return the tables without plain settings that only other strategies have.

        A search judges by the facts of the stream, so by default nothing is asked beside it.
        """
        tables = resolve.tables_for(self.settings, strategy, self.strategies)
        model = {"model": tables.get("model", {})}
        if "general" in tables or not general.is_on(resolve.resolve(strategy, model)):
            return tables
        return {**tables, "general": {"ask": "off"}}

    def place(self, strategy: str) -> Place:
        """Return the place of the runs that search the settings of ``strategy``."""
        return Place.of(self.out) / f"{file_name(strategy)}-first{self.first}"

    def folder(self, strategy: str) -> Path:
        """Return the folder of the runs that search the settings of ``strategy``."""
        return self.place(strategy).folder

    def _run(self, stream: Stream, strategy: str, name: str, values: Values, seed: int) -> Run:
        place = self.place(strategy) / name
        folder = place.folder
        tables = merge(self._settings(strategy), as_tables(values))
        with (
            worker_lock(folder, self.fresh),
            working_copy(place, lambda: self.fresh or not is_finished(folder)) as send,
            recorded_threads(folder),
        ):
            return experiment.run(
                stream,
                strategy=strategy,
                seed=seed,
                out=folder,
                settings=tables,
                fresh=self.fresh,
                accept_changed_code=self.accept_changed_code,
                stored=send,
            )


def as_tables(values: Values) -> dict[str, Any]:
    """Return searched values as nested tables of settings."""
    tables: dict[str, Any] = {}
    for name, value in values.items():
        section, _, setting = name.rpartition(".")
        if section == "learner":
            tables.setdefault("learner", {})[setting] = value
        else:
            tables.setdefault("strategy", {}).setdefault(section, {})[setting] = value
    return tables


def scores_of(run: Run, begin: int) -> dict[str, float]:
    """Return the scores of a run over its updates from step ``begin`` on, as in `Trial`."""
    scores = summary(run.answers, run.costs.loc[begin:], since=begin)
    return _comparable({name: scores[name] for name in (*SCORED, "tokens")})


def _comparable(scores: Mapping[str, float]) -> dict[str, float]:
    """Return ``scores`` with one object for NaN, so that equal results are equal."""
    return {name: math.nan if math.isnan(one) else one for name, one in scores.items()}


def warnings_of(run: Run) -> tuple[str, ...]:
    """Return the warnings of a run, each once."""
    return tuple(dict.fromkeys(str(text) for text in run.record.get("warnings") or ()))
