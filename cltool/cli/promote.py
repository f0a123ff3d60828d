"""``cltool promote``: let a name point to a version of an updated model."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import say
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of an updated model")
    parser.add_argument(
        "name", metavar="NAME", help="a link that is made or moved, such as production"
    )
    parser.add_argument("--version", type=int, metavar="N", help="the version [the current one]")


def run(options: argparse.Namespace) -> int:
    """Write the version beside the name, and move the name to it."""
    from cltool.experiments.update.versions import promote

    place = promote(Path(options.folder), Path(options.name), options.version)
    say(f"{options.name} is {place}.")
    return exit_codes.DONE
