"""``cltool history``: the versions of an updated model."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import print_json
from cltool.cli.tables import print_all, table
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of an updated model")
    parser.add_argument("--json", action="store_true", help="print the versions as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the versions, with what each update did."""
    from cltool.experiments.update.versions import entries

    found = entries(Path(options.folder))
    if options.json:
        print_json([one.as_json() for one in found])
        return exit_codes.DONE
    rows = []
    for one in found:
        about, counts = one.version.about, one.version.about["counts"]
        marks = [*(["current"] if one.current else []), *([] if one.complete else ["dropped"])]
        gate = ", ".join(
            f"{name} {value:.3f}" for name, value in about["gate"].items() if value is not None
        )
        rows.append(
            [
                str(one.version.number),
                "" if one.version.parent is None else str(one.version.parent),
                about["created"][:16].replace("T", " "),
                about["strategy"] or "(the model before)",
                str(counts.get("taught", "")),
                str(counts.get("erased", "")),
                gate,
                ", ".join(marks),
            ]
        )
    header = ["version", "from", "made (UTC)", "strategy", "taught", "erased", "measured", ""]
    print_all([table(header, rows, text=["made (UTC)", "strategy", "measured", ""])])
    return exit_codes.DONE
