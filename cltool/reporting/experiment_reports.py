"""The reports of an experiment, written beside its file: from its cells, and from runs on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.audit.attacks.settings import AuditSettings
from cltool.core.files import write_json
from cltool.core.progress import Progress
from cltool.core.settings import validate
from cltool.experiments import cells
from cltool.experiments.experiment_plan import Plan, PlannedCell
from cltool.experiments.tune import Tuning
from cltool.reporting import formats, table
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.reporting.templates import write_page
from cltool.reporting.tuning_data import tuning_data
from cltool.reporting.tuning_page import write_tuning
from cltool.runs import erasures, references
from cltool.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

PAGE = "report.html"
DATA = "report.json"
AUDIT_PAGE = "audit.html"
ERASURES = "erasures.json"


@dataclass(frozen=True)
class Summary:
    """What the cells of an experiment say.

    Attributes:
        table: the comparison; None for a search, or without cells.
        tunings: of a search.
        doubts: what limits the conclusions, a sentence each.
    """

    table: pd.DataFrame | None = None
    tunings: Sequence[Tuning] = ()
    doubts: Sequence[str] = ()


def write_from_cells(plan: Plan) -> Summary:
    """Write ``report.html`` and ``report.json``, and return what they show.

    A report that was not made from cells is kept until all cells are finished.

    Raises:
        UserError: a cell's file is damaged.
    """
    if plan.experiment.tune is not None:
        return _write_tuning(plan)
    measured = cells.finished_runs(plan)
    if not measured:
        return Summary()
    frame = table.comparison(measured)
    data = page_data(measured, command=plan.command)
    (group,) = data["groups"]
    group["doubts"] += _incomplete(plan, len(measured))
    if not _keeps_older_report(plan, len(measured)):
        write_page(plan.folder / PAGE, render(data))
        content = {
            "table": table.as_json(frame),
            "doubts": group["doubts"],
            "resurfaced": group["resurfaced"],
        }
        write_json(plan.folder / DATA, _head(plan) | content)
    return Summary(frame, doubts=group["doubts"])


def _write_tuning(plan: Plan) -> Summary:
    found = cells.finished_searches(plan)
    if not found:
        return Summary()
    doubts = _incomplete(plan, len(found))
    search = plan.search(Path())
    data = tuning_data(search, found, plan.command)
    if not _keeps_older_report(plan, len(found)):
        write_tuning(data, plan.folder / PAGE)
        content = {"tunings": data["tunings"], "doubts": doubts}
        write_json(plan.folder / DATA, _head(plan) | content)
    return Summary(tunings=found, doubts=doubts)


def _head(plan: Plan) -> dict[str, Any]:
    return {"experiment": plan.name, "command": plan.command}


def _keeps_older_report(plan: Plan, finished: int) -> bool:
    """Return whether a report that was not made from cells shows more than they do."""
    if finished == len(plan.cells) or not (plan.folder / PAGE).is_file():
        return False
    try:
        held = json.loads((plan.folder / DATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return "experiment" not in held


def _incomplete(plan: Plan, finished: int) -> list[str]:
    """Return what readers have to know of cells that are missing or old."""
    found = []
    if missing := len(plan.cells) - finished:
        found.append(
            f"{formats.plural(missing, 'cell')} of {len(plan.cells)} of this experiment "
            f"{'is' if missing == 1 else 'are'} not finished."
        )
    if old := cells.by_earlier_code(plan):
        found.append(f"An earlier version of the code made these cells: {', '.join(old)}.")
    return found


@dataclass(frozen=True)
class FromRuns:
    """What kept the reports that need run folders from being whole.

    Attributes:
        not_written: a sentence for each report that was not written.
        not_audited: a sentence for each run that an audit left out.
    """

    not_written: Sequence[str] = ()
    not_audited: Sequence[str] = ()


def write_from_runs(
    plan: Plan,
    runs: Mapping[PlannedCell, Run],
    workers: int | None,
    progress: Progress,
) -> FromRuns:
    """Write ``audit.html`` and ``erasures.json`` if the run folders that they need are there.

    Args:
        plan: the experiment.
        runs: its finished runs.
        workers: processes of an audit of several runs.
        progress: receives the progress of the audit.

    Raises:
        UserError: an audit's setting is wrong, or nothing can be audited.
    """
    found = FromRuns()
    if plan.experiment.audit is not None:
        found = _write_audit(plan, runs, workers, progress)
    if plan.experiment.erasures is not None:
        run = _first_seed(plan, runs, plan.experiment.erasures)
        if run is None:
            needed = f"{ERASURES} needs the run folder of {plan.experiment.erasures}, seed 0."
            return FromRuns([*found.not_written, needed], found.not_audited)
        record = erasures.open_record(run)
        if record["reference"] is None:
            record = erasures.with_reference(record, references.beside(run))
        write_json(plan.folder / ERASURES, record)
    return found


def audit_settings(plan: Plan) -> AuditSettings:
    """Return the settings of the experiment's audit.

    Raises:
        UserError: one is wrong.
    """
    table_of = plan.experiment.audit.settings if plan.experiment.audit else {}
    return validate(AuditSettings, table_of, f"{plan.name}: audit.settings")


def _write_audit(
    plan: Plan, runs: Mapping[PlannedCell, Run], workers: int | None, progress: Progress
) -> FromRuns:
    from cltool.audit.request import AuditRequest

    table_of = plan.experiment.audit
    if table_of is None:
        return FromRuns()
    settings = audit_settings(plan)
    request = AuditRequest(plan.scenario, plan.options)
    if table_of.run is not None:
        run = _first_seed(plan, runs, table_of.run)
        if run is None:
            return FromRuns([f"{AUDIT_PAGE} needs the run folder of {table_of.run}, seed 0."])
        from cltool.audit.audit import audit_run
        from cltool.reporting.audit_data import audit_data
        from cltool.reporting.audit_page import write_audit

        found = audit_run(run, None, settings, request, progress.task("audit"))
        write_audit(audit_data(found, plan.command), plan.folder / AUDIT_PAGE)
        return FromRuns()
    if missing := len(plan.cells) - len(runs):
        total = len(plan.cells)
        return FromRuns([f"{AUDIT_PAGE} needs all run folders; {missing} of {total} are missing."])
    from cltool.audit.survey import survey
    from cltool.reporting.survey_data import survey_data
    from cltool.reporting.survey_page import write_survey

    steps = [None if step == "last" else step for step in table_of.steps]
    surveyed = survey(list(runs.values()), None, settings, request, steps, workers, progress)
    write_survey(survey_data(surveyed, plan.command), plan.folder / AUDIT_PAGE)
    return FromRuns(
        not_audited=[f"{name} is not audited: {reason}" for name, reason in surveyed.left_out]
    )


def _first_seed(plan: Plan, runs: Mapping[PlannedCell, Run], variant: str) -> Run | None:
    return next((run for cell, run in runs.items() if cell.variant == variant), None)
