"""The audit: the whole battery on a model that erased facts, judged against the retrained one.

Models are attacked one after the other, so only one has to be held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool import assemble, retrained, revisiting
from cltool.attacks.battery import Findings, attack
from cltool.attacks.case import Case
from cltool.attacks.general import general_texts, growth, perplexity, squares
from cltool.attacks.settings import AuditSettings
from cltool.attacks.target import Target
from cltool.errors import UserError
from cltool.facts import Fact, Key, Knowledge, Update
from cltool.forget_list import read_forget_list
from cltool.judging import Row, rows, tally
from cltool.records import Run
from cltool.references import RETRAIN, refuse_unlike
from cltool.settings import ProbeSettings
from cltool.stream import Stream
from cltool.wordings import Wordings

if TYPE_CHECKING:
    from cltool.learner import Learner
    from cltool.lm.model import LanguageModel

Report = Callable[[int, int, str], None]
"""Progress: (done, of, what)."""


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


@dataclass(frozen=True)
class Asked:
    """What an audit is asked to look at, beside the models.

    Attributes:
        scenario: a scenario's name or file; of a run, where its own cannot be found.
        options: of the scenario.
        forget: a file of facts to forget, in place of the run's requests.
        step: of a run: after which step; None: the last one.
        device: where checkpoints are loaded.
        dtype: their arithmetic.
    """

    scenario: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    forget: Path | None = None
    step: int | None = None
    device: str = "auto"
    dtype: str = "auto"


def audit_run(
    run: Run,
    reference: str | None = None,
    settings: AuditSettings | None = None,
    asked: Asked | None = None,
    report: Report | None = None,
) -> Audit:
    """Audit the model that ``run`` left behind.

    Args:
        run: its folder holds a checkpoint.
        reference: the folder of a run, or the folder or hub name of a model, that never knew
            the facts; None: the `retrain` run beside ``run``, which is made where there is none.
        settings: of the attacks.
        asked: what else was said.
        report: told of progress.

    Raises:
        UserError: nothing was erased, a checkpoint is missing or does not fit, or the
            reference is of other facts.
    """
    settings, asked = settings or AuditSettings.model_validate({}), asked or Asked()
    step = revisiting.chosen_step(run, asked.step)
    stream = revisiting.reopened(run, asked.scenario, asked.options)
    case = _case(stream, step, asked.forget, settings)
    other = _reference(run, reference, stream, step, report)
    earlier = _step_before(run, stream, case)
    learner = revisiting.at_base(run, stream, report)
    # Facts that are too long for the model were left out of the run.
    case = _case(learner.stream, step, asked.forget, settings)
    base = squares(learner.model)
    taught = _taught(learner.stream, case, max(earlier, 0))
    erased = {fact.key for fact in case.erased}
    before = None
    if not taught.isdisjoint(erased) and earlier < 0:
        target = _target(learner.lm, settings)
        before = _attack(target, case, settings, report, 2, weights=False)
    revisiting.settle(learner, run, step)
    model = _attack(_target(learner.lm, settings, learner), case, settings, report, 0)
    steps = _trail(learner, run, case, settings, base, step)
    del learner
    target = _opponent(other, stream, step, settings, asked, report)
    against = _attack(target, case, settings, report, 1)
    if not taught.isdisjoint(erased) and earlier >= 0:
        target = _opponent(run, stream, earlier, settings, asked, report)
        before = _attack(target, case, settings, report, 2, weights=False)
    about = {
        "Scenario": stream.name,
        "Model": str(run.record.get("model", "")),
        "Strategy": f"{run.strategy}, seed {run.seed}",
        "After step": f"{step} ({run.record['labels'][step]})",
        "Reference": _named(other),
        "Before": "not known" if before is None else f"step {max(earlier, 0)}",
        "Erased facts": str(len(case.erased)),
    }
    found = rows(model, against, settings, before, taught)
    doubts = _doubts(case, other, found, settings)
    return Audit(about, case.erased, found, model, against, before, settings, steps, doubts)


def audit_models(
    model: str,
    reference: str,
    settings: AuditSettings | None = None,
    asked: Asked | None = None,
    report: Report | None = None,
) -> Audit:
    """Audit any model against any other.

    Args:
        model: the folder or hub name of the model that erased facts.
        reference: of one that never knew them; or the folder of a run.
        settings: of the attacks.
        asked: the list of facts, and the scenario that words them and says what is true.
        report: told of progress.

    Raises:
        UserError: there is no list of facts, or a model cannot be loaded.
    """
    settings, asked = settings or AuditSettings.model_validate({}), asked or Asked()
    if asked.forget is None:
        raise UserError(
            "which facts were to be forgotten is not said",
            where="--forget",
            hint="Give a file with subject, relation and object, a line each.",
        )
    stream = _stream(asked)
    case = _case(stream, len(stream) - 1, asked.forget, settings)
    other = retrained.opened(reference)
    found = _attack(_checkpoint(model, stream, asked, settings), case, settings, report, 0)
    if isinstance(other, Run):
        own, last = revisiting.reopened(other), revisiting.chosen_step(other, None)
        target = _opponent(other, own, last, settings, asked, report)
    else:
        target = _checkpoint(reference, stream, asked, settings)
    against = _attack(target, case, settings, report, 1)
    about = {
        "Scenario": stream.name,
        "Model": model,
        "Reference": _named(other),
        "Erased facts": str(len(case.erased)),
    }
    judged = rows(found, against, settings)
    doubts = _doubts(case, other, judged, settings)
    return Audit(about, case.erased, judged, found, against, None, settings, (), doubts)


def _attack(
    target: Target,
    case: Case,
    settings: AuditSettings,
    report: Report | None,
    turn: int,
    weights: bool = True,
) -> Findings:
    told = partial(_tell, report, turn) if report is not None else None
    return attack(target, case, settings, told, weights=weights)


def _tell(report: Report, turn: int, done: int, of: int, what: str) -> None:
    whom = ("the model", "the reference", "the model before")[turn]
    report(turn * of + done, 3 * of, f"{whom}: {what}")


def _target(lm: LanguageModel, settings: AuditSettings, learner: Learner | None = None) -> Target:
    """``lm``, asked as the strategies of ``learner`` frame prompts."""
    probe = ProbeSettings.model_validate({"batch_size": settings.prompts})
    return Target(lm, str if learner is None else learner.strategies.frame, probe)


def _checkpoint(name: str, stream: Stream, asked: Asked, settings: AuditSettings) -> Target:
    from cltool.lm import model

    lm = model.load(name, stream, device=asked.device, dtype=asked.dtype)
    return _target(lm, settings)


def _opponent(
    other: Run | Path,
    stream: Stream,
    step: int,
    settings: AuditSettings,
    asked: Asked,
    report: Report | None,
) -> Target:
    """What the model is compared with: a run after ``step``, or a checkpoint."""
    if not isinstance(other, Run):
        return _checkpoint(str(other), stream, asked, settings)
    learner = revisiting.at_base(other, stream, report)
    revisiting.settle(learner, other, revisiting.chosen_step(other, step))
    return _target(learner.lm, settings, learner)


def _case(stream: Stream, step: int, forget: Path | None, settings: AuditSettings) -> Case:
    if forget is None:
        return Case.of_stream(stream, step, settings.seed)
    facts, prompts = read_forget_list(forget)
    worded = replace(stream, wordings=stream.wordings.with_prompts(prompts))
    return Case.of_facts(worded, stream.knowledge(step), facts, settings.seed)


def _stream(asked: Asked) -> Stream:
    """The scenario, or one that knows nothing."""
    if asked.scenario is not None:
        return assemble.open_stream(asked.scenario, asked.options)
    return Stream("a list of facts", [Update(0, "base", ())], Wordings({}))


def _reference(
    run: Run, given: str | None, stream: Stream, step: int, report: Report | None
) -> Run | Path:
    """What the model is held to; a `retrain` run is made where there is none."""
    other: Run | Path | None = retrained.opened(given) if given else retrained.beside(run)
    if other is None:
        other = retrained.make(run, stream, step, report)
    if isinstance(other, Run):
        refuse_unlike(run, other, exact=False)
        revisiting.chosen_step(other, step)
    return other


def _step_before(run: Run, stream: Stream, case: Case) -> int:
    """The last step before the first request that has a checkpoint; -1: the base has to do."""
    keys = {fact.key for fact in case.erased}
    asking = [u.step for u in stream if any(fact.key in keys for fact in u.forget)]
    first = min(asking, default=0)
    return max((step for step in revisiting.kept_steps(run) if step < first), default=-1)


def _taught(stream: Stream, case: Case, step: int) -> set[Key]:
    known: Knowledge = stream.knowledge(step)
    facts = (*case.erased, *case.retained)
    beliefs = {fact: known.belief(fact.key) for fact in facts}
    return {fact.key for fact, held in beliefs.items() if held is not None and held.fact == fact}


def _trail(
    learner: Learner, run: Run, case: Case, settings: AuditSettings, base: float, step: int
) -> list[Step]:
    """The model as a whole after each step up to ``step`` whose checkpoint is kept."""
    from cltool import checkpoints

    texts, found = general_texts(case, settings), []
    kept = [one for one in revisiting.kept_steps(run) if one <= step]
    for one in kept:
        if len(kept) > 1:
            checkpoints.load(run.folder, one, learner.model, learner.strategies)
        size = growth(squares(learner.model), base)
        label = str(run.record["labels"][one])
        found.append(Step(one, label, size, perplexity(_target(learner.lm, settings), texts)))
    return found


def _named(other: Run | Path) -> str:
    if isinstance(other, Run):
        return f"{other.strategy}, seed {other.seed}"
    return str(other)


def _doubts(
    case: Case, other: Run | Path, found: Sequence[Row], settings: AuditSettings
) -> list[str]:
    told = []
    if isinstance(other, Run) and other.strategy != RETRAIN:
        told.append(
            f"The reference was made by {other.strategy}, which begins from a base that may have "
            "known the erased facts: it is no retrained model."
        )
    if isinstance(other, Run):
        told += [str(text) for text in other.record.get("warnings", ()) if "reference" in text]
    if not case.retained:
        told.append(
            "Nothing is known to be true beside the erased facts, so no damage is looked for."
        )
    if any(row.word == "undecided" for row in found):
        told.append(
            f"Where the verdict is undecided, {len(case.erased)} erased facts are too few to tell: "
            "the column “agrees within” says at which tolerance they would be indistinguishable. "
            f"To agree within {settings.tolerances.greedy:g} takes at least "
            f"{_least(settings)} facts, even if all their answers are the same."
        )
    return told


def _least(settings: AuditSettings) -> int:
    """Facts from which equal scores are indistinguishable at the tolerance of greedy answers."""
    from math import ceil, log

    tail = (1 - settings.confidence) / 2
    return ceil(log(tail) / log(1 - min(settings.tolerances.greedy, 0.999)))
