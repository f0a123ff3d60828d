"""The audit: the whole battery on a model that erased facts, judged against the retrained one.

Models are attacked one after the other, so only one has to be held at a time, and not at all where
what was found out of them is kept (see `attacking`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.audit import findings
from cltool.audit.attacks.battery import Findings, attack
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.general import general_texts, growth, perplexity, squares
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Target
from cltool.audit.findings import BASE, Scope, Side
from cltool.audit.judge import Row, rows, tally
from cltool.audit.request import Asked
from cltool.core.progress import QUIET, Progress
from cltool.experiments import reference_run, resolve, restore
from cltool.facts.facts import Fact, Key, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.runs.references import RETRAIN, refuse_unlike
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.training.learner import Learner

TURNS = ("the reference", "the model", "the model before")
"""The models of an audit, in the order in which progress counts them."""

NAMED = 5
"""Most facts that a doubt names."""

NOTHING_RETAINED = (
    "Nothing is known to be true beside the erased facts, so no damage is looked for."
)


@dataclass(frozen=True, slots=True)
class Step:
    """The model as a whole after one step, where its checkpoint is kept.

    Attributes:
        step: after which update.
        label: its name.
        growth: log of how many times as large as the base model's the norm of its weights is.
        perplexity: on general text.
    """

    step: int
    label: str
    growth: float
    perplexity: float


@dataclass(frozen=True)
class Audit:
    """All that an audit found.

    Attributes:
        about: name → what was audited, in words.
        facts: the erased facts.
        rows: a verdict for each attack.
        model: found out of the model that erased them.
        reference: found out of the retrained model.
        before: found out of the model before the erasing, or None.
        steps: the model as a whole, step by step.
        settings: of the audit.
        doubts: what whoever reads the verdicts must know.
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
    asked: Asked | None = None,
    progress: Progress = QUIET,
) -> Audit:
    """Audit the model that ``run`` left behind.

    Args:
        run: its folder holds a checkpoint.
        reference: the folder of a run, or the folder or hub name of a model, that never knew
            the facts; None: the `retrain` run beside ``run``, which is made where there is none.
        settings: of the attacks.
        asked: what else was said.
        progress: receives the progress of the audit.

    Raises:
        UserError: nothing was erased, a checkpoint is missing or does not fit, or the
            reference is of other facts.
    """
    settings, asked = settings or AuditSettings.model_validate({}), asked or Asked()
    step = restore.chosen_step(run, asked.step)
    stream = restore.stream_of(run, asked.scenario, asked.options)
    scope = Scope(stream, step, settings, asked.forget)
    earlier = findings.step_before(run, scope)
    other = _reference(run, reference, stream, step, progress)
    # First, so that a reference that cannot be had is told before hours were spent.
    against = _against(other, scope, asked, progress)
    learner = restore.base_learner(run, stream, progress)
    # Facts that are too long for the model were left out of the run.
    case = scope.within(learner.stream)
    base = squares(learner.model)
    taught = taught_of(learner.stream, case, max(earlier, 0))
    known = not taught.isdisjoint(fact.key for fact in case.erased)
    before = None
    if known and earlier == BASE:
        before = _found(base_side(run, other), scope, asked, progress, 2, learner)
    restore.move_to_step(learner, run, step)
    model = _found(Side(run, step, run.folder), scope, asked, progress, 1, learner)
    steps = _trail(learner, run, case, settings, base, step)
    del learner
    if known and earlier != BASE:
        side = Side(run, earlier, run.folder, weights=False)
        before = _found(side, scope, asked, progress, 2)
    about = {
        "Scenario": stream.name,
        "Model": str(run.record.get("model", "")),
        "Strategy": f"{run.strategy}, seed {run.seed}",
        "Run": str(run.folder),
        "After step": f"{step} ({run.record['labels'][step]})",
        "Reference": _named(other),
        "Before": "not known" if before is None else f"step {max(earlier, 0)}",
        "Erased facts": str(len(case.erased)),
    }
    found = rows([model], [against], settings, [before] if before else [], taught)
    doubts = [*_self_doubt(run.folder, other), *listed_doubts(scope)]
    doubts += _doubts(case, other, found, settings)
    return Audit(about, case.erased, found, model, against, before, settings, steps, doubts)


def audit_models(
    model: str,
    reference: str,
    settings: AuditSettings | None = None,
    asked: Asked | None = None,
    progress: Progress = QUIET,
) -> Audit:
    """Audit any model against any other.

    Args:
        model: the folder or hub name of the model that erased facts.
        reference: of one that never knew them; or the folder of a run.
        settings: of the attacks.
        asked: the list of facts, and the scenario that words them and says what is true.
        progress: receives the progress of the audit.

    Raises:
        UserError: there is no list of facts, or a model cannot be loaded.
    """
    settings, asked = settings or AuditSettings.model_validate({}), asked or Asked()
    listed, stream = asked.listed(), _stream(asked)
    case = Scope(stream, len(stream) - 1, settings, listed).case
    other = reference_run.open_reference(reference)
    if isinstance(other, Run):
        own, last = restore.stream_of(other), restore.chosen_step(other, None)
        learner = findings.standing(Side(other, last, other.folder), own, progress)
        target = findings.target_of(learner.lm, settings, learner)
    else:
        target = _checkpoint(reference, stream, asked, settings)
    against = _attack(target, case, settings, progress, 0)
    found = _attack(_checkpoint(model, stream, asked, settings), case, settings, progress, 1)
    about = {
        "Scenario": stream.name,
        "Model": model,
        "Reference": _named(other),
        "Erased facts": str(len(case.erased)),
    }
    judged = rows([found], [against], settings)
    doubts = [*_self_doubt(Path(model), other), *_doubts(case, other, judged, settings)]
    return Audit(about, case.erased, judged, found, against, None, settings, (), doubts)


def _against(other: Run | Path, scope: Scope, asked: Asked, progress: Progress) -> Findings:
    """What is found out of the reference."""
    if isinstance(other, Run):
        return _found(Side(other, scope.step, other.folder), scope, asked, progress, 0)
    target = _checkpoint(str(other), scope.stream, asked, scope.settings)
    return _attack(target, scope.case, scope.settings, progress, 0)


def listed_doubts(scope: Scope) -> list[str]:
    """What is wrong with a list of facts that somebody wrote, in place of the stream's requests."""
    if scope.forget is None:
        return []
    known = scope.stream.knowledge(scope.step)
    found: dict[str, list[Fact]] = {}
    for fact in scope.case.erased:
        belief = known.belief(fact.key)
        if belief is None:
            kind = "the stream never taught anything of their keys, so nothing can be left of them"
        elif not belief.erased and belief.fact.object == fact.object:
            kind = "no update asked to forget them: the reference was taught them too, and is none"
        else:
            continue
        found.setdefault(kind, []).append(fact)
    told = []
    for kind, facts in found.items():
        named = "; ".join(f"{fact.subject}, {fact.relation}" for fact in facts[:NAMED])
        more = f" and {len(facts) - NAMED} more" if len(facts) > NAMED else ""
        told.append(f"Of the facts that are listed ({named}{more}), {kind}.")
    return told


def _self_doubt(model: Path, reference: Run | Path) -> list[str]:
    other = reference.folder if isinstance(reference, Run) else reference
    if model.resolve() != other.resolve():
        return []
    return ["The model is its own reference: every difference is 0, whatever it knows."]


def base_side(run: Run, reference: Run | Path) -> Side:
    """The base model; kept with the reference, for other runs have the same."""
    whose = reference if isinstance(reference, Run) else run
    return Side(whose, BASE, whose.folder, weights=False)


def _found(
    side: Side,
    scope: Scope,
    asked: Asked,
    progress: Progress,
    turn: int,
    learner: Learner | None = None,
) -> Findings:
    part = progress.part(turn, len(TURNS), TURNS[turn])
    return findings.findings(side, scope, fresh=asked.fresh, learner=learner, progress=part)


def _attack(
    target: Target, case: Case, settings: AuditSettings, progress: Progress, turn: int
) -> Findings:
    part = progress.part(turn, len(TURNS), TURNS[turn])
    return attack(target, case, settings, part)


def _checkpoint(name: str, stream: Stream, asked: Asked, settings: AuditSettings) -> Target:
    from cltool.models import load

    lm = load(name, stream, device=asked.device, dtype=asked.dtype)
    return findings.target_of(lm, settings)


def _stream(asked: Asked) -> Stream:
    """The scenario, or one that knows nothing."""
    if asked.scenario is not None:
        return resolve.open_stream(asked.scenario, asked.options)
    return Stream("a list of facts", [Update(0, "base", ())], Wordings({}))


def _reference(
    run: Run, given: str | None, stream: Stream, step: int, progress: Progress
) -> Run | Path:
    """What the model is held to; a `retrain` run is made where there is none."""
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
    """The keys of those erased and retained facts that were true after ``step`` already."""
    known: Knowledge = stream.knowledge(step)
    facts = (*case.erased, *case.retained)
    beliefs = {fact: known.belief(fact.key) for fact in facts}
    return {fact.key for fact, held in beliefs.items() if held is not None and held.fact == fact}


def _trail(
    learner: Learner, run: Run, case: Case, settings: AuditSettings, base: float, step: int
) -> list[Step]:
    """The model as a whole after each step up to ``step`` whose checkpoint is kept."""
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
    told = reference_doubts(other) if isinstance(other, Run) else []
    if not case.retained:
        told.append(NOTHING_RETAINED)
    if any(row.word == "undecided" for row in found):
        told.append(
            f"Where the verdict is undecided, facts ({len(case.erased)} erased) are too few to "
            "tell: the column “agrees within” says at which tolerance they would be "
            "indistinguishable. " + least_facts(settings)
        )
    return told


def reference_doubts(reference: Run) -> list[str]:
    """Why the reference may be none."""
    told = []
    if reference.strategy != RETRAIN:
        told.append(
            f"The reference was made by {reference.strategy}, which begins from a base that may "
            "have known the erased facts: it is no retrained model."
        )
    return told + [
        str(text) for text in reference.record.get("warnings", ()) if "reference" in text
    ]


def least_facts(settings: AuditSettings) -> str:
    """How many facts equal scores take to be indistinguishable, in words."""
    from math import ceil, log

    tail, tolerance = (1 - settings.confidence) / 2, settings.tolerances.greedy
    least = ceil(log(tail) / log(1 - min(tolerance, 0.999)))
    return (
        f"To agree within {tolerance:g} takes at least {least} facts, even if all their answers "
        "are the same."
    )
