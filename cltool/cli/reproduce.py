"""``cltool reproduce``: run what is missing of an experiment and write its reports."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import options as shared
from cltool.cli.comparison import scores_table
from cltool.cli.output import message, print_json, say
from cltool.cli.tables import Part, print_all
from cltool.cli.tune import fronts
from cltool.core import exit_codes
from cltool.core.errors import UserError
from cltool.core.progress import Progress, stderr_progress

if TYPE_CHECKING:
    from cltool.experiments.experiment_plan import Plan
    from cltool.reporting.experiment_reports import FromRuns, Summary


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
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the result as JSON",
    )


def run(options: argparse.Namespace) -> int:
    """Run cells and write reports, or only list what there is to do."""
    from cltool.experiments import experiment_file

    shared.refuse_below_one(options.workers, "--workers")
    folders = [Path(name) for name in options.experiment]
    if options.list or options.check:
        folders = folders or experiment_file.committed()
        if options.list:
            return _list(folders, options.json)
        return _check(folders, options.only, options.json)
    if not folders:
        raise UserError(
            "no experiment is named",
            where="EXPERIMENT",
            hint="`cltool reproduce --list` shows the experiments.",
        )
    if options.out is not None and len(folders) > 1:
        raise UserError("one folder of runs serves one experiment", where="--out")
    done = [_reproduce(folder, options) for folder in folders]
    if options.json:
        print_json([result for _, result in done])
    return max(code for code, _ in done)


def _plan(folder: Path) -> Plan:
    """Read and resolve an experiment, with the settings of its audit."""
    from cltool.experiments.experiment_plan import plan
    from cltool.reporting.experiment_reports import audit_settings

    found = plan(folder)
    audit_settings(found)
    return found


def _list(folders: Sequence[Path], as_json: bool) -> int:
    """Print a line for each experiment; one that cannot be read says why."""
    from cltool.experiments import experiment_file
    from cltool.experiments.reproduce import pending

    rows: list[dict[str, Any]] = []
    for folder in folders:
        row: dict[str, Any] = {"experiment": str(folder), "shows": ""}
        try:
            row["shows"] = experiment_file.read(folder).shows
            found = _plan(folder)
            row["cells"] = len(found.cells)
            row["finished"] = len(found.cells) - len(pending(found))
        except UserError as error:
            row["error"] = str(error)
        rows.append(row)
    if as_json:
        print_json(rows)
        return exit_codes.DONE
    width = max((len(str(folder)) for folder in folders), default=0)
    for row in rows:
        state = (
            f"cannot be planned: {row['error'].splitlines()[0]}"
            if "error" in row
            else f"{row['finished']} of {row['cells']} cells: {row['shows']}"
        )
        say(f"{row['experiment'].ljust(width)}  {state}")
    return exit_codes.DONE


def _check(folders: Sequence[Path], only: Sequence[str], as_json: bool) -> int:
    """Print the cells that have to run, with the reason."""
    from cltool.experiments.reproduce import pending

    found = [
        {"experiment": str(folder), "cell": cell.name, "reason": reason}
        for folder in folders
        for cell, reason in pending(_plan(folder), only).items()
    ]
    if as_json:
        print_json(found)
    else:
        for row in found:
            say(": ".join(row.values()))
    return exit_codes.SOME_FAILED if found else exit_codes.DONE


def _reproduce(folder: Path, options: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    """Run the cells of one experiment and write its reports.

    Returns:
        The exit code, and what was done as JSON.
    """
    from cltool.experiments.reproduce import pending

    result: dict[str, Any] = {"experiment": str(folder)}
    try:
        found = _plan(folder)
        out = Path(options.out) if options.out else Path("runs") / found.name
        if found.nothing_to_search:
            names = ", ".join(found.nothing_to_search)
            message(f"nothing to search in {names}")
        with stderr_progress() as progress:
            failed, summary, reports = _run(found, out, options, progress)
    except UserError as error:
        message(str(error))
        return exit_codes.BAD_INPUT, result | {"error": str(error)}
    for line in (*failed, *reports.failed, *reports.not_written):
        message(line)
    if not options.json:
        _print(found, out, summary, reports)
    result |= {
        "runs": str(out),
        "written": [str(found.folder / name) for name in (*summary.written, *reports.written)],
        "not_written": reports.not_written,
        "failed": [*failed, *reports.failed],
        "doubts": list(summary.doubts),
        "stale": [cell.name for cell in pending(found)],
    }
    return exit_codes.SOME_FAILED if result["failed"] else exit_codes.DONE, result


def _print(found: Plan, out: Path, summary: Summary, reports: FromRuns) -> None:
    """Print the scores, the doubts, and where the reports are."""
    parts: list[Part] = []
    if summary.table is not None:
        parts += scores_table(summary.table)
    if summary.tunings:
        search = found.search(out)
        parts += fronts(summary.tunings, search.first, search.keep)
    parts += [f"\nDoubt: {text}" for text in summary.doubts]
    if summary.kept:
        parts.append(f"\nThe older report in {found.folder} is kept until all cells are finished.")
    written = [*summary.written, *reports.written]
    names = f"{', '.join(written) or 'no report'} in {found.folder}"
    print_all([*parts, f"\nWritten: {names}. The runs are in {out}."])


def _run(
    found: Plan, out: Path, options: argparse.Namespace, progress: Progress
) -> tuple[Sequence[str], Summary, FromRuns]:
    """Run and report; return which cells failed, what the cells say, and the other reports."""
    from cltool.experiments import reproduce

    progress.task("model")(0, 1, "loading libraries")
    from cltool.reporting import experiment_reports

    pending = reproduce.pending(found, options.only, every=options.fresh)
    failures = reproduce.run_cells(
        found,
        list(pending),
        out,
        fresh=options.fresh,
        workers=options.workers,
        progress=progress,
    )
    summary = experiment_reports.write_from_cells(found)
    runs = reproduce.runs_on_disk(found, out)
    reports = experiment_reports.write_from_runs(found, runs, options.workers, progress)
    return [f"{one.task.name} failed: {one.error}" for one in failures], summary, reports
