"""``cltool export``: write an updated model for serving."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import say
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="FOLDER", help="the folder of an updated model")
    parser.add_argument(
        "--to",
        required=True,
        choices=("merged", "gguf"),
        help="merged: a checkpoint with all weights; gguf: a file for llama.cpp",
    )
    parser.add_argument("--out", required=True, metavar="PATH", help="the new folder or file")
    parser.add_argument("--version", type=int, metavar="N", help="the version [the current one]")


def run(options: argparse.Namespace) -> int:
    """Write the version."""
    with stderr_progress() as progress:
        task = progress.task(options.folder)
        task(0, 1, "loading libraries")
        from cltool.experiments.update.export import export

        out = export(Path(options.folder), options.to, Path(options.out), options.version, task)
    say(f"The model is in {out}.")
    return exit_codes.DONE
