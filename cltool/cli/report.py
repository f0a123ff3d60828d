"""``cltool report``: the HTML report of finished runs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import comparison, harness, requirements
from cltool.cli.output import message, print_json, say, warn_resurfaced
from cltool.cli.tables import Part, print_all, table
from cltool.reporting import formats

if TYPE_CHECKING:
    from cltool.runs.groups import Group
    from cltool.runs.run import Run


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="run folders, or folders of runs")
    parser.add_argument("--out", default="forgetting.html", help="the HTML file [%(default)s]")
    parser.add_argument("--title", help="title of the page")
    parser.add_argument("--by", metavar="TAG", help="also print scores for each value of this tag")
    comparison.add(parser)
    requirements.add(parser)
    parser.add_argument("--json", action="store_true", help="print the table as JSON")


def run(options: argparse.Namespace) -> int:
    """Write the report and print its tables."""
    from cltool.experiments.compare import Comparison
    from cltool.reporting import table as scores
    from cltool.reporting.doubts import with_warnings
    from cltool.reporting.report_page import write_report
    from cltool.reporting.templates import refuse_no_page
    from cltool.runs import tables
    from cltool.runs.groups import group_runs
    from cltool.runs.measured import Measured

    refuse_no_page(Path(options.out))
    comparison.refuse_files(options)
    bounds, columns = requirements.read(options), comparison.read_columns(options)
    runs = open_runs(options.runs)
    values = _by(runs, options.by) if options.by else []
    if options.latex or options.markdown or options.json or options.reference is not None:
        only = tables.one_group(runs)  # before anything is written
        if options.reference is not None:
            tables.refuse_no_reference(only, options.reference)
    shown = {"command": options.typed, "bounds": bounds, "columns": columns}
    measured = [Measured(run) for run in runs]
    page = write_report(measured, Path(options.out), options.title, **shown)
    resurfaced = warn_resurfaced(runs)
    compared = Comparison(runs, [])
    groups = group_runs(measured, bounds)
    verdicts = requirements.checked(groups)
    doubts = [text for group in groups for text in with_warnings(group)]
    files = comparison.write_files(options, compared, verdicts, doubts)
    files += requirements.write(options, verdicts)
    if options.json:
        rows = scores.as_json(compared.table())
        found: dict[str, Any] = {
            "report": str(page),
            "table": rows,
            "doubts": doubts,
            "failed": [],
        }
        found |= comparison.as_json(options, compared) | harness.group_as_json(groups[0])
        found |= {"requirements": verdicts} if bounds else {}
        by = {"by": values} if options.by else {}
        print_json({**found, **by, "resurfaced": resurfaced})
    else:
        parts = [_table(values, options.by), ""] if options.by else []
        parts += [*_scores(groups, columns), *requirements.parts(verdicts)]
        parts += comparison.differences(options, compared)
        print_all([*parts, *[f"\nDoubt: {text}" for text in doubts]])
        written = f" Tables are in {' and '.join(files)}." if files else ""
        say(f"\nThe report is in {page}.{written}")
    return requirements.exit_code(verdicts)


def open_runs(names: Sequence[str]) -> list[Run]:
    """Open the runs. In a folder of runs, those that audits made as references do not count."""
    from cltool.runs.references import made_for_audits
    from cltool.runs.run import Run, run_folders

    found = []
    for name in names:
        runs = [Run.open_whole(folder) for folder in run_folders(Path(name))]
        made = made_for_audits(runs)
        for run in made:
            message(
                f"{run.folder} is left out: an audit made it as a reference. Name it to see it."
            )
        found += [run for run in runs if run not in made]
    return found


def _scores(groups: Sequence[Group], columns: Sequence[str] | None) -> list[Part]:
    """Return the table of each group of runs that can be compared."""
    from cltool.reporting.doubts import doubted
    from cltool.runs.tables import compare

    parts: list[Part] = []
    for group in groups:
        if len(groups) > 1:
            parts.append(f"{chr(10) * bool(parts)}{group.scenario} on {group.model}:")
        parts += comparison.scores_table(compare(group), doubted(group), columns)
        parts += harness.of_group(group)
    return parts


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
