"""``cltool report``: the HTML report of finished runs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import comparison
from cltool.cli.output import print_json, say, warn_resurfaced
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes
from cltool.reporting import formats

if TYPE_CHECKING:
    from cltool.runs.run import Run


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="run folders, or folders of runs")
    parser.add_argument("--out", default="forgetting.html", help="the HTML file [%(default)s]")
    parser.add_argument("--title", help="title of the page")
    parser.add_argument("--by", metavar="TAG", help="also print scores for each value of this tag")
    comparison.add(parser)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")


def run(options: argparse.Namespace) -> int:
    """Write the report."""
    from cltool.experiments.compare import Comparison
    from cltool.reporting import table as scores
    from cltool.reporting.doubts import with_warnings
    from cltool.reporting.report_page import write_report
    from cltool.reporting.templates import refuse_no_page
    from cltool.runs import tables
    from cltool.runs.groups import group_runs
    from cltool.runs.run import Run, run_folders

    refuse_no_page(Path(options.out))
    comparison.refuse_files(options)
    runs = [Run.open_whole(folder) for name in options.runs for folder in run_folders(Path(name))]
    groups = _by(runs, options.by) if options.by else []
    if options.latex or options.json or options.reference is not None:
        group = tables.one_group(runs)  # before anything is written
        if options.reference is not None:
            tables.refuse_no_reference(group, options.reference)
    page = write_report(runs, Path(options.out), options.title, command=options.typed)
    resurfaced = warn_resurfaced(runs)
    compared = Comparison(runs, [])
    files = comparison.write_files(options, compared)
    doubted = [text for group in group_runs(runs) for text in with_warnings(group)]
    if options.json:
        rows = scores.as_json(compared.table())
        found: dict[str, Any] = {
            "report": str(page),
            "table": rows,
            "doubts": doubted,
            "failed": [],
        }
        found |= comparison.as_json(options, compared)
        by = {"by": groups} if options.by else {}
        print_json({**found, **by, "resurfaced": resurfaced})
    else:
        if options.by:
            print_all([_table(groups, options.by), ""])
        if options.reference is not None:
            print_all(comparison.differences(options, compared))
        print_all([f"Doubt: {text}\n" for text in doubted])
        written = f" Tables are in {' and '.join(files)}." if files else ""
        say(f"The report is in {page}.{written}")
    return exit_codes.DONE


def _by(runs: Sequence[Run], tag: str) -> list[dict[str, Any]]:
    """Return the scores of each run after its last step, an object for each value of a tag."""
    rows = []
    for run in runs:
        scores = run.metrics(by=tag)
        for value, own in scores.groupby(level=0):  # a tag may be called "step"
            last = json.loads(own.iloc[-1].to_json())
            rows.append({"run": str(run.folder), "value": str(value), **last})
    return rows


def _table(rows: Sequence[dict[str, Any]], tag: str) -> Part:
    names = [name for name in rows[0] if name not in ("run", "value") and not name.startswith("n_")]
    cells = [
        [row["run"], row["value"], *(formats.shown(row[name], formats.share) for name in names)]
        for row in rows
    ]
    return table(["run", tag, *names], cells, text=["run", tag])
