"""``cltool diff``: the facts that two versions of an updated model answer differently."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import print_json
from cltool.cli.tables import print_all, table
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of an updated model")
    parser.add_argument("--from", dest="first", type=int, required=True, metavar="N")
    parser.add_argument("--to", dest="second", type=int, required=True, metavar="N")
    parser.add_argument("--json", action="store_true", help="print the facts as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the facts, those that were lost first."""
    from cltool.experiments.update.versions import differences, summary

    found = differences(Path(options.folder), options.first, options.second)
    if options.json:
        print_json([one.as_json() for one in found])
        return exit_codes.DONE
    rows = [
        [
            one.kind,
            ", ".join(one.key),
            one.after.accepted[0],
            one.before.said,
            one.after.said,
        ]
        for one in found
    ]
    header = ["", "fact", "right", f"version {options.first}", f"version {options.second}"]
    parts = [table(header, rows, text=header)] if rows else []
    print_all([*parts, f"From version {options.first} to {options.second}: {summary(found)}."])
    return exit_codes.DONE
