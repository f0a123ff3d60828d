"""A survey: the audit of every run of a comparison, strategy by strategy, in one table a step.

Every model is attacked once, in worker processes, and what was found is kept in its run's folder
(see `attacking`): a survey that was interrupted goes on from there. Seeds of a strategy are pooled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.catalogue import BETTER
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.audit import (
    NOTHING_RETAINED,
    least_facts,
    listed_doubts,
    reference_doubts,
)
from cltool.audit.findings import BASE
from cltool.audit.judge import Row, figures, retained_of_before, rows, tally
from cltool.audit.measures.verdict import Verdict
from cltool.audit.request import Asked
from cltool.audit.survey_plan import Place, Plan, planned
from cltool.audit.survey_workers import Attacks, attack_all
from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.evaluation.scores import COSTS, SCORES, Score, by_name
from cltool.evaluation.summary import per_step
from cltool.facts.facts import Key
from cltool.runs.run import Run

RUN_SCORES: dict[str, Score] = by_name(
    replace(SCORES["new"], definition="accuracy right after the step's update on what it taught"),
    *(SCORES[name] for name in ("new_min", "retained", "retained_min", "stale", "stale_max",
                                "erased", "erased_max", "acc")),
    COSTS["tokens"],
    Score("tokens_share", "tokens, of reference's", "tokens divided by those of the reference"),
    COSTS["erasing_tokens"],
    Score("erasing_share", "of erasing, of reference's", "tokens of erasing divided by all tokens"
          " of the reference"),
    Score("retained_of_before", "retained, of before", "right answers on retained facts that the"
          " model before was taught, divided by its own right answers on them", "higher"),
)  # fmt: skip
"""What the table shows of a strategy's runs beside the attacks, of all updates up to the step."""


@dataclass(frozen=True)
class Surveyed:
    """One strategy after one step.

    Attributes:
        label: its name.
        seeds: of its runs.
        rows: a verdict for each attack, from all seeds.
        figures: attack → its figure, seed by seed.
        scores: each of `RUN_SCORES`, seed by seed; None for what is not there.
    """

    label: str
    seeds: Sequence[int]
    rows: Sequence[Row]
    figures: Mapping[str, Sequence[float]]
    scores: Mapping[str, Sequence[float | None]]

    @property
    def tally(self) -> dict[str, int]:
        """How often each verdict was given."""
        return tally(self.rows)

    @property
    def order(self) -> tuple[int, int, str]:
        """The best first: how many verdicts tell it apart, how many are undecided, its name.

        What is undecided comes second: the fewer facts there are, the more of it anybody has.
        """
        counts = self.tally
        agreed = (Verdict.INDISTINGUISHABLE, Verdict.UNDECIDED, BETTER)
        apart = sum(count for word, count in counts.items() if word not in agreed)
        return apart, counts.get(Verdict.UNDECIDED, 0), self.label


@dataclass(frozen=True)
class Table:
    """All strategies after one step.

    Attributes:
        step: after which update.
        label: its name.
        erased: how many facts are attacked, of each seed.
        strategies: the best first.
        reference: attack → the figure of all seeds' references.
        before: attack → that of the models before the erasing; a mean where they differ.
        reference_scores: `RUN_SCORES` of the references, seed by seed.
    """

    step: int
    label: str
    erased: int
    strategies: Sequence[Surveyed]
    reference: Mapping[str, float]
    before: Mapping[str, float]
    reference_scores: Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Survey:
    """All that a survey found.

    Attributes:
        about: name → what was surveyed, in words.
        tables: one a step.
        left_out: what could not be audited, and why.
        settings: of the audits.
        doubts: what whoever reads the tables must know.
    """

    about: Mapping[str, str]
    tables: Sequence[Table]
    left_out: Sequence[tuple[str, str]]
    settings: AuditSettings
    doubts: Sequence[str]

    @property
    def words(self) -> set[str]:
        """Every verdict that was given."""
        return {word for table in self.tables for one in table.strategies for word in one.tally}


def survey(
    runs: Sequence[Run],
    reference: str | None = None,
    settings: AuditSettings | None = None,
    asked: Asked | None = None,
    steps: Sequence[int | None] = (None,),
    workers: int | None = None,
    progress: Progress = QUIET,
) -> Survey:
    """Audit every run that erased something and is no `retrain`.

    Args:
        runs: of one stream and base model; seeds of a strategy are taken together.
        reference: the folder of a run that never knew the facts; None: for each run, the
            `retrain` run of its seed beside it.
        settings: of the attacks.
        asked: what else was said.
        steps: after which steps; None: the stream's last.
        workers: processes; by default one a core, and one where there is a GPU.
        progress: receives the progress of the attacks and of the judging.

    Raises:
        UserError: the runs are of several streams or models, or none can be audited.
    """
    settings, asked = settings or AuditSettings.model_validate({}), asked or Asked()
    plan = planned(runs, reference, settings, asked, steps)
    plan.refuse_nothing()
    sides = [
        (side, place.scope)
        for place in (one for group in plan.places.values() for one in group)
        for side in place.sides
    ]
    found = attack_all(sides, asked, workers, progress)
    _without_failures(plan, found)
    plan.refuse_nothing()
    tables = _judged(plan, found, settings, progress)
    plan.refuse_nothing()
    return Survey(
        _about(plan, tables),
        tables,
        plan.left_out,
        settings,
        _doubts(plan, tables, settings),
    )


def _without_failures(plan: Plan, found: Attacks) -> None:
    """Leave out what a model is missing for."""
    for group, places in list(plan.places.items()):
        sound = []
        for place in places:
            errors = [error for side in place.sides if (error := found.error(side, place.scope))]
            if errors:
                plan.leave_out(place.run, place.scope.step, errors[0])
            else:
                sound.append(place)
        plan.places[group] = sound
        if not sound:
            del plan.places[group]


def _judged(plan: Plan, found: Attacks, settings: AuditSettings, progress: Progress) -> list[Table]:
    """A table for each step of which something is left."""
    own = _own_scores(plan, progress)
    judged: dict[int, list[Surveyed]] = {}
    for done, ((step, label), places) in enumerate(list(plan.places.items())):
        progress.task("judging")(done, len(plan.places), label)
        told = [p for p in places if {p.run.folder, p.reference.folder} <= own.keys()]
        try:
            one = _surveyed(label, told, found, own, settings) if told else None
        except UserError:
            # A model that broke down may give scores that are no numbers; the other seeds' count.
            told = [place for place in told if _sound(plan, place, found, settings)]
            one = _surveyed(label, told, found, own, settings) if told else None
        plan.places[step, label] = told
        if one is not None:
            judged.setdefault(step, []).append(one)
        else:
            del plan.places[step, label]
    return [_table(plan, step, judged[step], found, own) for step in plan.steps if judged.get(step)]


Own = Mapping[Path, Mapping[int, Mapping[str, float]]]
"""Run folder → step → its scores."""


def _own_scores(plan: Plan, progress: Progress) -> Own:
    """Of every run that can be read; the others are left out."""
    steps: dict[Path, tuple[Run, set[int]]] = {}
    for (step, _), places in plan.places.items():
        for run in (run for place in places for run in (place.run, place.reference)):
            steps.setdefault(run.folder, (run, set()))[1].add(step)
    found = {}
    for done, (folder, (run, chosen)) in enumerate(steps.items()):
        progress.task("scores")(done, len(steps), folder.name)
        try:
            found[folder] = scores_after(run, sorted(chosen))
        except UserError as error:
            plan.leave_out(run, max(chosen), error)
    return found


def scores_after(run: Run, steps: Iterable[int]) -> dict[int, dict[str, float]]:
    """Return the scores and costs of a run up to each of ``steps``; ``new`` is of that step alone.

    Raises:
        UserError: the ledger cannot be read.
    """
    # A ledger is large, and the runs of a survey are many: it is not kept with the run.
    read = Run(run.folder)
    new = per_step(read.answers)["new"]
    return {step: read.summary(until=step) | {"new": float(new.loc[step])} for step in steps}


def _sound(plan: Plan, place: Place, found: Attacks, settings: AuditSettings) -> bool:
    """Whether a run can be judged alone; else it is left out."""
    sides = [[found[side, place.scope]] for side in (place.model, place.against)]
    try:
        rows(sides[0], sides[1], settings)
    except UserError as error:
        plan.leave_out(place.run, place.scope.step, error)
        return False
    return True


def _surveyed(
    label: str, places: Sequence[Place], found: Attacks, own: Own, settings: AuditSettings
) -> Surveyed:
    models, references, before, taught = _pools(places, found)
    seeds = sorted(models)
    judged = rows(
        [models[seed] for seed in seeds],
        [references[seed] for seed in seeds],
        settings,
        [before[seed] for seed in seeds] if len(before) == len(places) else [],
        set.intersection(*taught.values()),
    )
    each = [figures([models[seed]], [references[seed]]) for seed in models]
    names = [row.attack.name for row in judged]
    return Surveyed(
        label,
        list(models),
        judged,
        {name: [one[name] for one in each if name in one] for name in names},
        _scores(places, [place.run for place in places], models, before, own),
    )


Pool = dict[int, Findings]


def _pools(places: Sequence[Place], found: Attacks) -> tuple[Pool, Pool, Pool, dict[int, set[Key]]]:
    """Seed → what was found of the model, of the reference, before; and what was taught then."""
    models = {place.run.seed: found[place.model, place.scope] for place in places}
    references = {place.run.seed: found[place.against, place.scope] for place in places}
    before = {p.run.seed: found[p.before, p.scope] for p in places if p.before is not None}
    return models, references, before, {place.run.seed: place.taught for place in places}


def _scores(
    places: Sequence[Place], runs: Sequence[Run], models: Pool, before: Pool, own: Own
) -> dict[str, list[float | None]]:
    """`RUN_SCORES` of ``runs``, which stand where ``places`` do."""
    found: dict[str, list[float | None]] = {name: [] for name in RUN_SCORES}
    for place, run in zip(places, runs, strict=True):
        scores = own[run.folder][place.scope.step]
        of = own[place.reference.folder][place.scope.step]["tokens"]
        seed = place.run.seed
        more = {
            "tokens_share": scores["tokens"] / of if of else None,
            "erasing_share": scores["erasing_tokens"] / of if of else None,
            "retained_of_before": retained_of_before(models[seed], before.get(seed), place.taught),
        }
        for name in RUN_SCORES:
            found[name].append(more[name] if name in more else scores[name])
    return found


def _table(
    plan: Plan, step: int, strategies: Sequence[Surveyed], found: Attacks, own: Own
) -> Table:
    places = [place for (at, _), group in plan.places.items() if at == step for place in group]
    by_seed = {place.run.seed: place for place in reversed(places)}
    chosen = [by_seed[seed] for seed in sorted(by_seed)]
    _, references, before, _ = _pools(chosen, found)
    if any(place.before is not None and place.before.step != BASE for place in chosen):
        # Each strategy has its own, and the reference none.
        before = {}
    pool = list(references.values())
    earlier: dict[str, list[float]] = {}
    for one in strategies:
        for row in one.rows:
            if row.before is not None:
                earlier.setdefault(row.attack.name, []).append(row.before)
    return Table(
        step,
        str(chosen[0].run.record["labels"][step]),
        len(chosen[0].scope.case.erased),
        sorted(strategies, key=lambda one: one.order),
        figures(pool, pool),
        {name: _middle(values) for name, values in earlier.items()},
        _scores(chosen, [place.reference for place in chosen], references, before, own),
    )


def _middle(values: Sequence[float]) -> float:
    """Their mean; exactly the value where all are one."""
    return values[0] if len(set(values)) == 1 else sum(values) / len(values)


def _about(plan: Plan, tables: Sequence[Table]) -> dict[str, str]:
    places = [place for group in plan.places.values() for place in group]
    seeds = sorted({place.run.seed for place in places})
    references = dict.fromkeys(place.reference.strategy for place in places)
    labels = {one.label for table in tables for one in table.strategies}
    return {
        "Scenario": plan.stream.name,
        "Model": str(places[0].run.record.get("model", "")),
        "Strategies": str(len(labels)),
        "Seeds": ", ".join(map(str, seeds)),
        "Reference": ", ".join(references),
        "After steps": ", ".join(f"{table.step} ({table.label})" for table in tables),
        "Erased facts": ", ".join(str(table.erased) for table in tables),
    }


def _doubts(plan: Plan, tables: Sequence[Table], settings: AuditSettings) -> list[str]:
    places = [place for group in plan.places.values() for place in group]
    references = {place.reference.folder: place.reference for place in places}
    told = [text for one in references.values() for text in reference_doubts(one)]
    told += [text for place in places for text in listed_doubts(place.scope)]
    if any(not place.scope.case.retained for place in places):
        told.append(NOTHING_RETAINED)
    judged = [one for table in tables for one in table.strategies]
    most = max(len(one.seeds) for one in judged)
    if most > 1:
        told.append(
            f"Figures are means over {most} seeds, and a fact counts once, with its mean over"
            " them; intervals are over facts. The figures seed by seed say how far seeds differ."
        )
    fewer = dict.fromkeys(one.label for one in judged if len(one.seeds) < most)
    if fewer:
        told.append(f"Not all {most} seeds are there of {', '.join(fewer)}.")
    if any(place.before is not None and place.before.step != BASE for place in places):
        told.append("The models before the erasing are each strategy's own; the row is their mean.")
    count = sum(len(one.rows) for one in judged)
    told.append(
        f"{count} verdicts are given: at {settings.confidence:.0%}, about"
        f" {count * (1 - settings.confidence):.0f} may be wrong by chance."
    )
    if any(Verdict.UNDECIDED in one.tally for one in judged):
        told.append(
            "Where the verdict is undecided there are too few facts to tell. "
            + least_facts(settings)
        )
    return list(dict.fromkeys(told))
