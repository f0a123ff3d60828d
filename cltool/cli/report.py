"""``cltool report``: the HTML report of finished runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import print_json, warn_resurfaced
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="run folders, or folders of runs")
    parser.add_argument("--out", default="forgetting.html", help="the HTML file [%(default)s]")
    parser.add_argument("--title", help="title of the page")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")


def run(options: argparse.Namespace) -> int:
    """Write the report."""
    from cltool.reporting import table
    from cltool.reporting.doubts import doubts
    from cltool.reporting.report_page import write_report
    from cltool.runs.groups import group_runs
    from cltool.runs.run import Run, run_folders

    runs = [Run.open(folder) for name in options.runs for folder in run_folders(Path(name))]
    page = write_report(runs, Path(options.out), options.title, command=options.typed)
    resurfaced = warn_resurfaced(runs)
    if options.json:
        rows = table.as_json(table.comparison(runs))
        doubted = [text for group in group_runs(runs) for text in doubts(group)]
        found = {"report": str(page), "table": rows, "doubts": doubted, "failed": []}
        print_json({**found, "resurfaced": resurfaced})
    else:
        print(f"The report is in {page}.")
    return exit_codes.DONE
