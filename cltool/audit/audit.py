"""The audit: all attacks on a model that erased facts, compared with the retrained model.

Models are attacked one after the other, so only one is in memory at a time, and none if its
findings are stored (`cltool.audit.findings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.audit import findings
from cltool.audit.attacks.battery import Findings, attack
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.general import general_texts, growth, perplexity, squares
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Target
from cltool.audit.findings import BASE, ModelState, Scope
from cltool.audit.judge import Row, rows, tally
from cltool.audit.listed_facts import listed_doubts, refuse_never_true
from cltool.audit.request import AuditRequest
from cltool.core.digests import saved_from_built
from cltool.core.plurals import plural
from cltool.core.progress import QUIET, Progress
from cltool.evaluation.matchers import CONTAINS, EXACT
from cltool.experiments import reference_run, resolve, restore
from cltool.facts.facts import Fact, Key, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.runs.references import RETRAIN, refuse_unlike
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.training.learner import Learner

NOTHING_RETAINED = "No retained facts are known, so the audit cannot look for damage."


@dataclass(frozen=True, slots=True)
class Step:
    """The model as a whole after one step whose checkpoint is kept.

    Attributes:
        step: its number.
        label: its name.
        growth: log of how many times as large as the base model's the norm of the weights is.
        perplexity: on general text.
    """

    step: int
    label: str
    growth: float
    perplexity: float


@dataclass(frozen=True)
class Audit:
    """The result of an audit.

    Attributes:
        about: name → what was audited, in words.
        facts: the erased facts.
        rows: a verdict for each attack.
        model: findings of the model that erased them.
        reference: findings of the retrained model.
        before: findings of the model before the erasing, or None.
        steps: the model as a whole, step by step.
        settings: of the audit.
        doubts: limits of the verdicts that readers must know.
    """

    about: Mapping[str, str]
    facts: Sequence[Fact]
    rows: Sequence[Row]
    model: Findings
    reference: Findings
    before: Findings | None
    settings: AuditSettings
    steps: Sequence[Step] = ()
    doubts: Sequence[str] = ()

    @property
    def tally(self) -> dict[str, int]:
        """How often each verdict was given."""
        return tally(self.rows)


def audit_run(
    run: Run,
    reference: str | None = None,
    settings: AuditSettings | None = None,
    request: AuditRequest | None = None,
    progress: Progress = QUIET,
) -> Audit:
    """Audit the model of ``run`` after a step.

    Args:
        run: a run with a checkpoint of the step.
        reference: the folder of a run, or the folder or hub name of a model, that never knew
            the facts; None: the `retrain` run beside ``run``, which is made if there is none.
        settings: of the attacks.
        request: further options.
        progress: receives the progress of the audit.

    Raises:
        UserError: nothing was erased, a checkpoint is missing or does not fit, or the
            reference belongs to other facts.
    """
    settings, request = settings or AuditSettings.model_validate({}), request or AuditRequest()
    step = restore.chosen_step(run, request.step)
    stream = restore.stream_of(run, request.scenario, request.options)
    scope = Scope(stream, step, settings, request.forget, findings.match_of(run))
    refuse_never_true(scope)
    earlier = findings.step_before(run, scope)
    parts = _parts(progress)
    find = partial(findings.findings, scope=scope, fresh=request.fresh)
    other = _reference(run, reference, stream, step, progress)
    # The reference comes first: if it cannot be made, the user learns it before hours of attacks.
    against = _against(other, scope, request, parts[0])
    learner = restore.base_learner(run, stream, progress)
    # The run left out facts that are too long for the model.
    case = scope.within(learner.stream)
    base = squares(learner.model)
    taught = taught_of(learner.stream, case, max(earlier, 0))
    known = not taught.isdisjoint(fact.key for fact in case.erased)
    before = None
    if known and earlier == BASE:
        before = find(base_state(run, other), progress=parts[2], learner=learner)
    restore.move_to_step(learner, run, step)
    model = find(ModelState(run, step, run.folder), progress=parts[1], learner=learner)
    steps = _trail(learner, run, case, settings, base, step)
    del learner
    if known and earlier != BASE:
        before = find(ModelState(run, earlier, run.folder, weights=False), progress=parts[2])
    about = {"Scenario": stream.name} | _about(
        run, step, other, None if before is None else max(earlier, 0), case
    )
    found = rows([model], [against], settings, [before] if before else [], taught)
    doubts = [*_self_doubt(run.folder, other), *listed_doubts(scope)]
    doubts += _doubts(case, other, found, settings)
    return Audit(about, case.erased, found, model, against, before, settings, steps, doubts)


def _about(
    run: Run, step: int, reference: Run | Path, before: int | None, case: Case
) -> dict[str, str]:
    """Return name → what was audited, in words."""
    return {
        "Model": str(run.record.get("model", "")),
        "Strategy": f"{run.strategy}, seed {run.seed}",
        "Run": str(run.folder),
        "After step": f"{step} ({run.record['labels'][step]})",
        "Reference": _named(reference),
        "Before": "unknown" if before is None else f"step {before}",
        "Erased facts": str(len(case.erased)),
    }


def audit_models(
    model: str,
    reference: str,
    settings: AuditSettings | None = None,
    request: AuditRequest | None = None,
    progress: Progress = QUIET,
) -> Audit:
    """Audit a model against another one.

    Args:
        model: the folder or hub name of the model that erased facts.
        reference: the same for a model that never knew them; or the folder of a run.
        settings: of the attacks.
        request: the list of facts, and the scenario with their wordings and the true facts.
        progress: receives the progress of the audit.

    Raises:
        UserError: there is no list of facts, or a model cannot be loaded.
    """
    settings, request = settings or AuditSettings.model_validate({}), request or AuditRequest()
    listed, stream = request.listed(), _stream(request)
    other = reference_run.open_reference(reference)
    match = _match_of_models(model, other)
    scope = Scope(stream, len(stream) - 1, settings, listed, match)
    case = scope.case
    if isinstance(other, Run):
        own, last = restore.stream_of(other), restore.chosen_step(other, None)
        learner = findings.learner_at(ModelState(other, last, other.folder), own, progress)
        target = findings.target_of(learner.lm, settings, learner, stream, match)
    else:
        target = _checkpoint(reference, scope, request)
    parts = _parts(progress)
    against = attack(target, case, settings, parts[0])
    found = attack(_checkpoint(model, scope, request), case, settings, parts[1])
    about = {
        "Scenario": stream.name,
        "Model": model,
        "Reference": _named(other),
        "Erased facts": str(len(case.erased)),
    }
    judged = rows([found], [against], settings)
    doubts = [*_self_doubt(Path(model), other), *listed_doubts(scope)]
    doubts += _doubts(case, other, judged, settings)
    return Audit(about, case.erased, judged, found, against, None, settings, (), doubts)


def _against(
    other: Run | Path, scope: Scope, request: AuditRequest, progress: Progress
) -> Findings:
    """Return the findings of the reference."""
    if isinstance(other, Run):
        state = ModelState(other, scope.step, other.folder)
        return findings.findings(state, scope, fresh=request.fresh, progress=progress)
    target = _checkpoint(str(other), scope, request)
    return attack(target, scope.case, scope.settings, progress)


def _self_doubt(model: Path, reference: Run | Path) -> list[str]:
    other = reference.folder if isinstance(reference, Run) else reference
    if model.resolve() != other.resolve():
        return []
    return ["The model is its own reference, so every difference is 0."]


def base_state(run: Run, reference: Run | Path) -> ModelState:
    """Return the base model; its findings are stored with the reference, for other runs."""
    whose = reference if isinstance(reference, Run) else run
    return ModelState(whose, BASE, whose.folder, weights=False)


def _parts(progress: Progress) -> list[Progress]:
    """Return the progress of each model."""
    names = "the reference", "the model", "the model before"
    return [progress.part(number, len(names), name) for number, name in enumerate(names)]


def _checkpoint(name: str, scope: Scope, request: AuditRequest) -> Target:
    from cltool.models import load

    lm = load(name, scope.stream, device=request.device, dtype=request.dtype)
    return findings.target_of(lm, scope.settings, stream=scope.stream, match=scope.match)


def _match_of_models(model: str, reference: Run | Path) -> str:
    """Return how the answers of two models are judged: exactly only if cltool made both."""
    built = saved_from_built(Path(model))
    if isinstance(reference, Run):
        built = built and findings.match_of(reference) == EXACT
    else:
        built = built and saved_from_built(reference)
    return EXACT if built else CONTAINS


def _stream(request: AuditRequest) -> Stream:
    """Return the scenario, or an empty stream."""
    if request.scenario is not None:
        return resolve.open_stream(request.scenario, request.options)
    return Stream("a list of facts", [Update(0, "base", ())], Wordings({}))


def _reference(
    run: Run, given: str | None, stream: Stream, step: int, progress: Progress
) -> Run | Path:
    """Return the reference of ``run``; make a `retrain` run if there is none."""
    other: Run | Path | None = (
        reference_run.open_reference(given) if given else reference_run.find(run)
    )
    if other is None:
        other = reference_run.retrain(run, stream, step, progress)
    if isinstance(other, Run):
        refuse_unlike(run, other, exact=False)
        restore.chosen_step(other, step)
    return other


def taught_of(stream: Stream, case: Case, step: int) -> set[Key]:
    """Return the keys of erased and retained facts that were already true after ``step``."""
    known: Knowledge = stream.knowledge(step)
    facts = (*case.erased, *case.retained)
    beliefs = {fact: known.belief(fact.key) for fact in facts}
    return {
        fact.key for fact, held in beliefs.items() if held is not None and held.fact.restates(fact)
    }


def _trail(
    learner: Learner, run: Run, case: Case, settings: AuditSettings, base: float, step: int
) -> list[Step]:
    """Return the model as a whole after each step up to ``step`` whose checkpoint is kept."""
    from cltool.experiments import checkpoints

    texts, found = general_texts(case, settings), []
    kept = [one for one in restore.kept_steps(run) if one <= step]
    for one in kept:
        if len(kept) > 1:
            checkpoints.load(run.folder, one, learner.model, learner.strategies)
        size = growth(squares(learner.model), base)
        label = str(run.record["labels"][one])
        found.append(
            Step(one, label, size, perplexity(findings.target_of(learner.lm, settings), texts))
        )
    return found


def _named(other: Run | Path) -> str:
    if isinstance(other, Run):
        return f"{other.strategy}, seed {other.seed} ({other.folder})"
    return str(other)


def _doubts(
    case: Case, other: Run | Path, found: Sequence[Row], settings: AuditSettings
) -> list[str]:
    doubts = reference_doubts(other) if isinstance(other, Run) else []
    if not case.retained:
        doubts.append(NOTHING_RETAINED)
    if any(row.word == "undecided" for row in found):
        doubts.append(
            f"Undecided verdicts need more than {plural(len(case.erased), 'erased fact')}. The"
            " column “agrees within” gives the tolerance at which the models would be"
            " indistinguishable. " + least_facts(settings)
        )
    return doubts


def reference_doubts(reference: Run) -> list[str]:
    """Return why the reference may not be a retrained model."""
    doubts = []
    if reference.strategy != RETRAIN:
        doubts.append(
            f"The reference was made by {reference.strategy}, whose base model may have known the"
            " erased facts: it is not a retrained model."
        )
    return doubts + [
        str(text) for text in reference.record.get("warnings", ()) if "reference" in text
    ]


def least_facts(settings: AuditSettings) -> str:
    """Return, in words, how many facts are needed to show that equal scores agree."""
    from math import ceil, log

    tail, tolerance = (1 - settings.confidence) / 2, settings.tolerances.greedy
    least = ceil(log(tail) / log(1 - min(tolerance, 0.999)))
    return (
        f"To show agreement within {tolerance:g}, at least {least} facts are needed, even if all"
        " answers are equal."
    )
