"""A survey: the audits of all runs of a comparison, as one table for each step.

Every model is attacked once, in worker processes, and its findings are stored in its run's folder
(`cltool.audit.findings`): an interrupted survey continues from there. Seeds of a strategy are
pooled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.audit import (
    NOTHING_RETAINED,
    least_facts,
    reference_doubts,
)
from cltool.audit.findings import BASE
from cltool.audit.listed_facts import listed_doubts
from cltool.audit.measures.verdict import Verdict
from cltool.audit.request import AuditRequest
from cltool.audit.survey_plan import Plan, planned
from cltool.audit.survey_tables import Table, survey_tables
from cltool.audit.survey_workers import SurveyFindings, attack_all
from cltool.core.backend import HERE, Backend
from cltool.core.progress import QUIET, Progress
from cltool.runs.run import Run


@dataclass(frozen=True)
class Survey:
    """The result of a survey.

    Attributes:
        about: name → what was surveyed, in words.
        tables: one for each step.
        left_out: runs that could not be audited, and why.
        settings: of the audits.
        doubts: limits of the verdicts that readers must know.
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
    request: AuditRequest | None = None,
    steps: Sequence[int | None] = (None,),
    workers: int | None = None,
    progress: Progress = QUIET,
    backend: Backend = HERE,
) -> Survey:
    """Audit every run that erased facts, except `retrain` runs.

    Args:
        runs: of one stream and base model; seeds of a strategy are pooled.
        reference: the folder of a run that never knew the facts; None: for each run, the
            `retrain` run of its seed beside it.
        settings: of the attacks.
        request: further options.
        steps: the steps to audit; None: the stream's last.
        workers, backend: as for `cltool.core.workers.run_tasks`; on a cluster, all machines see the
            folders of the runs.
        progress: receives the progress of the attacks and of the judging.

    Raises:
        UserError: the runs belong to several streams or models, or none can be audited.
    """
    settings, request = settings or AuditSettings.model_validate({}), request or AuditRequest()
    plan = planned(runs, reference, settings, request, steps)
    plan.refuse_nothing()
    states = [
        (state, entry.scope)
        for entry in (one for group in plan.audited.values() for one in group)
        for state in entry.states
    ]
    found = attack_all(states, request.fresh, workers, progress, backend)
    _without_failures(plan, found)
    plan.refuse_nothing()
    tables = survey_tables(plan, found, settings, progress)
    plan.refuse_nothing()
    return Survey(
        _about(plan, tables),
        tables,
        plan.left_out,
        settings,
        _doubts(plan, tables, settings),
    )


def _without_failures(plan: Plan, found: SurveyFindings) -> None:
    """Leave out runs that miss the findings of a model."""
    for group, audited in list(plan.audited.items()):
        sound = []
        for entry in audited:
            errors = [error for state in entry.states if (error := found.error(state, entry.scope))]
            if errors:
                plan.leave_out(entry.run, entry.scope.step, errors[0])
            else:
                sound.append(entry)
        plan.audited[group] = sound
        if not sound:
            del plan.audited[group]


def _about(plan: Plan, tables: Sequence[Table]) -> dict[str, str]:
    audited = [entry for group in plan.audited.values() for entry in group]
    seeds = sorted({entry.run.seed for entry in audited})
    references = dict.fromkeys(entry.reference.strategy for entry in audited)
    labels = {one.label for table in tables for one in table.strategies}
    return {
        "Scenario": plan.stream.name,
        "Model": str(audited[0].run.record.get("model", "")),
        "Strategies": str(len(labels)),
        "Seeds": ", ".join(map(str, seeds)),
        "Reference": ", ".join(references),
        "After steps": ", ".join(f"{table.step} ({table.label})" for table in tables),
        "Erased facts": ", ".join(str(table.erased) for table in tables),
    }


def _doubts(plan: Plan, tables: Sequence[Table], settings: AuditSettings) -> list[str]:
    audited = [entry for group in plan.audited.values() for entry in group]
    references = {entry.reference.folder: entry.reference for entry in audited}
    doubts = [text for one in references.values() for text in reference_doubts(one)]
    doubts += [text for entry in audited for text in listed_doubts(entry.scope)]
    if any(not entry.scope.case.retained for entry in audited):
        doubts.append(NOTHING_RETAINED)
    judged = [one for table in tables for one in table.strategies]
    most = max(len(one.seeds) for one in judged)
    if most > 1:
        doubts.append(
            f"Figures are means over {most} seeds; a fact counts once, with its mean over the"
            " seeds, and intervals are over facts. The figures of each seed show how much the"
            " seeds differ."
        )
    fewer = dict.fromkeys(one.label for one in judged if len(one.seeds) < most)
    if fewer:
        doubts.append(f"Strategies with fewer than {most} seeds: {', '.join(fewer)}.")
    if any(entry.before is not None and entry.before.step != BASE for entry in audited):
        doubts.append(
            "Each strategy has its own models before the erasing; the row “before” is their mean."
        )
    count = sum(len(one.rows) for one in judged)
    doubts.append(
        f"There are {count} verdicts: with a confidence of {settings.confidence:.0%}, about"
        f" {count * (1 - settings.confidence):.0f} may be wrong by chance."
    )
    if any(Verdict.UNDECIDED in one.tally for one in judged):
        doubts.append("Undecided verdicts need more facts. " + least_facts(settings))
    return list(dict.fromkeys(doubts))
