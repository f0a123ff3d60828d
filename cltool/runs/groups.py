"""Groups of runs: one stream and model per group, one set of settings per variant."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cltool.evaluation import metrics
from cltool.evaluation.requirements.bounds import Bound
from cltool.runs.measured import Measured
from cltool.runs.run import Run
from cltool.runs.sampling import NORMAL, Sampled

JOINT = "joint"
"""The strategy whose runs are the reference for intransigence."""


@dataclass
class Variant:
    """The runs of one strategy with one set of settings, which differ only in the seeds.

    These are the seed of the training and that of the stream.

    Attributes:
        label: the strategy's name, with the run folder's name if several variants share it.
        joint: the runs of joint retraining in the same group.
        several: whether a variant of the group ran on several streams.
    """

    strategy: str
    runs: list[Measured] = field(default_factory=list)
    label: str = ""
    joint: list[Measured] = field(default_factory=list)
    several: bool = False

    @property
    def done(self) -> int:
        """Number of finished steps of the run that got furthest, of those that did not diverge."""
        going = [measured for measured in self.runs if not measured.diverged]
        return max(measured.done for measured in going or self.runs)

    @property
    def counted(self) -> list[Measured]:
        """The runs that got furthest; a mean over unequal numbers of steps would mislead."""
        return [measured for measured in self.runs if measured.done == self.done > 0]

    @property
    def scored(self) -> list[Measured]:
        """The counted runs that have scores: what a run that diverged did before is no result."""
        return [measured for measured in self.counted if not measured.diverged]

    @property
    def finished(self) -> bool:
        """Whether a run has done all steps."""
        return any(measured.finished for measured in self.runs)

    @property
    def streams(self) -> list[str]:
        """The streams of the scored runs, each once."""
        return [*dict.fromkeys(measured.stream for measured in self.scored)]

    @property
    def units(self) -> int:
        """The number of independent values: of streams, or of runs if the group has one stream."""
        return len(self.streams) if self.several else len(self.scored)

    def values(self, score: str) -> list[float]:
        """Return a score of each of the `scored` runs; NaN where it has none."""
        if score == "intransigence":
            return [self._intransigence(measured) for measured in self.scored]
        return [one.summary.get(score, math.nan) for one in self.scored]

    def interval(self, score: str) -> tuple[float, float]:
        """Return the mean of a score over the scored runs and the half-width of its interval.

        If the group has several streams, both are over the streams' means. If the runs ask about a
        sample of their facts, the interval is wider (`cltool.runs.sampling`).
        """
        mean, half = self.interval_of(self.values(score))
        return mean, math.hypot(half, self._sampling_half(lambda one: one.variance(score, mean)))

    def sampling_half(self, score: str) -> float:
        """Return half of the interval of a score that a sample of the facts alone would give."""
        mean = self.interval_of(self.values(score))[0]
        return self._sampling_half(lambda one: one.variance(score, mean))

    def interval_at(self, step: int, score: str, values: Sequence[float]) -> tuple[float, float]:
        """Return the same as `interval` for a score of one step."""
        mean, half = self.interval_of(values)
        own = self._sampling_half(lambda one: one.variance_at(step, score, mean))
        return mean, math.hypot(half, own)

    @property
    def samples(self) -> list[Sampled]:
        """The sample of each stream of the scored runs, if they ask about samples."""
        found = {one.stream: Sampled.of_record(one.run.record) for one in self.scored}
        return [sample for sample in found.values() if sample is not None]

    def _sampling_half(self, variance_of: Callable[[Sampled], float]) -> float:
        # The samples of several streams are independent.
        variance = sum(map(variance_of, self.samples)) / max(len(self.streams), 1) ** 2
        return NORMAL * math.sqrt(variance) if variance > 0 else 0.0

    def interval_of(self, values: Sequence[float]) -> tuple[float, float]:
        """Return the mean and the half-width of the interval of one value of each scored run.

        If the group has several streams, both are over the streams' means.
        """
        return metrics.clustered_interval(self.by_stream(values), self.several)

    def spread(self, score: str) -> tuple[float, float]:
        """Return the standard deviations of a score over streams and over training."""
        return metrics.spread(self.by_stream(self.values(score)))

    def extremes(self, score: str) -> tuple[float, float]:
        """Return the smallest and the largest value of a score."""
        finite = [value for value in self.values(score) if not math.isnan(value)]
        return (min(finite), max(finite)) if finite else (math.nan, math.nan)

    def by_stream(self, values: Sequence[float]) -> list[list[float]]:
        """Return one value of each scored run, in a list for each stream."""
        clusters: dict[str, list[float]] = {}
        for measured, value in zip(self.scored, values, strict=True):
            clusters.setdefault(measured.stream, []).append(value)
        return [*clusters.values()]

    def _intransigence(self, one: Measured) -> float:
        """Return the intransigence of a run; NaN for `joint` itself and without such a run."""
        for joint in self.joint if self.strategy != JOINT else ():
            if _place(joint) == _place(one):
                return metrics.intransigence(one.matrix.to_numpy(), joint.matrix.to_numpy())
        return math.nan


def _place(one: Measured) -> tuple[object, ...]:
    """Return what a run and its run of joint retraining share: stream, seed and steps done."""
    return one.stream, one.run.seed, one.done


@dataclass
class Group:
    """Variants that can be compared: the same scenario, model, steps and way of judging answers.

    Attributes:
        scenario, model: their names.
        match: how their answers are judged (`cltool.evaluation.matchers.MATCHERS`).
        labels: the labels of all steps.
        variants: the variants.
        failed: the strategy of each run that ended in an error.
        made: what was computed of the group, by name, for all parts of a report.
        bounds: the requirements that every variant should meet.
    """

    scenario: str
    model: str
    match: str
    labels: list[str]
    variants: list[Variant] = field(default_factory=list)
    failed: Sequence[str] = ()
    made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    bounds: Sequence[Bound] = ()

    @property
    def runs(self) -> list[Measured]:
        """All runs, variant by variant."""
        return [measured for variant in self.variants for measured in variant.runs]


def group_runs(runs: Sequence[Run | Measured], bounds: Sequence[Bound] = ()) -> list[Group]:
    """Group runs that can be compared, then by strategy and settings, in order given.

    A folder that is given twice counts once. Two runs with the same strategy, seed and settings
    are two variants: a repetition is not another seed, and would make the interval too narrow.
    Runs of an experiment name their variant, which counts in place of the settings. ``bounds`` are
    the requirements that every group gets.
    """
    folders: dict[Path, Measured] = {}
    for one in runs:
        measured = one if isinstance(one, Measured) else Measured(one)
        folders.setdefault(measured.run.folder.resolve(), measured)
    groups: dict[tuple[str, ...], Group] = {}
    variants: dict[tuple[object, ...], Variant] = {}
    seen: dict[tuple[object, ...], int] = {}
    for measured in folders.values():
        run = measured.run
        scenario, model = str(run.record.get("scenario", "")), str(run.record.get("model", ""))
        where = (scenario, model, run.match, *measured.labels)
        group = groups.setdefault(where, Group(scenario, model, run.match, measured.labels))
        # The seeds of an experiment's variant may come from machines with other devices.
        kind = run.record.get("variant") or _canonical(run.record.get("settings"))
        what = (where, run.strategy, kind)
        seeds = (measured.stream, run.seed)
        repetition = seen[(*what, *seeds)] = seen.get((*what, *seeds), -1) + 1
        if (*what, repetition) not in variants:
            variant = variants[(*what, repetition)] = Variant(run.strategy)
            group.variants.append(variant)
        variants[(*what, repetition)].runs.append(measured)
    for group in groups.values():
        group.bounds = bounds
        _label(group.variants)
        several = any(len({one.stream for one in each.runs}) > 1 for each in group.variants)
        for variant in group.variants:
            variant.joint = [one for one in group.runs if one.run.strategy == JOINT]
            variant.several = several
    return list(groups.values())


def _canonical(settings: object) -> str:
    """Return settings as canonical text, without the seed of the stream."""
    if isinstance(settings, Mapping) and isinstance(settings.get("scenario"), Mapping):
        scenario = {name: one for name, one in settings["scenario"].items() if name != "seed"}
        settings = {**settings, "scenario": scenario}
    return json.dumps(settings, sort_keys=True, default=str)


def _label(variants: list[Variant]) -> None:
    """Name every variant: by its strategy, and if that has several, also by its run folder.

    Runs of an experiment know the name of their variant.
    """
    given = [variant.runs[0].run.record.get("variant") for variant in variants]
    if all(given) and len(set(given)) == len(variants):
        for variant, name in zip(variants, given, strict=True):
            variant.label = str(name)
        return
    for strategy in dict.fromkeys(variant.strategy for variant in variants):
        same = [variant for variant in variants if variant.strategy == strategy]
        if len(same) == 1:
            same[0].label = strategy
            continue
        folders = [variant.runs[0].run.folder.resolve() for variant in same]
        depth = 1
        while len({folder.parts[-depth:] for folder in folders}) < len(folders):
            depth += 1
        for variant, folder in zip(same, folders, strict=True):
            variant.label = f"{strategy} ({'/'.join(folder.parts[-depth:])})"


def flatten(settings: object, prefix: str = "") -> dict[str, Any]:
    """Return settings with dotted names: ``{"learner.lr": 1}`` for ``{"learner": {"lr": 1}}``."""
    if not isinstance(settings, Mapping):
        return {prefix: settings} if prefix else {}
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        dotted = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping) and value:
            flat.update(flatten(value, dotted))
        else:
            flat[dotted] = value
    return flat
