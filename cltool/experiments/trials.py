"""Trials of a search of settings: the bounds they must meet, their front, and the choice of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.core.errors import Diverged
from cltool.evaluation.requirements.bounds import Bound, parse_bounds
from cltool.training.search_space import Range

if TYPE_CHECKING:
    import optuna

Values = dict[str, float | int]
"""Setting (``learner.lr_scale``, ``ewc.lambda``) → value."""

SCORED = ("new", "retained", "stale")
"""Scores that a bound may name."""

SOUGHT = ("new", "retained")
"""Scores that a search maximizes."""

MATCHED = "new>=0.95"
"""The default bound. With it, strategies are compared at similar accuracy on new facts."""


FAILED = {"new": 0.0, "retained": 0.0, "stale": 1.0, "tokens": 0.0}
"""What a search is told about a trial that diverged; tables show a dash in its place."""

STARTUP = 6
"""Random trials before Optuna's sampler starts to learn from the scores."""

FIRST = 2
"""How many updates are searched on by default."""

TRIALS = 12
"""How many settings are tried by default."""


def read_bounds(texts: Sequence[str]) -> list[Bound]:
    """Return the bounds of ``--keep``, each text with one or several.

    Raises:
        UserError: one is not valid, or names a score that trials do not have.
    """
    asked = ",".join(texts)
    return [*parse_bounds(asked, "--keep", SCORED, ratios=(), example=MATCHED)]


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings, and their scores on the first updates of the stream.

    Attributes:
        number: 0 for the strategy's presets, then in the order of the search.
        values: the settings; empty for the presets.
        scores: ``new``, the mean over the updates, each right after it was applied; ``retained``
            and ``stale`` after the last update; ``tokens``, the sum over the updates. NaN if the
            updates have no facts for a score; the worst ones (`FAILED`) for a trial that diverged.
        diverged: why the trial has no scores; empty if it has.
        warnings: those of the run.
        collapsed: whether ``stale`` is NaN because the model collapsed
            (`cltool.evaluation.collapse`).
    """

    number: int
    values: Values
    scores: dict[str, float]
    diverged: str = ""
    warnings: Sequence[str] = ()
    collapsed: bool = False

    @property
    def sought(self) -> tuple[float, ...]:
        """Scores that a search maximizes, without those that are missing."""
        return tuple(one for name in SOUGHT if not math.isnan(one := self.scores[name]))


def propose(trial: optuna.trial.Trial, name: str, range_: Range) -> float | int:
    """Return the value that Optuna proposes for a setting."""
    if range_.whole:
        return trial.suggest_int(name, int(range_.low), int(range_.high), log=range_.log)
    return range_.rounded(trial.suggest_float(name, range_.low, range_.high, log=range_.log))


def front(trials: Sequence[Trial]) -> list[Trial]:
    """Return the Pareto front of new and retained, sorted by new, the best first.

    These are the trials for which no other trial is at least as good in both scores and better
    in one. A score that is missing is missing in all trials, and does not count.
    """
    scored = [trial for trial in trials if not trial.diverged]

    def dominated(trial: Trial) -> bool:
        own = trial.sought
        others = (other.sought for other in scored)
        return any(
            other != own and all(a >= b for a, b in zip(other, own, strict=True))
            for other in others
        )

    return best_first([trial for trial in scored if not dominated(trial)])


def best_first(trials: Sequence[Trial]) -> list[Trial]:
    """Return trials sorted by new, or by retained if new is missing; the best first."""
    return sorted(trials, key=lambda trial: -max(trial.sought[:1], default=0.0))


def missed(trial: Trial, bounds: Sequence[Bound]) -> float:
    """Return the sum of the distances by which a trial misses the bounds."""
    return sum(bound.missed_by(trial.scores) for bound in bounds)


def choose(trials: Sequence[Trial], bounds: Sequence[Bound], hint: str = "") -> Trial:
    """Return the best trial that meets all bounds, or else the one that misses them least.

    Of several such trials, it is the one with the largest sum of new and retained; of equal
    ones, the first. A trial that diverged is never chosen. ``hint`` says what to do if all did.

    Raises:
        Diverged: all trials diverged.
    """
    if all(trial.diverged for trial in trials):
        raise Diverged(
            f"all {len(trials)} settings that were tried diverged; the first: {trials[0].diverged}",
            hint=hint,
        )
    return min(
        trials,
        key=lambda trial: (
            bool(trial.diverged),
            round(missed(trial, bounds), 9),
            -sum(trial.sought),
            trial.number,
        ),
    )
