"""``cltool erasures``: the facts that a run had to forget, and whether they stayed erased."""

from __future__ import annotations

import argparse

from cltool.cli.output import print_json
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument(
        "--retrained",
        action="append",
        metavar="RUN",
        help="a run of retrain to compare with [those beside RUN]",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Print a line for each fact that the run had to forget."""
    from cltool.reporting.erased import as_text
    from cltool.runs import erasures, references
    from cltool.runs.run import Run

    run = Run.open(options.run)
    record = erasures.open_record(run)
    if options.retrained:
        given = [Run.open(folder) for folder in options.retrained]
        for reference in given:
            references.refuse_unlike(run, reference)
        record = erasures.with_reference(record, given)
    elif record["reference"] is None:
        record = erasures.with_reference(record, references.beside(run))
    if options.json:
        print_json(record)
    else:
        print(as_text(record, run.record["labels"]))
    return exit_codes.DONE
