"""What a survey audits: which runs after which steps, and the models that each is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cltool.audit import findings
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.audit import base_side, taught_of
from cltool.audit.findings import BASE, Scope, Side
from cltool.audit.request import Asked
from cltool.core.errors import UserError
from cltool.experiments import reference_run, restore
from cltool.facts.facts import Key
from cltool.facts.stream import Stream
from cltool.runs.groups import Variant, group_runs
from cltool.runs.references import RETRAIN, refuse_unlike
from cltool.runs.run import Run


@dataclass(frozen=True)
class Place:
    """One run at one step, and the models that it is held against.

    Attributes:
        run: what is audited.
        scope: the facts of the step.
        reference: what it is held to.
        model: the run after the step.
        against: the reference after it.
        before: the model before the erasing; None where it knew none of the facts.
        taught: the keys of erased and retained facts that ``before`` was taught.
    """

    run: Run
    scope: Scope
    reference: Run
    model: Side
    against: Side
    before: Side | None
    taught: set[Key]

    @property
    def sides(self) -> list[Side]:
        """All models, those first that other runs have in common with it."""
        return [self.against, *([self.before] if self.before else []), self.model]


@dataclass
class Plan:
    """What is to be audited, and what cannot be."""

    stream: Stream
    steps: list[int]
    places: dict[tuple[int, str], list[Place]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def add(self, label: str, run: Run, scope: Scope, reference: str | None) -> None:
        """One run after one step, or why it cannot be audited; a reference is held to nothing."""
        try:
            place = _place(run, scope, reference)
        except UserError as error:
            self.leave_out(run, scope.step, error)
        else:
            if place.reference.folder.resolve() != run.folder.resolve():
                self.places.setdefault((scope.step, label), []).append(place)

    def leave_out(self, run: Run, step: int, reason: UserError | str) -> None:
        """Keep in mind why a run is not audited."""
        text = reason if isinstance(reason, str) else reason.what
        self.left_out.append((f"{run.folder}, step {step}", " ".join(text.split())))

    def refuse_nothing(self) -> None:
        """Raise a `UserError` where there is nothing left to audit."""
        if not self.places:
            raise UserError(
                "there is no run that can be audited",
                details=[f"{name}: {reason}" for name, reason in self.left_out],
                hint="Audit runs that erased something, beside a retrain run of the same seed; "
                "cltool compare --strategies …,retrain makes both.",
            )


def planned(
    runs: Sequence[Run],
    reference: str | None,
    settings: AuditSettings,
    asked: Asked,
    steps: Sequence[int | None],
) -> Plan:
    """Every run that erased something and is no `retrain`, after each of some steps.

    Args:
        runs: of one stream and base model.
        reference: the folder of a run; None: the `retrain` run of the same seed beside each.
        settings: of the attacks.
        asked: what else was said.
        steps: None is the stream's last.

    Raises:
        UserError: the runs are of several streams or models, there is no such step, or no run.
    """
    variants = [one for group in group_runs(runs) for one in group.variants]
    audited = [
        (label, one.run)
        for variant, label in zip(variants, _labels(variants), strict=True)
        if variant.strategy != RETRAIN
        for one in variant.runs
    ]
    if not audited:
        raise UserError("there is no run that can be audited", hint="All of them are retrain.")
    _refuse_several([run for _, run in audited])
    stream = restore.stream_of(audited[0][1], asked.scenario, asked.options)
    last = len(stream) - 1
    chosen = sorted({last if step is None else step for step in steps})
    for step in chosen:
        audited[0][1].refuse_missing(step)
    plan = Plan(stream, chosen)
    for step in chosen:
        scope = Scope(stream, step, settings, asked.forget)
        for label, run in audited:
            plan.add(label, run, scope, reference)
    return plan


def _labels(variants: Sequence[Variant]) -> list[str]:
    """Names of all variants; those of several groups may share one, until the folder says more."""
    times = Counter(variant.label for variant in variants)
    return [
        variant.label
        if times[variant.label] < 2
        else f"{variant.label} ({variant.runs[0].run.folder})"
        for variant in variants
    ]


def _refuse_several(runs: Sequence[Run]) -> None:
    """Facts of several streams, or models, make no table."""
    kinds: dict[tuple[object, object], Run] = {}
    for run in runs:
        digest = run.record.get("stream", {}).get("digest")
        kinds.setdefault((digest, run.record.get("weights")), run)
    if len(kinds) > 1:
        raise UserError(
            "these runs are not of one stream and base model",
            details=[f"{run.folder}: {run.record.get('scenario')}" for run in kinds.values()],
            hint="Survey one comparison at a time.",
        )


def _place(run: Run, scope: Scope, reference: str | None) -> Place:
    """Raise a `UserError` where it cannot be audited."""
    case = scope.case
    restore.chosen_step(run, scope.step)
    other = reference_run.open_reference(reference) if reference else reference_run.find(run)
    if not isinstance(other, Run):
        raise UserError(
            f"no run in {reference}"
            if reference
            else f"no retrain run of seed {run.seed} beside it"
        )
    refuse_unlike(run, other, exact=False)
    restore.chosen_step(other, scope.step)
    earlier = findings.step_before(run, scope)
    before = (
        base_side(run, other) if earlier == BASE else Side(run, earlier, run.folder, weights=False)
    )
    taught = taught_of(scope.stream, case, max(earlier, 0))
    known = not taught.isdisjoint(fact.key for fact in case.erased)
    model, against = (Side(one, scope.step, one.folder) for one in (run, other))
    return Place(run, scope, other, model, against, before if known else None, taught)
