"""``cltool reproduce``: run what is missing of an experiment and write its reports."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.cli import options as shared
from cltool.cli.compare import scores_table
from cltool.cli.tables import Part, print_all
from cltool.cli.tune import fronts
from cltool.core import exit_codes
from cltool.core.errors import UserError
from cltool.core.progress import Progress, stderr_progress

if TYPE_CHECKING:
    from cltool.experiments.experiment_plan import Plan
    from cltool.reporting.experiment_reports import Summary


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "experiment",
        nargs="*",
        metavar="EXPERIMENT",
        help="folder with an experiment.toml, for example reports/erasing/leaders [with --list and"
        " --check: all under reports/]",
    )
    parser.add_argument(
        "--list", action="store_true", help="list experiments and how far they are, run nothing"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="list the cells that are missing or out of date, run nothing; exit with code 1 if"
        " there are any",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="STRATEGY",
        help="run only the cells of this strategy or variant; may be repeated",
    )
    parser.add_argument("--workers", type=int, help="number of processes [one per core]")
    parser.add_argument("--out", metavar="DIR", help="folder of the runs [runs/GROUP/NAME]")
    parser.add_argument("--fresh", action="store_true", help="run all chosen cells again")


def run(options: argparse.Namespace) -> int:
    """Run cells and write reports, or only list what there is to do."""
    from cltool.experiments import experiment_file

    shared.refuse_below_one(options.workers, "--workers")
    folders = [Path(name) for name in options.experiment]
    if options.list or options.check:
        folders = folders or experiment_file.committed()
        return _list(folders) if options.list else _check(folders, options.only)
    if not folders:
        raise UserError(
            "no experiment is named",
            where="EXPERIMENT",
            hint="`cltool reproduce --list` shows the experiments.",
        )
    if options.out is not None and len(folders) > 1:
        raise UserError("one folder of runs serves one experiment", where="--out")
    codes = [_reproduce(folder, options) for folder in folders]
    return max(codes)


def _list(folders: Sequence[Path]) -> int:
    """Print a line for each experiment; one that cannot be read says why."""
    from cltool.experiments import experiment_file
    from cltool.experiments.experiment_plan import plan
    from cltool.experiments.reproduce import pending

    width = max((len(str(folder)) for folder in folders), default=0)
    for folder in folders:
        try:
            found = plan(folder)
            done = len(found.cells) - len(pending(found))
            state = f"{done} of {len(found.cells)} cells"
        except UserError as error:
            state = f"cannot be planned: {error.what}"
        print(f"{str(folder).ljust(width)}  {state}: {experiment_file.read(folder).shows}")
    return exit_codes.DONE


def _check(folders: Sequence[Path], only: Sequence[str]) -> int:
    """Print the cells that have to run, with the reason."""
    from cltool.experiments.experiment_plan import plan
    from cltool.experiments.reproduce import pending

    found = 0
    for folder in folders:
        for cell, reason in pending(plan(folder), only).items():
            print(f"{folder}: {cell.name}: {reason}")
            found += 1
    return exit_codes.SOME_FAILED if found else exit_codes.DONE


def _reproduce(folder: Path, options: argparse.Namespace) -> int:
    """Run the cells of one experiment and write its reports."""
    from cltool.experiments.experiment_plan import plan

    found = plan(folder)
    out = Path(options.out) if options.out else Path("runs") / found.name
    with stderr_progress() as progress:
        failed, notes, summary = _run(found, out, options, progress)
    for line in (*failed, *notes):
        print(f"cltool: {line}", file=sys.stderr)
    parts: list[Part] = []
    if summary.table is not None:
        parts += scores_table(summary.table)
    if summary.tunings:
        search = found.search(out)
        parts += fronts(summary.tunings, search.first, search.keep)
    doubts = [f"\nDoubt: {text}" for text in summary.doubts]
    places = f"\nThe reports are in {found.folder}, the runs are in {out}."
    print_all([*parts, *doubts, places])
    return exit_codes.SOME_FAILED if failed else exit_codes.DONE


def _run(
    found: Plan, out: Path, options: argparse.Namespace, progress: Progress
) -> tuple[Sequence[str], Sequence[str], Summary]:
    """Run and report; return what failed, what was not written, and what the cells say."""
    from cltool.experiments import reproduce

    progress.task("model")(0, 1, "loading libraries")
    from cltool.reporting import experiment_reports

    experiment_reports.audit_settings(found)
    pending = reproduce.pending(found, options.only, every=options.fresh)
    failures = reproduce.run_cells(
        found,
        list(pending),
        out,
        fresh=options.fresh,
        workers=options.workers,
        progress=progress,
    )
    runs = reproduce.runs_on_disk(found, out)
    reports = experiment_reports.write_from_runs(found, runs, options.workers, progress)
    summary = experiment_reports.write_from_cells(found)
    failed = [f"{one.task.name} failed: {one.error}" for one in failures]
    return [*failed, *reports.not_audited], reports.not_written, summary
