"""The reports of an experiment, written beside its file: from its cells, and from runs on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.audit.attacks.settings import AuditSettings
from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.progress import Progress
from cltool.core.settings import validate
from cltool.experiments import cells
from cltool.experiments.cell_code import CodeOfCells, by_other_code, code_of_cells, out_of_date
from cltool.experiments.experiment_file import AuditTable
from cltool.experiments.experiment_plan import Plan, PlannedCell
from cltool.experiments.tune import Tuning
from cltool.reporting import table
from cltool.reporting.cell_doubts import cell_doubts
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.reporting.templates import write_page
from cltool.reporting.tuning_data import tuning_data
from cltool.reporting.tuning_page import write_tuning
from cltool.runs import erasures, references
from cltool.runs.run import Run
from cltool.runs.tables import comparison

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
        written: names of the files that were written.
        kept: whether an older report was kept, because it shows more than the cells.
    """

    table: pd.DataFrame | None = None
    tunings: Sequence[Tuning] = ()
    doubts: Sequence[str] = ()
    written: Sequence[str] = ()
    kept: bool = False


def write_from_cells(plan: Plan, *, partial: bool = False) -> Summary:
    """Write ``report.html`` and ``report.json``, and return what they show.

    A report that was not made from cells is kept until all cells are finished.

    Args:
        plan: the experiment.
        partial: replace also such a report, although cells are missing.

    Raises:
        UserError: a cell's file is damaged.
    """
    code = code_of_cells(cells.read_all(plan))
    kept = bool(code.missing) and not partial and _has_older_report(plan)
    if plan.experiment.tune is not None:
        return _write_tuning(plan, code, kept)
    measured = cells.finished_runs(plan)
    if not measured:
        return Summary()
    frame = comparison(measured)
    data = page_data(measured, command=plan.command)
    (group,) = data["groups"]
    group["doubts"] += cell_doubts(plan, code)
    if not kept:
        write_page(plan.folder / PAGE, render(data))
        content = {
            "table": table.as_json(frame),
            "doubts": group["doubts"],
            "resurfaced": group["resurfaced"],
        }
        write_json(plan.folder / DATA, _head(plan, code) | content)
    return Summary(frame, (), group["doubts"], () if kept else (PAGE, DATA), kept)


def _write_tuning(plan: Plan, code: CodeOfCells, kept: bool) -> Summary:
    found = cells.finished_searches(plan)
    if not found:
        return Summary()
    search = plan.search(Path())
    data = tuning_data(search, found, plan.command, cell_doubts(plan, code))
    doubts = data["doubts"]
    if not kept:
        write_tuning(data, plan.folder / PAGE)
        content = {"tunings": data["tunings"], "doubts": doubts}
        write_json(plan.folder / DATA, _head(plan, code) | content)
    return Summary(None, found, doubts, () if kept else (PAGE, DATA), kept)


def _head(plan: Plan, code: CodeOfCells) -> dict[str, Any]:
    return {"experiment": plan.name, "command": plan.command, "cells": cells_as_json(code)}


def cells_as_json(code: CodeOfCells) -> dict[str, Any]:
    """Return how many cells an experiment has, how many are finished, and which code made them.

    ``one_code`` is whether one version of the code made them; None where the files do not say it.
    """
    return {
        "planned": code.planned,
        "finished": code.planned - code.missing,
        "other_code": [cell.name for cell in code.other],
        "one_code": None if code.differs is None else not code.differs,
    }


def _has_older_report(plan: Plan) -> bool:
    """Return whether there is a report that was not made from cells."""
    if not (plan.folder / PAGE).is_file():
        return False
    try:
        held = json.loads((plan.folder / DATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return "experiment" not in held


@dataclass
class FromRuns:
    """What became of the reports that need run folders.

    Attributes:
        written: names of the files that were written.
        not_written: a sentence for each report whose run folders are missing.
        failed: a sentence for each report that failed, and each run that an audit left out.
    """

    written: list[str] = field(default_factory=list)
    not_written: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


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
    """
    found = FromRuns()
    experiment = plan.experiment
    if experiment.audit is not None:
        _write(
            plan,
            AUDIT_PAGE,
            experiment.audit.run,
            runs,
            found,
            partial(_write_audit, plan, workers=workers, progress=progress, failed=found.failed),
        )
    if experiment.erasures is not None:
        _write(plan, ERASURES, experiment.erasures, runs, found, partial(_write_erasures, plan))
    return found


def _write(
    plan: Plan,
    name: str,
    variant: str | None,
    runs: Mapping[PlannedCell, Run],
    found: FromRuns,
    write: Callable[[Sequence[Run]], None],
) -> None:
    """Write a report, and add to ``found`` what became of it.

    Args:
        plan: the experiment.
        name: of the report's file.
        variant: whose run with seed 0 the report needs; none: all runs.
        runs: the finished runs.
        found: is added to.
        write: writes the report from the runs that it needs.
    """
    needed = [cell for cell in plan.cells if variant in (None, cell.variant)]
    needed = needed if variant is None else [cell for cell in needed if cell.seed == 0]
    missing = [cell for cell in needed if cell not in runs]
    if missing:
        what = "all run folders" if variant is None else f"the run folder of {variant}, seed 0"
        held = [cells.read(cells.file_of(plan.folder, cell.name)) for cell in missing]
        finished = not any(map(out_of_date, held, missing))
        old = " or were made by other code" if any(map(by_other_code, held, missing)) else ""
        found.not_written.append(
            f"{name} is not written: it needs {what}; {len(missing)} of {len(needed)} are missing"
            f"{old}."
            + (" Run the same command with --fresh to make them again." if finished else "")
        )
        return
    try:
        write([runs[cell] for cell in needed])
    except UserError as error:
        found.failed.append(f"{name} is not written: {error}")
        return
    found.written.append(name)


def _write_erasures(plan: Plan, runs: Sequence[Run]) -> None:
    (run,) = runs
    record = erasures.open_record(run)
    if record["reference"] is None:
        record = erasures.with_reference(record, references.beside(run))
    write_json(plan.folder / ERASURES, record)


def audit_settings(plan: Plan) -> AuditSettings:
    """Return the settings of the experiment's audit.

    Raises:
        UserError: one is wrong.
    """
    table_of = plan.experiment.audit.settings if plan.experiment.audit else {}
    return validate(AuditSettings, table_of, f"{plan.file}: audit.settings")


def _write_audit(
    plan: Plan, runs: Sequence[Run], *, workers: int | None, progress: Progress, failed: list[str]
) -> None:
    from cltool.audit.request import AuditRequest

    table_of = plan.experiment.audit or AuditTable.model_validate({})
    settings = audit_settings(plan)
    request = AuditRequest(plan.scenario, plan.options)
    if table_of.run is not None:
        from cltool.audit.audit import audit_run
        from cltool.reporting.audit_data import audit_data
        from cltool.reporting.audit_page import write_audit

        audited = audit_run(runs[0], None, settings, request, progress.task("audit"))
        write_audit(audit_data(audited, plan.command), plan.folder / AUDIT_PAGE)
        return
    from cltool.audit.survey import survey
    from cltool.reporting.survey_data import survey_data
    from cltool.reporting.survey_page import write_survey

    steps = [None if step == "last" else step for step in table_of.steps]
    surveyed = survey(list(runs), None, settings, request, steps, workers, progress)
    write_survey(survey_data(surveyed, plan.command), plan.folder / AUDIT_PAGE)
    failed += [f"{name} is not audited: {reason}" for name, reason in surveyed.left_out]
