"""The tables of a survey: all strategies after one step, judged from all seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.catalogue import BETTER
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.findings import BASE
from cltool.audit.judge import Row, figures, retained_of_before, rows, tally
from cltool.audit.measures.verdict import Verdict
from cltool.audit.survey_plan import AuditedRun, Plan
from cltool.audit.survey_workers import SurveyFindings
from cltool.core.errors import UserError
from cltool.core.progress import Progress
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
"""Scores of the runs themselves, besides the attacks, with their meanings."""


@dataclass(frozen=True)
class Surveyed:
    """One strategy after one step.

    Attributes:
        label: its name.
        seeds: of its runs.
        rows: a verdict for each attack, from all seeds.
        figures: attack → its figure for each seed.
        scores: each of `RUN_SCORES`, for each seed; None if missing.
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
        """Sort key, best first: differences from the reference, undecided verdicts, name.

        Undecided verdicts come second because every strategy has more of them with fewer facts.
        """
        counts = self.tally
        agreed = (Verdict.INDISTINGUISHABLE, Verdict.UNDECIDED, BETTER)
        apart = sum(count for word, count in counts.items() if word not in agreed)
        return apart, counts.get(Verdict.UNDECIDED, 0), self.label


@dataclass(frozen=True)
class Table:
    """All strategies after one step.

    Attributes:
        step: its number.
        label: its name.
        erased: number of attacked facts, for each seed.
        strategies: the best first.
        reference: attack → the figure of all seeds' references.
        before: attack → the figure of the models before the erasing; a mean if they differ.
        reference_scores: `RUN_SCORES` of the references, for each seed.
    """

    step: int
    label: str
    erased: int
    strategies: Sequence[Surveyed]
    reference: Mapping[str, float]
    before: Mapping[str, float]
    reference_scores: Mapping[str, Sequence[float | None]]


def survey_tables(
    plan: Plan, found: SurveyFindings, settings: AuditSettings, progress: Progress
) -> list[Table]:
    """Return a table for each step that has a run left."""
    own = _own_scores(plan, progress)
    judged: dict[int, list[Surveyed]] = {}
    for done, ((step, label), audited) in enumerate(list(plan.audited.items())):
        progress.task("judging")(done, len(plan.audited), label)
        usable = [p for p in audited if {p.run.folder, p.reference.folder} <= own.keys()]
        try:
            one = _surveyed(label, usable, found, own, settings) if usable else None
        except UserError:
            # A collapsed model may have NaN scores; the other seeds still count.
            usable = [entry for entry in usable if _sound(plan, entry, found, settings)]
            one = _surveyed(label, usable, found, own, settings) if usable else None
        plan.audited[step, label] = usable
        if one is not None:
            judged.setdefault(step, []).append(one)
        else:
            del plan.audited[step, label]
    return [_table(plan, step, judged[step], found, own) for step in plan.steps if judged.get(step)]


Own = Mapping[Path, Mapping[int, Mapping[str, float]]]
"""Run folder → step → scores of the run."""


def _own_scores(plan: Plan, progress: Progress) -> Own:
    """Return the scores of every run that can be read; leave out the others."""
    steps: dict[Path, tuple[Run, set[int]]] = {}
    for (step, _), audited in plan.audited.items():
        for run in (run for entry in audited for run in (entry.run, entry.reference)):
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


def _sound(plan: Plan, entry: AuditedRun, found: SurveyFindings, settings: AuditSettings) -> bool:
    """Return whether a run can be judged alone; leave it out if not."""
    states = [[found[state, entry.scope]] for state in (entry.model, entry.retrained)]
    try:
        rows(states[0], states[1], settings)
    except UserError as error:
        plan.leave_out(entry.run, entry.scope.step, error)
        return False
    return True


def _surveyed(
    label: str,
    audited: Sequence[AuditedRun],
    found: SurveyFindings,
    own: Own,
    settings: AuditSettings,
) -> Surveyed:
    models, references, before, taught = _pools(audited, found)
    seeds = sorted(models)
    judged = rows(
        [models[seed] for seed in seeds],
        [references[seed] for seed in seeds],
        settings,
        [before[seed] for seed in seeds] if len(before) == len(audited) else [],
        set.intersection(*taught.values()),
    )
    each = [figures([models[seed]], [references[seed]]) for seed in models]
    names = [row.attack.name for row in judged]
    return Surveyed(
        label,
        list(models),
        judged,
        {name: [one[name] for one in each if name in one] for name in names},
        _scores(audited, [entry.run for entry in audited], models, before, own),
    )


Pool = dict[int, Findings]


def _pools(
    audited: Sequence[AuditedRun], found: SurveyFindings
) -> tuple[Pool, Pool, Pool, dict[int, set[Key]]]:
    """Return, by seed, findings of the model, the reference and before, and the taught facts."""
    models = {entry.run.seed: found[entry.model, entry.scope] for entry in audited}
    references = {entry.run.seed: found[entry.retrained, entry.scope] for entry in audited}
    before = {p.run.seed: found[p.before, p.scope] for p in audited if p.before is not None}
    return models, references, before, {entry.run.seed: entry.taught for entry in audited}


def _scores(
    audited: Sequence[AuditedRun], runs: Sequence[Run], models: Pool, before: Pool, own: Own
) -> dict[str, list[float | None]]:
    """Return `RUN_SCORES` of ``runs``, one for each of ``audited``."""
    found: dict[str, list[float | None]] = {name: [] for name in RUN_SCORES}
    for entry, run in zip(audited, runs, strict=True):
        scores = own[run.folder][entry.scope.step]
        of = own[entry.reference.folder][entry.scope.step]["tokens"]
        seed = entry.run.seed
        more = {
            "tokens_share": scores["tokens"] / of if of else None,
            "erasing_share": scores["erasing_tokens"] / of if of else None,
            "retained_of_before": retained_of_before(models[seed], before.get(seed), entry.taught),
        }
        for name in RUN_SCORES:
            found[name].append(more[name] if name in more else scores[name])
    return found


def _table(
    plan: Plan, step: int, strategies: Sequence[Surveyed], found: SurveyFindings, own: Own
) -> Table:
    audited = [entry for (at, _), group in plan.audited.items() if at == step for entry in group]
    by_seed = {entry.run.seed: entry for entry in reversed(audited)}
    chosen = [by_seed[seed] for seed in sorted(by_seed)]
    _, references, before, _ = _pools(chosen, found)
    if any(entry.before is not None and entry.before.step != BASE for entry in chosen):
        # Each strategy has its own models before; the reference has none.
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
        _scores(chosen, [entry.reference for entry in chosen], references, before, own),
    )


def _middle(values: Sequence[float]) -> float:
    """Return the mean of values, and exactly their value if all are equal."""
    return values[0] if len(set(values)) == 1 else sum(values) / len(values)
