"""``cltool rollback``: put an earlier version of an updated model at its place."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import say
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of an updated model")
    parser.add_argument("--to", type=int, required=True, metavar="N", help="the version")


def run(options: argparse.Namespace) -> int:
    """Put the version at its place; the others stay in the history."""
    from cltool.experiments.update.versions import rollback

    record = rollback(Path(options.folder), options.to)
    say(f"{options.folder} is version {record['version']} again. The next update goes on from it.")
    return exit_codes.DONE
