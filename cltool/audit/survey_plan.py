"""The plan of a survey: which runs are audited after which steps, against which models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cltool.audit import findings
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.audit import base_state, taught_of
from cltool.audit.findings import BASE, ModelState, Scope, match_of
from cltool.audit.listed_facts import refuse_never_true
from cltool.audit.request import AuditRequest
from cltool.core.errors import UserError
from cltool.experiments import reference_run, restore
from cltool.facts.facts import Key
from cltool.facts.stream import Stream
from cltool.runs.groups import Variant, group_runs
from cltool.runs.references import RETRAIN, refuse_unlike
from cltool.runs.run import Run


@dataclass(frozen=True)
class AuditedRun:
    """One run after one step, and the models it is compared with.

    Attributes:
        run: the run.
        scope: the facts of the step.
        reference: the run it is compared with.
        model: the run's model after the step.
        retrained: the reference's model after the step.
        before: the model before the erasing; None if it knew none of the facts.
        taught: the keys of erased and retained facts that ``before`` was taught.
    """

    run: Run
    scope: Scope
    reference: Run
    model: ModelState
    retrained: ModelState
    before: ModelState | None
    taught: set[Key]

    @property
    def states(self) -> list[ModelState]:
        """All models; those that other runs may share come first."""
        return [self.retrained, *([self.before] if self.before else []), self.model]


@dataclass
class Plan:
    """The runs to audit, and those that cannot be audited."""

    stream: Stream
    steps: list[int]
    audited: dict[tuple[int, str], list[AuditedRun]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def add(self, label: str, run: Run, scope: Scope, reference: str | None) -> None:
        """Add one run after one step, or the reason why it cannot be audited.

        A run that is its own reference is not added.
        """
        try:
            entry = _audited_run(run, scope, reference)
        except UserError as error:
            self.leave_out(run, scope.step, error)
        else:
            if entry.reference.folder.resolve() != run.folder.resolve():
                self.audited.setdefault((scope.step, label), []).append(entry)

    def leave_out(self, run: Run, step: int, reason: UserError | str) -> None:
        """Keep the reason why a run is not audited."""
        text = reason if isinstance(reason, str) else reason.what
        self.left_out.append((f"{run.folder}, step {step}", " ".join(text.split())))

    def refuse_nothing(self) -> None:
        """Raise a `UserError` if there is nothing left to audit."""
        if not self.audited:
            raise UserError(
                "there is no run that can be audited",
                details=[f"{name}: {reason}" for name, reason in self.left_out],
                hint="Audit runs that erased facts and have a retrain run of the same seed beside"
                " them; cltool compare --strategies …,retrain makes both.",
            )


def planned(
    runs: Sequence[Run],
    reference: str | None,
    settings: AuditSettings,
    request: AuditRequest,
    steps: Sequence[int | None],
) -> Plan:
    """Plan the audit of every run that erased facts, except `retrain` runs, after each step.

    Args:
        runs: of one stream and base model.
        reference: the folder of a run; None: the `retrain` run of the same seed beside each.
        settings: of the attacks.
        request: further options.
        steps: None is the stream's last.

    Raises:
        UserError: the runs belong to several streams or models or judge answers in several ways,
            or there is no such step or run, or a fact of the list never was true.
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
    stream = restore.stream_of(audited[0][1], request.scenario, request.options)
    last = len(stream) - 1
    chosen = sorted({last if step is None else step for step in steps})
    for step in chosen:
        audited[0][1].refuse_missing(step)
    plan = Plan(stream, chosen)
    match = match_of(audited[0][1])
    for step in chosen:
        scope = Scope(stream, step, settings, request.forget, match)
        refuse_never_true(scope)
        for label, run in audited:
            plan.add(label, run, scope, reference)
    return plan


def _labels(variants: Sequence[Variant]) -> list[str]:
    """Return a name for each variant; the folder is added to names that occur twice."""
    times = Counter(variant.label for variant in variants)
    return [
        variant.label
        if times[variant.label] < 2
        else f"{variant.label} ({variant.runs[0].run.folder})"
        for variant in variants
    ]


def _refuse_several(runs: Sequence[Run]) -> None:
    """Raise a `UserError` for runs of several streams, base models or ways of judging answers."""
    kinds: dict[tuple[object, ...], Run] = {}
    for run in runs:
        digest = run.record.get("stream", {}).get("digest")
        kinds.setdefault((digest, run.record.get("weights"), match_of(run)), run)
    if len(kinds) > 1:
        same = len({kind[:2] for kind in kinds}) == 1
        raise UserError(
            "these runs judge answers in different ways (--match)"
            if same
            else "these runs do not have one stream and base model in common",
            details=[
                f"{run.folder}: {run.record.get('scenario')}, --match {run.match}"
                for run in kinds.values()
            ],
            hint="Audit the runs of one comparison at a time.",
        )


def _audited_run(run: Run, scope: Scope, reference: str | None) -> AuditedRun:
    """Return the audit of a run.

    Raises:
        UserError: it cannot be audited.
    """
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
        base_state(run, other)
        if earlier == BASE
        else ModelState(run, earlier, run.folder, weights=False)
    )
    taught = taught_of(scope.stream, case, max(earlier, 0))
    known = not taught.isdisjoint(fact.key for fact in case.erased)
    model, retrained = (ModelState(one, scope.step, one.folder) for one in (run, other))
    return AuditedRun(run, scope, other, model, retrained, before if known else None, taught)
