"""``cltool reproduce``: run what is missing of an experiment and write its reports."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import backend
from cltool.cli import options as shared
from cltool.cli.comparison import scores_table
from cltool.cli.output import message, print_json, say
from cltool.cli.tables import Part, print_all
from cltool.cli.tune import fronts
from cltool.core import exit_codes
from cltool.core.backend import LOCAL, Backend
from cltool.core.errors import UserError
from cltool.core.progress import Progress, stderr_progress
from cltool.core.remote.held import checkpoints_of, held
from cltool.core.remote.place import Place

if TYPE_CHECKING:
    from cltool.experiments.cell_code import CodeOfCells
    from cltool.experiments.experiment_plan import Plan
    from cltool.reporting.experiment_reports import FromRuns, Summary

_NOT_WITH = {
    "list": ("partial", "renew"),
    "check": ("partial", "renew"),
    "partial": ("renew", "fresh", "only"),
}
"""Options that run nothing -> options that cannot be given with them."""


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
        " there are any. Cells that other code made are named too, and do not count",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="STRATEGY",
        help="run only the cells of this strategy or variant; may be repeated",
    )
    parser.add_argument(
        "--renew",
        action="store_true",
        help="also run the cells again that other code than the present made; without it, they are"
        " kept and used",
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="run nothing, write the report of the cells that are finished, also in place of an"
        " older page that was not made from cells",
    )
    parser.add_argument("--workers", type=int, help="number of processes [one per core]")
    parser.add_argument(
        "--cells",
        metavar="I/N",
        help="run only every N-th cell, from the I-th on, beside other commands that run the other"
        " shares, and write no report",
    )
    parser.add_argument(
        "--out", metavar="DIR", help="folder of the runs, or a URL of one [runs/GROUP/NAME]"
    )
    backend.add(parser)
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
    _refuse_combinations(options)
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
    share, where = _share(options), backend.read(options)
    done = [_reproduce(folder, options, share, where) for folder in folders]
    if options.json:
        print_json([result for _, result in done])
    return max(code for code, _ in done)


def _refuse_combinations(options: argparse.Namespace) -> None:
    """Raise a `UserError` for an option that has no meaning where nothing runs."""
    for idle, names in _NOT_WITH.items():
        for name in names:
            if getattr(options, idle) and getattr(options, name):
                raise UserError(
                    f"cannot be combined with --{idle}, which runs nothing",
                    where=f"--{name}",
                    hint="Leave one of them out.",
                )


def _share(options: argparse.Namespace) -> tuple[int, int]:
    """Return (I, N) of ``--cells``; (1, 1) without the option.

    Raises:
        UserError: it is not valid, or has no meaning here.
    """
    if options.cells is None:
        return 1, 1
    found = re.fullmatch(r"(\d+)/(\d+)", options.cells)
    share = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= share[0] <= share[1]:
        raise UserError(
            f"not a share of the cells: {options.cells!r}",
            where="--cells",
            hint="Write 3/10 for the third of ten shares.",
        )
    if options.partial or options.backend != LOCAL:
        raise UserError(
            "cannot be combined with --partial or --backend ray",
            where="--cells",
            hint="Leave one of them out: on Ray, one command runs all cells.",
        )
    return share


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

    rows: list[dict[str, Any]] = []
    for folder in folders:
        row: dict[str, Any] = {"experiment": str(folder), "shows": ""}
        try:
            row["shows"] = experiment_file.read(folder).shows
            code = _code(_plan(folder))
            row["cells"] = code.planned
            row["finished"] = code.planned - code.missing
            row["other_code"] = len(code.other)
        except UserError as error:
            row["error"] = str(error)
        rows.append(row)
    if as_json:
        print_json(rows)
        return exit_codes.DONE
    width = max((len(str(folder)) for folder in folders), default=0)
    for row in rows:
        say(f"{row['experiment'].ljust(width)}  {_state(row)}")
    return exit_codes.DONE


def _state(row: Mapping[str, Any]) -> str:
    """Return how far an experiment is."""
    if "error" in row:
        return f"cannot be planned: {row['error'].splitlines()[0]}"
    other = f", {row['other_code']} of them made by other code" if row["other_code"] else ""
    return f"{row['finished']} of {row['cells']} cells{other}: {row['shows']}"


def _code(found: Plan) -> CodeOfCells:
    """Return which code made the cells of an experiment."""
    from cltool.experiments import cells
    from cltool.experiments.cell_code import code_of_cells

    return code_of_cells(cells.read_all(found))


def _check(folders: Sequence[Path], only: Sequence[str], as_json: bool) -> int:
    """Print the cells that have to run, with the reason, and those that other code made."""
    from cltool.experiments.reproduce import pending

    rows: list[dict[str, Any]] = []
    for folder in folders:
        found = _plan(folder)
        stale = pending(found, only)
        renewable = pending(found, only, renew=True)
        other = [cell.name for cell in renewable if cell not in stale]
        for cell, reason in renewable.items():
            row = {"experiment": str(folder), "cell": cell.name, "reason": reason}
            rows.append(row | {"has_to_run": cell in stale})
            if not as_json and cell in stale:
                say(f"{folder}: {cell.name}: {reason}")
        if other and not as_json:
            say(f"{folder}: made by other code, kept without --renew: {', '.join(other)}")
    if as_json:
        print_json(rows)
    return exit_codes.SOME_FAILED if any(row["has_to_run"] for row in rows) else exit_codes.DONE


def _reproduce(
    folder: Path, options: argparse.Namespace, share: tuple[int, int], where: Backend
) -> tuple[int, dict[str, Any]]:
    """Run the cells of one experiment and write its reports.

    Returns:
        The exit code, and what was done as JSON.
    """
    from cltool.experiments.reproduce import pending

    result: dict[str, Any] = {"experiment": str(folder)}
    try:
        found = _plan(folder)
        out = Place.of(options.out or Path("runs") / found.name)
        if found.nothing_to_search:
            names = ", ".join(found.nothing_to_search)
            message(f"nothing to search in {names}")
        with stderr_progress() as progress:
            if options.cells is not None:
                return _run_share(found, out, options, share, progress, result)
            failed, summary, reports = _run(found, out, options, where, progress)
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
        "other_code": [cell.name for cell in _code(found).other],
    }
    return exit_codes.SOME_FAILED if result["failed"] else exit_codes.DONE, result


def _run_share(
    found: Plan,
    out: Place,
    options: argparse.Namespace,
    share: tuple[int, int],
    progress: Progress,
    result: dict[str, Any],
) -> tuple[int, dict[str, Any]]:
    """Run the cells of a share; return the exit code, and what was done as JSON."""
    from cltool.experiments import reproduce

    given = {"renew": options.renew, "every": options.fresh, "share": share}
    pending = list(reproduce.pending(found, options.only, **given))
    failures = reproduce.run_cells(
        found, pending, out, fresh=options.fresh, workers=options.workers, alone=False,
        progress=progress,
    )  # fmt: skip
    failed = [f"{one.task.name} failed: {one.error}" for one in failures]
    for line in failed:
        message(line)
    done = len(pending) - len(failed)
    if not options.json:
        say(
            f"{done} of {len(pending)} cells of this share are finished. When all shares are,"
            f" `{found.command}` writes the report."
        )
    code = exit_codes.SOME_FAILED if failed else exit_codes.DONE
    return code, result | {"runs": str(out), "finished": done, "failed": failed}


def _print(found: Plan, out: Place, summary: Summary, reports: FromRuns) -> None:
    """Print the scores, the doubts, and where the reports are."""
    from cltool.reporting.columns import ALL, read_columns

    parts: list[Part] = []
    if summary.table is not None:
        parts += scores_table(summary.table, columns=read_columns(ALL))
    if summary.tunings:
        search = found.search(out)
        parts += fronts(summary.tunings, search.first, search.keep)
    parts += [f"\nDoubt: {text}" for text in summary.doubts]
    if summary.kept:
        parts.append(
            f"\nThe older report in {found.folder} is kept until all cells are finished. --partial"
            " replaces it."
        )
    written = [*summary.written, *reports.written]
    names = f"{', '.join(written) or 'no report'} in {found.folder}"
    print_all([*parts, f"\nWritten: {names}. The runs are in {out}."])


def _run(
    found: Plan, out: Place, options: argparse.Namespace, where: Backend, progress: Progress
) -> tuple[Sequence[str], Summary, FromRuns]:
    """Run and report; return which cells failed, what the cells say, and the other reports."""
    from cltool.experiments import reproduce

    progress.task("model")(0, 1, "loading libraries")
    from cltool.reporting import experiment_reports
    from cltool.reporting.experiment_reports import FromRuns

    if options.partial:
        return (), experiment_reports.write_from_cells(found, partial=True), FromRuns()
    pending = reproduce.pending(found, options.only, renew=options.renew, every=options.fresh)
    with held(out):
        failures = reproduce.run_cells(
            found,
            list(pending),
            out,
            fresh=options.fresh,
            workers=options.workers,
            backend=where,
            progress=progress,
        )
        summary = experiment_reports.write_from_cells(found)
        runs = reproduce.runs_on_disk(found, out)
        with checkpoints_of(out, found.experiment.audit is not None and bool(runs)):
            reports = experiment_reports.write_from_runs(found, runs, options.workers, progress)
    return [f"{one.task.name} failed: {one.error}" for one in failures], summary, reports
