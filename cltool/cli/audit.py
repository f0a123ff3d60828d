"""``cltool audit``: attack a model that erased facts, or all models of several runs."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cltool.cli import backend
from cltool.cli import options as shared
from cltool.cli.output import message, print_json
from cltool.cli.tables import Part, print_all
from cltool.core import exit_codes
from cltool.core.errors import UserError
from cltool.core.progress import stderr_progress
from cltool.core.similar import guess

if TYPE_CHECKING:
    from cltool.audit.attacks.settings import AuditSettings
    from cltool.audit.request import AuditRequest
    from cltool.core.backend import Backend

VERDICTS = ("residue", "over-forgotten", "damaged", "undecided")
"""Verdicts that ``--fail-on`` accepts."""

SECTIONS = ("audit", "scenario")

LAST = "last"
"""Value of ``--step`` for the last step."""


class Result(NamedTuple):
    """What an audit of one model or of several runs gives to the command.

    Attributes:
        page: the HTML file.
        data: its data as JSON values.
        parts: tables and text for the terminal.
        doubts: sentences about the limits of the verdicts.
        verdicts: every verdict that was given.
        incomplete: whether a run could not be audited.
    """

    page: Path
    data: dict[str, Any]
    parts: list[Part]
    doubts: Sequence[str]
    verdicts: set[str]
    incomplete: bool


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    _add_models(parser)
    parser.add_argument(
        "--tolerance",
        action="append",
        default=[],
        metavar="[NAME=]VALUE",
        help="largest difference that counts as equal, for all attacks or for one kind of score",
    )
    shared.add_settings(parser, "audit.k=16")
    parser.add_argument(
        "--fresh", action="store_true", help="repeat attacks whose results are stored"
    )
    parser.add_argument("--workers", type=int, help="for several runs: processes [one per core]")
    parser.add_argument(
        "--out",
        metavar="PAGE",
        help="the HTML file [RUN/audit.html, or audits.html for several runs; audit-FILE.html with"
        " --forget FILE]",
    )
    parser.add_argument(
        "--allow-download",
        action="store_true",
        help="download a model that RUN names but this machine does not have",
    )
    parser.add_argument(
        "--fail-on",
        metavar="VERDICTS",
        help="exit with code 3 if one of these verdicts is given: residue, over-forgotten,"
        " damaged, undecided",
    )
    parser.add_argument("--json", action="store_true", help="print the page's data as JSON")


def _add_models(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is audited."""
    parser.add_argument(
        "run", nargs="*", metavar="RUN", help="run folders, or folders of runs, such as compare's"
    )
    parser.add_argument("--model", help="instead of RUN: a path or hub name of a causal LM")
    parser.add_argument(
        "--reference",
        metavar="RUN",
        help="a run or a model that never knew the facts [a retrain run beside RUN; made if there"
        " is none]",
    )
    parser.add_argument(
        "--step", metavar="STEPS", help=f"steps to audit, for example 5,{LAST} [{LAST}]"
    )
    parser.add_argument(
        "--forget", metavar="FILE", help="facts to forget [the facts that RUN had to forget]"
    )
    parser.add_argument(
        "--scenario",
        help="with --model: the true facts and their wordings; with RUN: where its file of facts"
        " is",
    )
    parser.add_argument("--cut", metavar="DATES", help="for dated lines: the dates of the updates")
    shared.add_wordings(parser)
    shared.add_device(parser)
    backend.add(parser)


def run(options: argparse.Namespace) -> int:
    """Audit, write the page and print the verdicts."""
    from cltool.reporting.templates import refuse_no_page

    if options.out:
        refuse_no_page(Path(options.out))
    fails_on = _read_verdicts(options.fail_on)
    if options.allow_download:
        from cltool.lm.hub import ALLOW

        os.environ[ALLOW] = "1"  # the processes of a survey see it, too
    where = backend.read(options)
    with backend.runs_here(options.run, where) as folders:
        options.run = folders
        result = _audit_runs(options, where) if _several(options) else _audit_one(options)
    if options.json:
        print_json({"page": str(result.page), **result.data})
    else:
        doubts = [f"\nDoubt: {text}" for text in result.doubts]
        print_all([*result.parts, *doubts, f"\nThe page is in {result.page}."])
    if result.incomplete:
        return exit_codes.SOME_FAILED
    return exit_codes.REFUSED if fails_on & result.verdicts else exit_codes.DONE


def _several(options: argparse.Namespace) -> bool:
    """Return whether several runs, or several steps of one, are audited."""
    from cltool.runs.run import run_folders

    if options.model is not None or not options.run:
        return False
    first = Path(options.run[0])
    one = len(options.run) == 1 and run_folders(first) == [first]
    return not one or len(_read_steps(options.step)) > 1


def _audit_one(options: argparse.Namespace) -> Result:
    """Audit the model of one run, or one model.

    Raises:
        UserError: the options contradict each other, or there is no such run.
    """
    from cltool.runs.run import Run

    if bool(options.run) == (options.model is not None):
        raise UserError(
            "give either run folders or --model",
            where="RUN",
            hint="For example: cltool audit runs/mine, or cltool audit --model DIR --reference DIR"
            " --forget FILE.",
        )
    settings, asked = _read_request(options)
    audited = Run.open_whole(options.run[0]) if options.run else _read_models(options, asked)
    if isinstance(audited, Run) and asked.step is not None:
        audited.refuse_missing(asked.step)
    if options.workers is not None:
        raise UserError(
            "one model is audited in this process",
            where="--workers",
            hint="Name several runs, or a folder of runs.",
        )
    _refuse_bad_list(asked)
    with stderr_progress() as progress:
        task = progress.task("audit")
        task(0, 1, "loading libraries")
        from cltool.audit.audit import audit_models, audit_run

        if isinstance(audited, Run):
            found = audit_run(audited, options.reference, settings, asked, task)
        else:
            found = audit_models(*audited, settings, asked, task)
    from cltool.cli.audit_tables import verdicts
    from cltool.reporting.audit_data import audit_data
    from cltool.reporting.audit_page import write_audit

    data = audit_data(found, options.typed)
    page = _page(options, Path(*options.run[:1]), "audit")
    write_audit(data, page)
    return Result(page, data, verdicts(found), found.doubts, set(found.tally), False)


def _audit_runs(options: argparse.Namespace, where: Backend) -> Result:
    """Audit several runs, or several steps.

    Raises:
        UserError: a setting is wrong, or there is no such run.
    """
    from cltool.runs.run import Run, run_folders

    shared.refuse_below_one(options.workers, "--workers")
    settings, asked = _read_request(options)
    steps = _read_steps(options.step)
    runs = [Run.open_whole(folder) for name in options.run for folder in run_folders(Path(name))]
    for step in steps:
        if step is not None:
            runs[0].refuse_missing(step)
    _refuse_bad_list(asked)
    with stderr_progress() as progress:
        progress.task("survey")(0, 1, "loading libraries")
        from cltool.audit.survey import survey

        given = (runs, options.reference, settings, asked, steps, options.workers, progress, where)
        found = survey(*given)
    for name, reason in found.left_out:
        message(f"{name} is not audited: {reason}")
    from cltool.cli.audit_tables import counts
    from cltool.reporting.survey_data import survey_data
    from cltool.reporting.survey_page import write_survey

    data = survey_data(found, options.typed)
    first = Path(options.run[0])
    beside = len(options.run) > 1 and (first / "run.json").is_file()
    folder = first.parent if beside else first
    page = write_survey(data, _page(options, folder, "audits"))
    return Result(page, data, counts(found), found.doubts, found.words, bool(found.left_out))


def _page(options: argparse.Namespace, folder: Path, name: str) -> Path:
    """Return the HTML file; audits of other facts have pages of their own."""
    if options.out:
        return Path(options.out)
    listed = f"-{Path(options.forget).stem}" if options.forget else ""
    return folder / f"{name}{listed}.html"


def _read_models(options: argparse.Namespace, asked: AuditRequest) -> tuple[str, str]:
    """Return the model and its reference.

    Raises:
        UserError: an option that an audit of ``--model`` needs is missing, or does not fit it.
    """
    if options.step is not None:
        raise UserError("a model has no steps", where="--step", hint="Audit a run folder.")
    if options.reference is None:
        raise UserError(
            "the model has no reference to compare with",
            where="--reference",
            hint="Give a model, or a run, that never knew the facts.",
        )
    asked.listed()
    return options.model, options.reference


def _refuse_bad_list(asked: AuditRequest) -> None:
    """Print the doubts about a list of facts, before anything is loaded.

    Raises:
        UserError: it cannot be read.
    """
    from cltool.facts.files.forget_list import read_forget_list

    if asked.forget is not None:
        for warning in read_forget_list(asked.forget).warnings:
            message(warning)


def _read_request(options: argparse.Namespace) -> tuple[AuditSettings, AuditRequest]:
    """Return the settings of the attacks, and what is audited with which facts.

    Raises:
        UserError: a setting is wrong.
    """
    from cltool.audit.request import AuditRequest
    from cltool.core.settings import merge

    tables = shared.read_assignments(options)
    unknown = [name for name in tables if name not in SECTIONS]
    if unknown:
        raise UserError(
            f"unknown section: {', '.join(unknown)}",
            where="settings",
            hint=f"{guess(unknown[0], SECTIONS)} There are: {', '.join(SECTIONS)}. A run keeps the"
            " settings it was made with.".lstrip(),
        )
    scenario = shared.only_given({"cut": options.cut, "wordings": options.wordings})
    asked = AuditRequest(
        options.scenario,
        merge(tables.get("scenario", {}), scenario),
        None if options.forget is None else Path(options.forget),
        _read_steps(options.step)[0],
        options.device or "auto",
        options.dtype or "auto",
        options.fresh,
    )
    return read_settings(tables.get("audit", {}), options.tolerance), asked


def _read_steps(text: str | None) -> list[int | None]:
    """Return ``5,last`` as step numbers, in this order; None is the last step.

    Raises:
        UserError: a part is not a step.
    """
    found: list[int | None] = []
    for part in (LAST if text is None else text).split(","):
        name = part.strip()
        if name != LAST and not (name.isascii() and name.isdigit()):
            raise UserError(
                f"not a valid step: {part!r}",
                where="--step",
                hint=f"For example: --step 5, or --step 5,{LAST}.",
            )
        found.append(None if name == LAST else int(name))
    return found


def read_settings(table: Any, tolerances: Sequence[str]) -> AuditSettings:
    """Return the settings of the attacks.

    Args:
        table: settings as given by ``--set`` and ``--settings``.
        tolerances: ``0.05``, or ``NAME=0.05`` for one kind of score; they override ``table``.

    Raises:
        UserError: a setting or tolerance is wrong.
    """
    from cltool.audit.attacks.settings import AuditSettings, Tolerances
    from cltool.core.settings import field_names, merge, validate

    if not isinstance(table, Mapping):
        raise UserError(
            "audit is a table of settings", where="audit", hint="For example: --set audit.k=16."
        )
    kinds = field_names(Tolerances)
    given: dict[str, float] = {}
    for text in tolerances:
        given |= _read_tolerance(text, kinds)
    return validate(AuditSettings, merge(table, {"tolerances": given} if given else {}), "audit")


def _read_tolerance(text: str, kinds: Sequence[str]) -> dict[str, float]:
    """Return the tolerance of each kind that ``text`` sets."""
    name, named, value = text.rpartition("=")
    try:
        number = float(value)
    except ValueError as error:
        raise UserError(
            f"not a valid tolerance: {text!r}",
            where="--tolerance",
            hint="For example: --tolerance 0.05, or --tolerance membership=0.1.",
        ) from error
    if named and name.strip() not in kinds:
        raise UserError(
            f"there is no tolerance {name.strip()!r}",
            where="--tolerance",
            hint=f"There are: {', '.join(kinds)}.",
        )
    if not 0 < number < math.inf:
        raise UserError(
            f"not a valid tolerance: {value.strip()}",
            where="--tolerance",
            hint="Give a number above 0, for example 0.05.",
        )
    return dict.fromkeys([name.strip()] if named else kinds, number)


def _read_verdicts(text: str | None) -> set[str]:
    """Return the verdicts of ``--fail-on``.

    Raises:
        UserError: there is no such verdict.
    """
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    wrong = [name for name in names if name not in VERDICTS]
    if wrong or (text is not None and not names):
        raise UserError(
            f"not a valid verdict: {wrong[0] if wrong else text!r}",
            where="--fail-on",
            hint=f"There are: {', '.join(VERDICTS)}.",
        )
    return set(names)
