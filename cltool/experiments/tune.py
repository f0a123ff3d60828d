"""Search of a strategy's own settings on the first updates of a stream; the later ones judge.

A strategy declares what may be searched beside its settings (`cltool.training.search_space`); the
learning rate is always searched, for it alone decides much of what is forgotten, so that
strategies are compared at matched accuracy on new facts and not at one rate. Optuna proposes;
every trial is a run of its own, on disk, so that a search that is asked for again goes on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import merge
from cltool.evaluation.summary import summary
from cltool.experiments import resolve
from cltool.experiments import run as experiment
from cltool.facts.stream import Stream
from cltool.runs.run import file_name
from cltool.training.search_space import LR, LR_SCALE, RATES, Range, space

if TYPE_CHECKING:
    import optuna

    from cltool.runs.run import Run

Values = dict[str, float | int]
"""Setting (``learner.lr_scale``, ``ewc.lambda``) → value."""

SCORED = ("new", "retained", "stale")
STARTUP = 6
"""Settings that are drawn at random before the search begins to learn from them."""

MATCHED = "new>=0.95"
"""What settings must keep where nothing is said: strategies compare at matched new facts."""


@dataclass(frozen=True, slots=True)
class Bound:
    """``retained>=0.98``: what settings must keep."""

    score: str
    at_least: bool
    value: float

    @classmethod
    def parse(cls, text: str) -> Bound:
        """Read one.

        Raises:
            UserError: it is none.
        """
        found = re.fullmatch(r"\s*(\w+)\s*(>=|<=)\s*([0-9.]+)\s*", text)
        try:
            if found is not None and found[1] in SCORED:
                return cls(found[1], found[2] == ">=", float(found[3]))
        except ValueError:
            pass
        raise UserError(
            f"{text!r} is no bound on a score",
            where="--keep",
            hint=f"Write it like {MATCHED}; there are {', '.join(SCORED)}.",
        )

    def missed_by(self, scores: Mapping[str, float]) -> float:
        """How much is missing; 0 where it is kept."""
        gap = self.value - scores[self.score]
        return max(0.0, gap if self.at_least else -gap)

    def __str__(self) -> str:
        return f"{self.score} {'≥' if self.at_least else '≤'} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings, and what they came to on the first updates.

    Attributes:
        values: the settings; none: the strategy's presets.
        scores: ``new``, the mean over the updates right after each; ``retained`` and
            ``stale`` after the last one; ``tokens``, of all updates.
    """

    number: int
    values: Values
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the later updates say, mean over seeds.

    Attributes:
        chosen: scores with the settings that were chosen.
        presets: scores with the strategy's presets.
    """

    chosen: dict[str, float]
    presets: dict[str, float]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a search found for one strategy.

    Attributes:
        trials: all of them; the presets are the first.
        front: those that no other beats in both new and retained, best new first.
        chosen: of those that keep every bound, the one that is best in new and retained
            together; where none does, the one that misses least.
        kept: whether it keeps them.
        verdict: of the later updates; None where there are none.
    """

    strategy: str
    trials: list[Trial]
    front: list[Trial]
    chosen: Trial
    kept: bool
    verdict: Verdict | None


@dataclass(frozen=True)
class Search:
    """Everything that a search is made of, but the strategy.

    Attributes:
        stream: the whole stream.
        first: how many updates are searched on.
        trials: how many settings are tried, the presets included.
        keep: what settings must keep.
        out: folder of the runs.
        settings: nested tables that hold for every trial, such as a token budget.
        seeds: of the runs in which the later updates judge; trials have seed 0.
        fresh: begin every run anew.
        strategies: all that are searched with these settings; a plain strategy setting goes
            to those that have it.
        progress: receives the progress of the search.
    """

    stream: Stream
    first: int
    trials: int
    keep: Sequence[Bound]
    out: Path
    settings: Mapping[str, Any]
    seeds: int = 1
    fresh: bool = False
    progress: Progress = QUIET
    strategies: Sequence[str] = ()

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

    def tune(self, strategy: str) -> Tuning:
        """Search the settings of ``strategy``, or of several composed.

        Raises:
            UserError: the strategy is unknown, or a setting is wrong.
        """
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        ranges = self.ranges(strategy)
        if not ranges:
            raise UserError(
                "has nothing to search: it does not train, and declares no range",
                where=f"strategy {strategy}",
            )
        sampler = optuna.samplers.TPESampler(seed=0, n_startup_trials=STARTUP)
        study = optuna.create_study(directions=["maximize", "maximize"], sampler=sampler)
        trials = [Trial(0, {}, self._first(strategy, 0, {}))]
        for number in range(1, self.trials):
            self.progress(number, self.trials + 2, f"{strategy}: trial {number}")
            asked = study.ask()
            values = {name: _propose(asked, name, range_) for name, range_ in ranges.items()}
            scores = self._first(strategy, number, values)
            study.tell(asked, [scores["new"], scores["retained"]])
            trials.append(Trial(number, values, scores))
        chosen = choose(trials, self.keep)
        self.progress(self.trials, self.trials + 2, f"{strategy}: the later updates")
        return Tuning(
            strategy,
            trials,
            front(trials),
            chosen,
            not missed(chosen, self.keep),
            self._judge(strategy, chosen),
        )

    def ranges(self, strategy: str) -> dict[str, Range]:
        """What of ``strategy`` is searched: setting → its range."""
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

    def _first(self, strategy: str, number: int, values: Values) -> dict[str, float]:
        """The scores on the first updates."""
        updates = [*self.stream.updates][: self.first + 1]
        run = self._run(
            replace(self.stream, updates=updates), strategy, f"trial-{number:03d}", values, 0
        )
        return scores_of(run, 1)

    def _judge(self, strategy: str, chosen: Trial) -> Verdict | None:
        """The scores on the later updates."""
        if self.first + 1 >= len(self.stream):
            return None
        judged = {}
        for number, values in {chosen.number: chosen.values, 0: Values()}.items():
            runs = [
                self._run(self.stream, strategy, f"judged-{number:03d}-seed{seed}", values, seed)
                for seed in range(self.seeds)
            ]
            scores = [scores_of(run, self.first + 1) for run in runs]
            judged[number] = {
                name: sum(one[name] for one in scores) / len(scores) for name in scores[0]
            }
        return Verdict(judged[chosen.number], judged[0])

    def _settings(self, strategy: str) -> Mapping[str, Any]:
        """The tables without plain strategy settings that only others have."""
        return resolve.tables_for(self.settings, strategy, self.strategies)

    def _run(self, stream: Stream, strategy: str, name: str, values: Values, seed: int) -> Run:
        folder = self.out / f"{file_name(strategy)}-first{self.first}" / name
        tables = merge(self._settings(strategy), as_tables(values))
        return experiment.run(
            stream, strategy=strategy, seed=seed, out=folder, settings=tables, fresh=self.fresh
        )


def as_tables(values: Values) -> dict[str, Any]:
    """Searched values as tables of settings."""
    tables: dict[str, Any] = {}
    for name, value in values.items():
        section, _, setting = name.rpartition(".")
        if section == "learner":
            tables.setdefault("learner", {})[setting] = value
        else:
            tables.setdefault("strategy", {}).setdefault(section, {})[setting] = value
    return tables


def scores_of(run: Run, begin: int) -> dict[str, float]:
    """The scores of a run over its updates from ``begin`` on (see `Trial`)."""
    scores = summary(run.answers, run.costs.loc[begin:], since=begin)
    # A score of which the updates have no facts counts as 0: a search needs a number.
    return {name: 0.0 if math.isnan(scores[name]) else scores[name] for name in (*SCORED, "tokens")}


def front(trials: Sequence[Trial]) -> list[Trial]:
    """The trials that no other beats in new and in retained, best new first."""

    def beaten(one: Trial) -> bool:
        mine = one.scores["new"], one.scores["retained"]
        others = ((t.scores["new"], t.scores["retained"]) for t in trials)
        return any(a >= mine[0] and b >= mine[1] and (a, b) != mine for a, b in others)

    return sorted(
        (trial for trial in trials if not beaten(trial)), key=lambda one: -one.scores["new"]
    )


def missed(trial: Trial, keep: Sequence[Bound]) -> float:
    """By how much a trial misses the bounds, in all."""
    return sum(bound.missed_by(trial.scores) for bound in keep)


def choose(trials: Sequence[Trial], keep: Sequence[Bound]) -> Trial:
    """See `Tuning.chosen`."""
    return min(
        trials,
        key=lambda one: (
            round(missed(one, keep), 9),
            -(one.scores["new"] + one.scores["retained"]),
            one.number,
        ),
    )


def _propose(trial: optuna.trial.Trial, name: str, range_: Range) -> float | int:
    if range_.whole:
        return trial.suggest_int(name, int(range_.low), int(range_.high), log=range_.log)
    return range_.rounded(trial.suggest_float(name, range_.low, range_.high, log=range_.log))
